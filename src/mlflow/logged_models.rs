//! Logged models, which MLflow has since 3.0. On older servers these routes are not there.

pub mod change;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::number::{Number, int64, optional_int64};
use super::page::{self, Position};
use super::pairs::pairs;

const SEARCH: Endpoint = Endpoint::ask("/api/2.0/mlflow/logged-models/search");
const ALL: &str = "/api/2.0/mlflow/logged-models";

/// Models of one run that are asked for: training scripts log one, or one at each checkpoint.
const MOST_OF_RUN: usize = 100;

/// A logged model.
#[derive(Clone, Debug, Deserialize)]
pub struct LoggedModel {
    /// What it is.
    pub info: Info,
    /// What was logged for it.
    #[serde(default)]
    pub data: Data,
}

/// What a logged model is.
#[derive(Clone, Debug, Deserialize)]
pub struct Info {
    /// `m-` and 32 hex digits.
    pub model_id: String,
    /// Its experiment.
    #[serde(default)]
    pub experiment_id: String,
    /// For people; not unique.
    #[serde(default)]
    pub name: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub creation_timestamp_ms: Option<i64>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub last_updated_timestamp_ms: Option<i64>,
    /// Root of its files.
    #[serde(default)]
    pub artifact_uri: String,
    /// `LOGGED_MODEL_READY`, `LOGGED_MODEL_PENDING` or `LOGGED_MODEL_UPLOAD_FAILED`.
    #[serde(default)]
    pub status: String,
    /// Why it is not ready.
    #[serde(default)]
    pub status_message: String,
    /// For instance `classifier`; free text.
    #[serde(default)]
    pub model_type: String,
    /// The run that made it, if any.
    #[serde(default)]
    pub source_run_id: String,
    /// Its tags.
    #[serde(default, deserialize_with = "pairs")]
    pub tags: BTreeMap<String, String>,
}

/// What was logged for a model.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Data {
    /// Its parameters.
    #[serde(default, deserialize_with = "pairs")]
    pub params: BTreeMap<String, String>,
    /// The latest of each metric, run and data set.
    #[serde(default)]
    pub metrics: Vec<ModelMetric>,
}

/// A value of a model's metric.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelMetric {
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
    /// The data set it was measured on, if one was named.
    pub dataset_name: Option<String>,
    /// Hash of that data set.
    pub dataset_digest: Option<String>,
    /// The model.
    #[serde(default)]
    pub model_id: String,
    /// The run that measured it.
    #[serde(default)]
    pub run_id: String,
}

/// A data set that metrics are measured on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasuredOn {
    /// Its name.
    pub dataset_name: String,
    /// Hash of its content; MLflow finds nothing without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset_digest: Option<String>,
}

/// What to sort by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBy {
    /// `metrics.NAME`, or for instance `creation_timestamp`.
    pub field_name: String,
    /// Smallest first, which is the default.
    #[serde(default = "smallest_first")]
    pub ascending: bool,
    /// For a metric: only as measured on this data set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset_name: Option<String>,
}

fn smallest_first() -> bool {
    true
}

/// A question for logged models.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Search<'a> {
    /// One or more.
    pub experiment_ids: &'a [String],
    /// `None` for every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<&'a str>,
    /// Conditions on metrics hold only as measured on one of these; without such conditions, models that were
    /// measured on one of them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub datasets: &'a [MeasuredOn],
    /// At most so many.
    pub max_results: usize,
    /// Newest first if empty.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub order_by: &'a [OrderBy],
    /// Where to go on. The token holds all the above but `datasets` and `max_results`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    models: Vec<LoggedModel>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct One {
    model: LoggedModel,
}

/// The page of such models at a position, of at most `max_results`.
///
/// # Errors
/// See [`Error`]; a bad filter is a refusal with MLflow's own explanation.
pub async fn page(
    client: &Client<'_>,
    search: &Search<'_>,
    from: &Position,
) -> Result<page::Page<LoggedModel>, Error> {
    page::read(from, search.max_results, async |page_token, max_results| {
        let search = Search { page_token, max_results, ..search.clone() };
        let page: Page = client.send(&SEARCH, &search).await?;
        Ok((page.models, page.next_page_token))
    })
    .await
}

/// What a run of that experiment logged, newest first.
///
/// # Errors
/// See [`Error`].
pub async fn of_run(client: &Client<'_>, experiment_id: &str, run_id: &str) -> Result<Vec<Info>, Error> {
    let experiment_ids = [experiment_id.to_owned()];
    let filter = format!("source_run_id = '{run_id}'");
    let search = Search {
        experiment_ids: &experiment_ids,
        filter: Some(&filter),
        max_results: MOST_OF_RUN,
        ..Search::default()
    };
    let page: Page = client.send(&SEARCH, &search).await?;
    Ok(page.models.into_iter().map(|model| model.info).collect())
}

/// The logged model of that id.
///
/// # Errors
/// See [`Error`]; an unknown or deleted one is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, model_id: &str) -> Result<LoggedModel, Error> {
    let one: One = client.get(&Endpoint::get_one(ALL, model_id)?, &[]).await?;
    Ok(one.model)
}
