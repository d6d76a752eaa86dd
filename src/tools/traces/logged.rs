//! An assessment that is logged: what feedback and expectations have in common.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::existing;
use super::missing;
use super::record::AssessmentRecord;
use crate::mlflow::traces::TraceInfo;
use crate::mlflow::traces::change::{NAME_CHARACTERS, New, assess};
use crate::mlflow::traces::spans;
use crate::tool::nearest::suggestion;
use crate::tool::preview::{json, quoted};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Kind, ToolError};

/// Characters of a value that a sentence shows.
const SHOWN: usize = 300;

/// Who assesses.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
pub(super) enum Source {
    #[serde(rename = "HUMAN")]
    Human,
    #[serde(rename = "LLM_JUDGE")]
    LlmJudge,
    #[serde(rename = "CODE")]
    Code,
}

impl Source {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Human => "HUMAN",
            Self::LlmJudge => "LLM_JUDGE",
            Self::Code => "CODE",
        }
    }
}

/// What was logged or changed.
#[derive(Serialize, JsonSchema)]
pub struct Assessed {
    success: bool,
    trace_id: String,
    /// As it is now.
    #[serde(flatten)]
    assessment: AssessmentRecord,
    /// The call that takes it back.
    undo: String,
}

/// The value that a text says: JSON, or the text itself.
///
/// # Errors
/// It is null, which MLflow takes for no value at all.
pub(super) fn value(text: &str) -> Result<Value, ToolError> {
    match serde_json::from_str(text) {
        Ok(Value::Null) => Err(ToolError::argument(
            "argument \"value\" is null, which MLflow takes for none; nothing was changed. Write \"null\" in quotes for the word",
        )),
        Ok(value) => Ok(value),
        Err(_) if text.trim().is_empty() => {
            Err(ToolError::argument("argument \"value\" is empty, and nothing was changed"))
        }
        Err(_) => Ok(text.into()),
    }
}

/// A value in a sentence.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => json(other, SHOWN),
    }
}

/// Metadata for a call that takes something back.
pub(super) fn text(metadata: &BTreeMap<String, String>) -> String {
    serde_json::to_string(metadata).unwrap_or_default()
}

/// That MLflow takes it, of a trace that is there; it would take a span that is not, too.
pub(super) async fn check(cx: &Context<'_>, trace_id: &str, new: &New<'_>) -> Result<TraceInfo, Failure> {
    existing::within("name", new.name, NAME_CHARACTERS)?;
    existing::within("source_id", new.source_id, NAME_CHARACTERS)?;
    let info = existing::trace(cx, trace_id).await?;
    let Some(span_id) = new.span_id else { return Ok(info) };
    let span_id = missing::id("span_id", span_id)?;
    let all = spans::of_trace(&cx.client, &info.trace_id).await;
    let all = all.map_err(|error| missing::of_trace(error, &info.trace_id))?;
    if all.iter().any(|span| span.span_id == span_id) {
        return Ok(info);
    }
    let hint = suggestion(span_id, "Its spans", all.iter().map(|span| span.span_id.as_str()));
    let message = format!("{} has no span {span_id:?}, and nothing was changed", existing::named(&info));
    Err(ToolError::new(Kind::NotFound, message, hint).into())
}

/// What logging it would do, in a sentence.
pub(super) fn would(info: &TraceInfo, new: &New<'_>) -> String {
    let about = new.span_id.map(|id| format!("span {id} of ")).unwrap_or_default();
    let same = info.assessments.iter().filter(|known| known.assessment_name == new.name).count();
    let beside = if same > 0 { format!(" It has {same} of that name, which stay.") } else { String::new() };
    format!(
        "Log {} {} = {} by {} {} for {about}{}.{beside}",
        new.said.name(),
        quoted(new.name),
        shown(new.value),
        new.source_type,
        quoted(new.source_id),
        existing::named(info)
    )
}

/// Logs it.
pub(super) async fn log(cx: &Context<'_>, trace_id: &str, new: &New<'_>) -> Result<Assessed, Failure> {
    let info = check(cx, trace_id, new).await?;
    let logged = assess(&cx.client, &info.trace_id, new).await;
    let logged = logged.map_err(|error| missing::assessments(cx, error, &info.trace_id))?;
    let arguments = [("trace_id", info.trace_id.as_str()), ("assessment_id", logged.assessment_id.as_str())];
    let undo = undo("delete_trace_assessment", &arguments);
    Ok(Assessed::new(&info.trace_id, AssessmentRecord::of(&logged), undo))
}

impl Assessed {
    pub(super) fn new(trace_id: &str, assessment: AssessmentRecord, undo: String) -> Self {
        Self { success: true, trace_id: trace_id.to_owned(), assessment, undo }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::value;

    #[test]
    fn a_value_is_what_its_text_says() {
        for (text, expected) in [
            ("true", json!(true)),
            ("0.9", json!(0.9)),
            ("good", json!("good")),
            ("\"true\"", json!("true")),
            ("{\"a\": [1]}", json!({"a": [1]})),
            ("yes, {but}", json!("yes, {but}")),
        ] {
            assert_eq!(value(text).unwrap(), expected, "{text}");
        }
        assert!(value("null").is_err() && value(" ").is_err());
    }
}
