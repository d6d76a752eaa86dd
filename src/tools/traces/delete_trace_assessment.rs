//! `delete_trace_assessment`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::record::AssessmentRecord;
use super::{existing, logged, missing};
use crate::mlflow::traces::assessments::Assessment;
use crate::mlflow::traces::change::unassess;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};

/// Delete an assessment of a trace. One that it stood for counts again.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteTraceAssessment {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// a- and 32 hex digits, as get_trace shows it.
    #[schemars(length(min = 1))]
    assessment_id: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    trace_id: String,
    /// As it was.
    #[serde(flatten)]
    assessment: AssessmentRecord,
    /// The call that logs the same again, under another id and at another time.
    undo: String,
}

impl Tool for DeleteTraceAssessment {
    const SPEC: Spec = Spec {
        name: "delete_trace_assessment",
        title: "Delete an assessment",
        toolset: Toolset::Traces,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        // MLflow deletes what is not there without a word.
        let before = self.found(cx).await?;
        unassess(&cx.client, &before.trace_id, &before.assessment_id)
            .await
            .map_err(|error| missing::assessments(cx, error, &before.trace_id))?;
        let (trace_id, undo) = (before.trace_id.clone(), again(&before));
        Ok(Deleted { success: true, trace_id, assessment: AssessmentRecord::of(&before), undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let before = self.found(cx).await?;
        let value = logged::shown(&before.value());
        let source = &before.source;
        Ok(Some(format!(
            "Delete {}, which says {value}, by {} {}. Logged anew it would have another id.",
            existing::spoken(&before),
            source.source_type,
            quoted(source.source_id.as_deref().unwrap_or_default())
        )))
    }
}

impl DeleteTraceAssessment {
    async fn found(&self, cx: &Context<'_>) -> Result<Assessment, Failure> {
        let mut before = existing::assessment(cx, &self.trace_id, &self.assessment_id).await?;
        self.trace_id.trim().clone_into(&mut before.trace_id);
        self.assessment_id.trim().clone_into(&mut before.assessment_id);
        Ok(before)
    }
}

/// The call that logs it again.
fn again(before: &Assessment) -> String {
    let (value, metadata) = (before.value(), logged::text(&before.metadata));
    let tool = match before.kind() {
        "expectation" => "log_trace_expectation",
        "feedback" if !value.is_null() => "log_trace_feedback",
        _ => return "None: no tool logs an assessment without a value.".to_owned(),
    };
    let value = value.to_string();
    let mut arguments = vec![
        ("trace_id", before.trace_id.as_str()),
        ("name", &before.assessment_name),
        ("value", &value),
        ("source_type", &before.source.source_type),
    ];
    arguments.extend(before.source.source_id.as_deref().map(|id| ("source_id", id)));
    arguments.extend(before.rationale.as_deref().map(|text| ("rationale", text)));
    arguments.extend(before.span_id.as_deref().map(|id| ("span_id", id)));
    if !before.metadata.is_empty() {
        arguments.push(("metadata", &metadata));
    }
    undo(tool, &arguments)
}
