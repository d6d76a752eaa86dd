//! An experiment as tools show it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::experiments::Experiment;

/// An experiment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExperimentRecord {
    /// For every other tool.
    pub experiment_id: String,
    /// Unique.
    pub name: String,
    /// Root of its runs' artifacts.
    pub artifact_location: String,
    /// `active` or `deleted`.
    pub lifecycle_stage: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<i64>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_update_time: Option<i64>,
    /// Its tags; `mlflow.note.content` is the description.
    pub tags: BTreeMap<String, String>,
}

impl From<Experiment> for ExperimentRecord {
    fn from(experiment: Experiment) -> Self {
        Self {
            experiment_id: experiment.experiment_id,
            name: experiment.name,
            artifact_location: experiment.artifact_location,
            lifecycle_stage: experiment.lifecycle_stage,
            creation_time: experiment.creation_time,
            last_update_time: experiment.last_update_time,
            tags: experiment.tags,
        }
    }
}
