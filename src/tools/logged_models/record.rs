//! A logged model as tools show it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mlflow::logged_models::{LoggedModel, ModelMetric};
use crate::mlflow::number::Number;
use crate::tool::Budget;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};

/// Where MLflow's own client keeps which versions were registered from a model: JSON in a tag.
const VERSIONS_TAG: &str = "mlflow.modelVersions";

/// A logged model.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LoggedModelRecord {
    /// `m-` and 32 hex digits.
    pub model_id: String,
    /// For people; not unique.
    pub name: String,
    /// Its experiment.
    pub experiment_id: String,
    /// For instance classifier; free text.
    pub model_type: String,
    /// READY, PENDING or FAILED.
    pub status: String,
    /// Why it is not ready.
    pub status_message: String,
    /// The run that made it; empty if there is none.
    pub source_run_id: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_timestamp: Option<i64>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_timestamp: Option<i64>,
    /// Root of its files.
    pub artifact_location: String,
    /// The versions that were registered from it.
    pub model_versions: Vec<Registered>,
    /// Its parameters.
    pub params: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The latest of each metric, run and data set.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    pub metrics: Vec<MetricRecord>,
    /// Present if this model alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

/// A version of a registered model.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Registered {
    /// The registered model.
    pub name: String,
    /// A number in text.
    pub version: String,
}

/// A value of a model's metric.
#[derive(Debug, Serialize)]
pub struct MetricRecord {
    /// Its name.
    pub key: String,
    /// The value; "NaN" where MLflow has that.
    pub value: Number,
    /// Epoch milliseconds.
    pub timestamp: i64,
    /// The step.
    pub step: i64,
    /// The model.
    pub model_id: String,
    /// The data set it was measured on; null if none was named.
    pub dataset_name: Option<String>,
    /// Hash of that data set.
    pub dataset_digest: Option<String>,
    /// The run that measured it.
    pub run_id: String,
}

impl From<LoggedModel> for LoggedModelRecord {
    fn from(LoggedModel { info, data }: LoggedModel) -> Self {
        Self {
            model_id: info.model_id,
            name: info.name,
            experiment_id: info.experiment_id,
            model_type: info.model_type,
            status: status(&info.status).to_owned(),
            status_message: info.status_message,
            source_run_id: info.source_run_id,
            creation_timestamp: info.creation_timestamp_ms,
            last_updated_timestamp: info.last_updated_timestamp_ms,
            artifact_location: info.artifact_uri,
            model_versions: versions(&info.tags),
            params: data.params,
            tags: info.tags,
            metrics: data.metrics.into_iter().map(MetricRecord::from).collect(),
            omitted: Omitted::new(),
        }
    }
}

impl From<ModelMetric> for MetricRecord {
    fn from(metric: ModelMetric) -> Self {
        Self {
            key: metric.key,
            value: metric.value,
            timestamp: metric.timestamp,
            step: metric.step,
            model_id: metric.model_id,
            dataset_name: metric.dataset_name,
            dataset_digest: metric.dataset_digest,
            run_id: metric.run_id,
        }
    }
}

impl LoggedModelRecord {
    /// The model in at most that many characters.
    pub(super) fn within(mut self, budget: Budget) -> Self {
        if size(&self) > budget.characters() {
            let cut = Cut::default().text(&mut self.status_message);
            let cut = cut.texts(&mut self.tags).texts(&mut self.params).down_to(budget, size(&self));
            let cut = cut.entries("tags", &mut self.tags).entries("params", &mut self.params);
            let cut =
                cut.items("metrics", &mut self.metrics).items("model_versions", &mut self.model_versions);
            self.omitted = cut.omitted();
        }
        self
    }
}

/// MLflow's own client has other words than its REST API.
fn status(status: &str) -> &str {
    match status {
        "LOGGED_MODEL_PENDING" => "PENDING",
        "LOGGED_MODEL_READY" => "READY",
        "LOGGED_MODEL_UPLOAD_FAILED" => "FAILED",
        "LOGGED_MODEL_STATUS_UNSPECIFIED" => "UNSPECIFIED",
        other => other,
    }
}

/// The versions that were registered from the model with these tags.
pub(crate) fn versions(tags: &BTreeMap<String, String>) -> Vec<Registered> {
    tags.get(VERSIONS_TAG).map(|text| registered(text)).unwrap_or_default()
}

/// Reads the tag; whoever wrote it may have written a version twice, as a number and as text.
fn registered(text: &str) -> Vec<Registered> {
    #[derive(Deserialize)]
    struct Entry {
        name: String,
        version: Value,
    }
    let mut versions = Vec::new();
    for Entry { name, version } in serde_json::from_str::<Vec<Entry>>(text).unwrap_or_default() {
        let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        let one = Registered { name, version };
        if !versions.contains(&one) {
            versions.push(one);
        }
    }
    versions
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn model(metrics: usize, tags: &Value) -> LoggedModelRecord {
        let metric = |n: usize| json!({"key": format!("metric_{n:05}"), "value": "NaN", "model_id": "m-1"});
        let model = json!({
            "info": {"model_id": "m-1", "status": "LOGGED_MODEL_UPLOAD_FAILED", "tags": tags},
            "data": {"metrics": (0..metrics).map(metric).collect::<Vec<_>>()}
        });
        serde_json::from_value::<LoggedModel>(model).unwrap().into()
    }

    #[test]
    fn registered_versions_are_read_from_the_tag_once_each() {
        let text =
            r#"[{"name": "a", "version": 2}, {"name": "a", "version": "2"}, {"name": "b", "version": 1}]"#;
        let found = model(0, &json!([{"key": VERSIONS_TAG, "value": text}])).model_versions;
        let version = |name: &str, version: &str| Registered { name: name.into(), version: version.into() };
        assert_eq!(found, [version("a", "2"), version("b", "1")]);
        assert_eq!(model(0, &json!([{"key": VERSIONS_TAG, "value": "no JSON"}])).model_versions, []);
    }

    #[test]
    fn a_metric_that_is_not_a_number_stays_one() {
        let shown = serde_json::to_value(model(1, &json!([]))).unwrap();
        assert_eq!(
            (&shown["metrics"][0]["value"], &shown["metrics"][0]["dataset_name"]),
            (&json!("NaN"), &Value::Null)
        );
        assert_eq!(shown["status"], "FAILED");
    }

    #[test]
    fn a_model_with_thousands_of_metrics_is_cut_and_says_how_many_are_gone() {
        let budget = Budget::of_answer(10_000);
        let cut = model(3_000, &json!([{"key": "note", "value": "v".repeat(4_000)}])).within(budget);
        assert!(size(&cut) <= budget.characters());
        assert_eq!(cut.omitted.get("metrics"), Some(&(3_000 - cut.metrics.len())));
        assert_eq!((cut.omitted.get("tags"), cut.omitted.get("clipped_values")), (Some(&1), Some(&1)));
    }
}
