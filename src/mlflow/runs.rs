//! Runs.

pub mod change;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::number::{Number, int64, optional_int64};
use super::page::{self, Position};
use super::pairs::pairs;
use super::view_type::ViewType;

const SEARCH: Endpoint = Endpoint::ask("/api/2.0/mlflow/runs/search");
const GET: Endpoint = Endpoint::get("/api/2.0/mlflow/runs/get");

/// A run with the latest value of each metric.
#[derive(Clone, Debug, Deserialize)]
pub struct Run {
    /// What it is.
    pub info: RunInfo,
    /// What was logged.
    #[serde(default)]
    pub data: RunData,
    /// What it read.
    #[serde(default)]
    pub inputs: RunInputs,
    /// The models it made (MLflow 3).
    #[serde(default)]
    pub outputs: RunOutputs,
}

/// What a run is.
#[derive(Clone, Debug, Deserialize)]
pub struct RunInfo {
    /// 32 hex digits.
    pub run_id: String,
    /// Its experiment.
    #[serde(default)]
    pub experiment_id: String,
    /// For people; not unique.
    #[serde(default)]
    pub run_name: String,
    /// Who started it.
    #[serde(default)]
    pub user_id: String,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    #[serde(default)]
    pub status: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub start_time: Option<i64>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub end_time: Option<i64>,
    /// Root of its artifacts.
    #[serde(default)]
    pub artifact_uri: String,
    /// `active` or `deleted`.
    #[serde(default)]
    pub lifecycle_stage: String,
}

/// What was logged.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RunData {
    /// The latest of each metric: highest step, then time, then value.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// Set once, never changed.
    #[serde(default, deserialize_with = "pairs")]
    pub params: BTreeMap<String, String>,
    /// Tags, `mlflow.*` included.
    #[serde(default, deserialize_with = "pairs")]
    pub tags: BTreeMap<String, String>,
}

/// One value of a metric.
#[derive(Clone, Debug, Deserialize)]
pub struct Metric {
    /// Its name.
    pub key: String,
    /// The value.
    pub value: Number,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "int64")]
    pub timestamp: i64,
    /// The step, 0 if none was given.
    #[serde(default, deserialize_with = "int64")]
    pub step: i64,
}

/// What a run's metrics, parameters and tags are called; the values are skipped as they are read.
#[derive(Clone, Debug, Deserialize)]
pub struct RunKeys {
    /// What was logged.
    #[serde(default)]
    pub data: DataKeys,
}

/// Names of what was logged.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DataKeys {
    /// Of metrics.
    #[serde(default)]
    pub metrics: Vec<Key>,
    /// Of parameters.
    #[serde(default)]
    pub params: Vec<Key>,
    /// Of tags, `mlflow.*` included.
    #[serde(default)]
    pub tags: Vec<Key>,
}

/// One name.
#[derive(Clone, Debug, Deserialize)]
pub struct Key {
    /// The name.
    pub key: String,
}

/// What a run read.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RunInputs {
    /// One per data set and use.
    #[serde(default)]
    pub dataset_inputs: Vec<DatasetInput>,
    /// The logged models it used (MLflow 3), for instance to evaluate them.
    #[serde(default)]
    pub model_inputs: Vec<ModelInput>,
}

/// A logged model that a run used.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelInput {
    /// `m-` and 32 hex digits.
    pub model_id: String,
}

/// A data set and what it was used for.
#[derive(Clone, Debug, Deserialize)]
pub struct DatasetInput {
    /// `mlflow.data.context` is `training`, `eval` and so on.
    #[serde(default, deserialize_with = "pairs")]
    pub tags: BTreeMap<String, String>,
    /// The data set.
    pub dataset: Dataset,
}

/// A data set as MLflow knows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Hash of its content.
    #[serde(default)]
    pub digest: String,
    /// For instance `s3` or `code`.
    #[serde(default)]
    pub source_type: String,
    /// Where it is, as JSON.
    #[serde(default)]
    pub source: Option<String>,
    /// Its columns, as JSON.
    #[serde(default)]
    pub schema: Option<String>,
    /// Its size and so on, as JSON.
    #[serde(default)]
    pub profile: Option<String>,
}

/// The models a run made.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RunOutputs {
    /// One per logged model.
    #[serde(default)]
    pub model_outputs: Vec<ModelOutput>,
}

/// A logged model that a run made.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelOutput {
    /// `m-` and 32 hex digits.
    pub model_id: String,
    /// The step it was logged at.
    #[serde(default, deserialize_with = "int64")]
    pub step: i64,
}

/// A question for runs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Search<'a> {
    /// One or more; always as text, since numbers are dropped without a word by newer servers.
    pub experiment_ids: &'a [&'a str],
    /// `None` for every one: a blank filter is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<&'a str>,
    /// Living or deleted.
    pub run_view_type: ViewType,
    /// At most so many, up to 50 000; each costs the server about 0.7 ms and 2 KB.
    pub max_results: usize,
    /// For instance `metrics.acc DESC`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub order_by: &'a [String],
    /// Where to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Page<R> {
    #[serde(default = "Vec::new")]
    runs: Vec<R>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct One {
    run: Run,
}

/// The runs that match, and where the next page begins.
///
/// # Errors
/// See [`Error`]; a bad filter is a refusal with MLflow's own explanation.
pub async fn search(client: &Client<'_>, search: &Search<'_>) -> Result<(Vec<Run>, Option<Position>), Error> {
    let page: Page<Run> = client.send(&SEARCH, search).await?;
    Ok((page.runs, Position::from_server(page.next_page_token)))
}

/// The page of such runs at a position, of at most `max_results`. `R` says what is read of each: [`Run`] for all,
/// [`RunKeys`] for names only.
///
/// # Errors
/// As for [`search`].
pub async fn page<R: DeserializeOwned>(
    client: &Client<'_>,
    search: &Search<'_>,
    from: &Position,
) -> Result<page::Page<R>, Error> {
    page::read(from, search.max_results, async |page_token, max_results| {
        let search = Search { page_token, max_results, ..search.clone() };
        let page: Page<R> = client.send(&SEARCH, &search).await?;
        Ok((page.runs, page.next_page_token))
    })
    .await
}

/// The run of that id, deleted ones included.
///
/// # Errors
/// See [`Error`]; an unknown id is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, run_id: &str) -> Result<Run, Error> {
    let one: One = client.get(&GET, &[("run_id", run_id)]).await?;
    Ok(one.run)
}
