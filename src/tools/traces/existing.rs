//! Traces and assessments that are to be changed.

use crate::mlflow::traces::assessments::{self, Assessment};
use crate::mlflow::traces::{self, TraceInfo};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, ToolError};

use super::missing;

/// What MLflow itself needs to find a trace's spans.
const OWN: [&str; 4] = [
    "mlflow.artifactLocation",
    "mlflow.trace.spansLocation",
    "mlflow.trace.archiveLocation",
    "mlflow.trace.archivalFailure",
];

/// The trace.
///
/// # Errors
/// There is none.
pub(crate) async fn trace(cx: &Context<'_>, trace_id: &str) -> Result<TraceInfo, Failure> {
    let id = missing::id("trace_id", trace_id)?;
    traces::get(&cx.client, id).await.map_err(|error| missing::of_trace(error, id))
}

/// How it is spoken of.
pub(crate) fn named(info: &TraceInfo) -> String {
    format!("trace {} ({})", quoted(info.name()), info.trace_id)
}

/// The assessment.
///
/// # Errors
/// There is none.
pub(super) async fn assessment(
    cx: &Context<'_>,
    trace_id: &str,
    assessment_id: &str,
) -> Result<Assessment, Failure> {
    let (id, assessment_id) =
        (missing::id("trace_id", trace_id)?, missing::id("assessment_id", assessment_id)?);
    let found = assessments::get(&cx.client, id, assessment_id).await;
    found.map_err(|error| missing::assessments(cx, error, id))
}

/// How it is spoken of.
pub(super) fn spoken(assessment: &Assessment) -> String {
    format!(
        "{} {} ({}) of trace {}",
        assessment.kind(),
        quoted(&assessment.assessment_name),
        assessment.assessment_id,
        assessment.trace_id
    )
}

/// That the tag may be changed.
///
/// # Errors
/// MLflow needs it.
pub(super) fn free(key: &str) -> Result<(), ToolError> {
    if OWN.contains(&key) {
        return Err(ToolError::argument(format!(
            "argument \"key\" is {key:?}, by which MLflow finds the trace's spans; nothing was changed"
        )));
    }
    Ok(())
}

/// That a text is not longer than MLflow keeps.
///
/// # Errors
/// It is.
pub(super) fn within(argument: &str, text: &str, most: usize) -> Result<(), ToolError> {
    let length = text.chars().count();
    if length > most {
        return Err(ToolError::argument(format!(
            "argument {argument:?} has {length} characters, and MLflow keeps {most}; nothing was changed"
        )));
    }
    Ok(())
}
