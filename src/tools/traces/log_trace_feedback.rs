//! `log_trace_feedback`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::logged::{self, Assessed, Source};
use crate::mlflow::traces::change::{New, Said};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Log feedback on a trace: how good it is, as a boolean, number, word or object. Feedback of the same name stays beside it.
#[derive(Deserialize, JsonSchema)]
pub struct LogTraceFeedback {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// What it is about, for instance correctness.
    #[schemars(length(min = 1))]
    name: String,
    /// JSON: true, 0.9, {"f1": 0.8}; any other text is a word.
    value: String,
    /// Who says so (default CODE).
    source_type: Option<Source>,
    /// The person, model or program (default "default").
    source_id: Option<String>,
    /// Why.
    rationale: Option<String>,
    /// More about it, as text by name.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    /// The span it is about, if not the whole trace.
    span_id: Option<String>,
}

impl Tool for LogTraceFeedback {
    const SPEC: Spec = Spec {
        name: "log_trace_feedback",
        title: "Log feedback",
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

impl LogTraceFeedback {
    fn new_one<'a>(&'a self, value: &'a Value) -> New<'a> {
        New {
            said: Said::Feedback,
            name: self.name.trim(),
            value,
            source_type: self.source_type.unwrap_or(Source::Code).name(),
            source_id: self.source_id.as_deref().unwrap_or("default"),
            rationale: self.rationale.as_deref(),
            metadata: &self.metadata,
            span_id: self.span_id.as_deref(),
        }
    }
}
