//! What a trace is, without its spans.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Deserializer};

use super::assessments::Assessment;
use crate::mlflow::number::{int64, optional_int64};
use crate::mlflow::pairs::pairs;

/// What a trace is, without its spans.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct TraceInfo {
    /// `tr-` and 32 hex digits; before MLflow 3 without `tr-`.
    pub trace_id: String,
    /// What the application calls it.
    #[serde(default)]
    pub client_request_id: Option<String>,
    /// Where it is.
    #[serde(default, rename = "trace_location", deserialize_with = "experiment")]
    pub experiment_id: String,
    /// When it began, RFC 3339.
    #[serde(default)]
    pub request_time: String,
    /// In seconds, for instance `0.219s`.
    #[serde(default)]
    pub execution_duration: String,
    /// OK, ERROR or `IN_PROGRESS`.
    #[serde(default)]
    pub state: String,
    /// The beginning of what went in.
    #[serde(default)]
    pub request_preview: Option<String>,
    /// The beginning of what came out.
    #[serde(default)]
    pub response_preview: Option<String>,
    /// What was set when it began: session, user, source, tokens.
    #[serde(default)]
    pub trace_metadata: BTreeMap<String, String>,
    /// What can be set later.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// What people, judges and code say of it.
    #[serde(default)]
    pub assessments: Vec<Assessment>,
}

impl TraceInfo {
    /// The name of its root span.
    #[must_use]
    pub fn name(&self) -> &str {
        self.tags.get("mlflow.traceName").map_or("", String::as_str)
    }

    /// Metadata that is not empty.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.trace_metadata.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// When it began, in epoch milliseconds.
    #[must_use]
    pub fn start(&self) -> Option<i64> {
        let since = humantime::parse_rfc3339(&self.request_time).ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    }

    /// How long it took, in milliseconds; `None` while it goes on.
    #[must_use]
    pub fn duration(&self) -> Option<f64> {
        let seconds: f64 = self.execution_duration.strip_suffix('s')?.parse().ok()?;
        // MLflow has whole milliseconds; 0.219 has no exact double.
        Some((seconds * 1_000.0).round()).filter(|ms| ms.is_finite())
    }

    /// A number of a JSON object among the metadata, for instance `total_tokens` of `mlflow.trace.tokenUsage`.
    #[must_use]
    pub fn figures(&self, key: &str) -> BTreeMap<String, f64> {
        let text = self.metadata(key).unwrap_or("{}");
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn moment(milliseconds: i64) -> String {
    let since = Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0).min(253_402_300_799_000));
    humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
}

/// The experiment of a location.
fn experiment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Location {
        mlflow_experiment: Option<Experiment>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Experiment {
        experiment_id: String,
    }
    let location = Option::<Location>::deserialize(deserializer)?.unwrap_or_default();
    Ok(location.mlflow_experiment.unwrap_or_default().experiment_id)
}

/// The second form: all that servers before 3.0 have.
#[derive(Debug, Deserialize)]
pub(super) struct Second {
    request_id: String,
    #[serde(default)]
    experiment_id: String,
    #[serde(deserialize_with = "int64")]
    timestamp_ms: i64,
    #[serde(default, deserialize_with = "optional_int64")]
    execution_time_ms: Option<i64>,
    #[serde(default)]
    status: String,
    #[serde(default, deserialize_with = "pairs")]
    request_metadata: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "pairs")]
    tags: BTreeMap<String, String>,
}

impl From<Second> for TraceInfo {
    fn from(second: Second) -> Self {
        let text = |key: &str| second.request_metadata.get(key).filter(|text| !text.is_empty()).cloned();
        let duration = second.execution_time_ms.unwrap_or(0);
        Self {
            request_preview: text("mlflow.traceInputs"),
            response_preview: text("mlflow.traceOutputs"),
            trace_id: second.request_id,
            experiment_id: second.experiment_id,
            request_time: moment(second.timestamp_ms),
            execution_duration: format!("{}.{:03}s", duration / 1_000, duration % 1_000),
            state: second.status,
            trace_metadata: second.request_metadata,
            tags: second.tags,
            ..Self::default()
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let third: TraceInfo = serde_json::from_str(
            r#"{"trace_id": "tr-1", "request_time": "2026-01-18T09:14:00.5Z", "execution_duration": "30.103s",
                "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "9"}}}"#,
        )
        .unwrap();
        let second: Second = serde_json::from_str(
            r#"{"request_id": "tr-1", "experiment_id": "9", "timestamp_ms": "1768727640500", "execution_time_ms": 30103}"#,
        )
        .unwrap();
        let second = TraceInfo::from(second);
        assert_eq!((third.start(), third.duration()), (Some(1_768_727_640_500), Some(30_103.0)));
        assert_eq!((second.start(), second.duration()), (third.start(), third.duration()));
        assert_eq!((second.experiment_id, second.trace_id), (third.experiment_id, third.trace_id));
    }

    #[test]
    fn what_is_no_number_is_no_figure() {
        let metadata = [("mlflow.trace.tokenUsage", r#"{"total_tokens": 7}"#), ("broken", "{")];
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let info = TraceInfo { trace_metadata: metadata.into(), ..TraceInfo::default() };
        assert_eq!(info.figures("mlflow.trace.tokenUsage").get("total_tokens"), Some(&7.0));
        assert!(info.figures("broken").is_empty() && info.figures("none").is_empty());
    }
}
