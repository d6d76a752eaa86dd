//! Experiments.

pub mod change;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::number::optional_int64;
use super::page::{self, Position};
use super::pairs::pairs;
use super::view_type::ViewType;

const SEARCH: Endpoint = Endpoint::ask("/api/2.0/mlflow/experiments/search");
const GET: Endpoint = Endpoint::get("/api/2.0/mlflow/experiments/get");
const GET_BY_NAME: Endpoint = Endpoint::get("/api/2.0/mlflow/experiments/get-by-name");

/// An experiment.
#[derive(Clone, Debug, Deserialize)]
pub struct Experiment {
    /// A number in text; up to 18 digits.
    pub experiment_id: String,
    /// Unique, deleted experiments included.
    pub name: String,
    /// Root of its runs' artifacts.
    #[serde(default)]
    pub artifact_location: String,
    /// `active` or `deleted`.
    #[serde(default)]
    pub lifecycle_stage: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub creation_time: Option<i64>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub last_update_time: Option<i64>,
    /// Its tags.
    #[serde(default, deserialize_with = "pairs")]
    pub tags: BTreeMap<String, String>,
}

/// A question for experiments.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Search<'a> {
    /// At most so many; MLflow answers 400 without it, and above 50 000.
    pub max_results: usize,
    /// `None` for every one: a blank filter is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<&'a str>,
    /// For instance `name ASC`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub order_by: &'a [String],
    /// Living or deleted.
    pub view_type: ViewType,
    /// Where to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<&'a str>,
}

#[derive(Clone, Debug, Deserialize)]
struct Page {
    #[serde(default)]
    experiments: Vec<Experiment>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct One {
    experiment: Experiment,
}

/// The experiments that match, and where the next page begins.
///
/// # Errors
/// See [`Error`]; a bad filter is a refusal with MLflow's own explanation.
pub async fn search(
    client: &Client<'_>,
    search: &Search<'_>,
) -> Result<(Vec<Experiment>, Option<Position>), Error> {
    let page: Page = client.send(&SEARCH, search).await?;
    Ok((page.experiments, Position::from_server(page.next_page_token)))
}

/// The page of such experiments at a position, of at most `max_results`.
///
/// # Errors
/// As for [`search`].
pub async fn page(
    client: &Client<'_>,
    search: &Search<'_>,
    from: &Position,
) -> Result<page::Page<Experiment>, Error> {
    page::read(from, search.max_results, async |page_token, max_results| {
        let search = Search { page_token, max_results, ..search.clone() };
        let page: Page = client.send(&SEARCH, &search).await?;
        Ok((page.experiments, page.next_page_token))
    })
    .await
}

/// The experiment of that id, deleted ones included.
///
/// # Errors
/// See [`Error`]; an unknown id is [`Error::is_missing`], or on some servers a 400.
pub async fn get(client: &Client<'_>, experiment_id: &str) -> Result<Experiment, Error> {
    let one: One = client.get(&GET, &[("experiment_id", experiment_id)]).await?;
    Ok(one.experiment)
}

/// The experiment of that name, deleted ones included.
///
/// # Errors
/// See [`Error`]; an unknown name is [`Error::is_missing`].
pub async fn get_by_name(client: &Client<'_>, name: &str) -> Result<Experiment, Error> {
    let one: One = client.get(&GET_BY_NAME, &[("experiment_name", name)]).await?;
    Ok(one.experiment)
}
