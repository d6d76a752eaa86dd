//! What changes runs.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Run;
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::Number;
use crate::mlflow::pairs::Tag;

const SET_TAG: Endpoint = Endpoint::post("/api/2.0/mlflow/runs/set-tag");
const DELETE: Endpoint = Endpoint::remove("/api/2.0/mlflow/runs/delete");

const DELETE_TAG: Endpoint = Endpoint::remove("/api/2.0/mlflow/runs/delete-tag");
const CREATE: Endpoint = Endpoint::post("/api/2.0/mlflow/runs/create");
const UPDATE: Endpoint = Endpoint::post("/api/2.0/mlflow/runs/update");
const RESTORE: Endpoint = Endpoint::post("/api/2.0/mlflow/runs/restore");
const LOG_BATCH: Endpoint = Endpoint::post("/api/2.0/mlflow/runs/log-batch");
const LOG_INPUTS: Endpoint = Endpoint::post("/api/2.0/mlflow/runs/log-inputs");

/// The longest value of a parameter that MLflow keeps, in characters; it cuts longer ones without a word.
pub const PARAM_CHARACTERS: usize = 6_000;

/// The most metrics of one batch.
pub const METRICS: usize = 1_000;

/// The most parameters, and the most tags, of one batch.
pub const PAIRS: usize = 100;

/// A run to create.
#[derive(Clone, Debug, Serialize)]
pub struct NewRun<'a> {
    /// Its experiment.
    pub experiment_id: &'a str,
    /// MLflow makes one up if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_name: Option<&'a str>,
    /// Epoch milliseconds; MLflow takes 1970 for granted.
    pub start_time: i64,
    /// Its tags.
    pub tags: Vec<Tag<'a>>,
}

/// What of a run is to change.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Update<'a> {
    /// The run.
    pub run_id: &'a str,
    /// FINISHED, FAILED or KILLED. MLflow says yes to others, too, and does nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'a str>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<i64>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_name: Option<&'a str>,
}

/// What is logged at once: MLflow takes all of one kind or nothing of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Batch<'a> {
    /// The run.
    pub run_id: &'a str,
    /// At most [`METRICS`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Point<'a>>,
    /// At most [`PAIRS`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Tag<'a>>,
    /// At most [`PAIRS`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag<'a>>,
}

/// One value of a metric. Numbers as numbers: of a text that is none, MLflow makes 0 and says yes.
#[derive(Clone, Debug, Serialize)]
pub struct Point<'a> {
    /// The metric.
    pub key: &'a str,
    /// The value.
    pub value: Number,
    /// Epoch milliseconds.
    pub timestamp: i64,
    /// The step.
    pub step: i64,
}

/// A data set that a run has read.
#[derive(Clone, Debug, Serialize)]
pub struct Input<'a> {
    /// What it was used for: `mlflow.data.context`.
    pub tags: Vec<Tag<'a>>,
    /// The data set.
    pub dataset: InputDataset<'a>,
}

/// A data set as MLflow is told of it.
#[derive(Clone, Debug, Serialize)]
pub struct InputDataset<'a> {
    /// Its name.
    pub name: &'a str,
    /// Hash of its content.
    pub digest: &'a str,
    /// For instance `http`, `local`, `s3`.
    pub source_type: &'a str,
    /// Where it is, as that type has it.
    pub source: &'a str,
}

#[derive(Deserialize)]
struct Created {
    run: Run,
}

/// Creates a run, which is then RUNNING.
///
/// # Errors
/// See [`Error`].
pub async fn create(client: &Client<'_>, new: &NewRun<'_>) -> Result<Run, Error> {
    let created: Created = client.send(&CREATE, new).await?;
    Ok(created.run)
}

/// Changes what a run is.
///
/// # Errors
/// See [`Error`].
pub async fn update(client: &Client<'_>, update: &Update<'_>) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&UPDATE, update).await?;
    Ok(())
}

/// Takes a deletion back.
///
/// # Errors
/// See [`Error`].
pub async fn restore(client: &Client<'_>, run_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&RESTORE, &json!({"run_id": run_id})).await?;
    Ok(())
}

/// Logs what the batch holds.
///
/// # Errors
/// See [`Error`].
pub async fn log(client: &Client<'_>, batch: &Batch<'_>) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&LOG_BATCH, batch).await?;
    Ok(())
}

/// Logs data sets that the run has read.
///
/// # Errors
/// See [`Error`].
pub async fn log_inputs(client: &Client<'_>, run_id: &str, datasets: &[Input<'_>]) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&LOG_INPUTS, &json!({"run_id": run_id, "datasets": datasets})).await?;
    Ok(())
}

/// Removes a tag.
///
/// # Errors
/// See [`Error`]; a tag that is not there is [`Error::is_missing`].
pub async fn delete_tag(client: &Client<'_>, run_id: &str, key: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE_TAG, &json!({"run_id": run_id, "key": key})).await?;
    Ok(())
}

/// The longest tag value that MLflow keeps, in characters; it cuts longer ones without a word.
pub const TAG_CHARACTERS: usize = 8_000;

/// Sets a tag, whatever it was.
///
/// # Errors
/// See [`Error`]; an unknown run is [`Error::is_missing`].
pub async fn set_tag(client: &Client<'_>, run_id: &str, key: &str, value: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&SET_TAG, &json!({"run_id": run_id, "key": key, "value": value})).await?;
    Ok(())
}

/// Marks a run as deleted; one that is deleted already stays so.
///
/// # Errors
/// See [`Error`]; an unknown run is [`Error::is_missing`].
pub async fn delete(client: &Client<'_>, run_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE, &json!({"run_id": run_id})).await?;
    Ok(())
}
