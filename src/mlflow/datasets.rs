//! The data sets that runs of experiments have read.

use serde::{Deserialize, Serialize};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;

/// Under `/api` the route is misspelt on every server so far.
const SEARCH: Endpoint = Endpoint::ask("/ajax-api/2.0/mlflow/experiments/search-datasets");

/// The most experiments that MLflow takes at once.
pub const EXPERIMENTS: usize = 20;

/// The most rows that MLflow gives at once, without a word about others.
pub const MOST: usize = 1_000;

/// A data set as a run has read it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Hash of its content.
    pub digest: String,
    /// The experiment of the run.
    #[serde(default)]
    pub experiment_id: String,
    /// What for, for instance `training`.
    #[serde(default)]
    pub context: Option<String>,
}

#[derive(Serialize)]
struct Search<'a> {
    experiment_ids: &'a [String],
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    dataset_summaries: Vec<Dataset>,
}

/// The data sets that runs of at most [`EXPERIMENTS`] experiments have read, one row per context.
///
/// # Errors
/// See [`Error`].
pub async fn of_experiments(client: &Client<'_>, experiment_ids: &[String]) -> Result<Vec<Dataset>, Error> {
    let found: Found = client.send(&SEARCH, &Search { experiment_ids }).await?;
    Ok(found.dataset_summaries)
}
