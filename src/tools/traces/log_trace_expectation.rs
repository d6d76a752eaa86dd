//! `log_trace_expectation`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::logged::{self, Assessed, Source};
use crate::mlflow::traces::change::{New, Said};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Log what would be right for a trace (ground truth), for instance expected_answer.
#[derive(Deserialize, JsonSchema)]
pub struct LogTraceExpectation {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// What it is about, for instance expected_answer.
    #[schemars(length(min = 1))]
    name: String,
    /// JSON: "Paris", 42, {"answer": "42"}; any other text is a word.
    value: String,
    /// Who says so (default HUMAN).
    source_type: Option<Source>,
    /// The person, model or program (default "default").
    source_id: Option<String>,
    /// More about it, as text by name.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    /// The span it is about, if not the whole trace.
    span_id: Option<String>,
}

impl Tool for LogTraceExpectation {
    const SPEC: Spec = Spec {
        name: "log_trace_expectation",
        title: "Log an expectation",
        toolset: Toolset::Traces,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Assessed;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        logged::log(cx, &self.trace_id, &self.new_one(&logged::value(&self.value)?)).await
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let value = logged::value(&self.value)?;
        let new = self.new_one(&value);
        let info = logged::check(cx, &self.trace_id, &new).await?;
        Ok(Some(logged::would(&info, &new)))
    }
}

impl LogTraceExpectation {
    fn new_one<'a>(&'a self, value: &'a Value) -> New<'a> {
        New {
            said: Said::Expectation,
            name: self.name.trim(),
            value,
            source_type: self.source_type.unwrap_or(Source::Human).name(),
            source_id: self.source_id.as_deref().unwrap_or("default"),
            rationale: None,
            metadata: &self.metadata,
            span_id: self.span_id.as_deref(),
        }
    }
}
