//! Evaluation datasets, and their records; since MLflow 3.4.

pub mod change;
pub mod records;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::number::optional_int64;
use super::page::{self, Position};
use super::python_json::json;
use crate::sorted::sorted;

const ALL: &str = "/api/3.0/mlflow/datasets";
const SEARCH: Endpoint = Endpoint::ask("/api/3.0/mlflow/datasets/search");

/// A collection of inputs, and of what is expected of an application that gets them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct EvaluationDataset {
    /// `d-` and 32 hex digits.
    pub dataset_id: String,
    /// For people; several can have the same.
    #[serde(default)]
    pub name: String,
    /// What people say of it.
    #[serde(default, deserialize_with = "texts")]
    pub tags: BTreeMap<String, String>,
    /// The types of the members of its records.
    #[serde(default, deserialize_with = "in_text")]
    pub schema: Value,
    /// Figures about its records.
    #[serde(default, deserialize_with = "in_text")]
    pub profile: Value,
    /// Another one whenever records were added or updated.
    #[serde(default)]
    pub digest: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub created_time: Option<i64>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub last_update_time: Option<i64>,
    /// Who made it, where that was said.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Who changed it, where that was said.
    #[serde(default)]
    pub last_updated_by: Option<String>,
}

impl EvaluationDataset {
    /// How many records it has, as its profile says; MLflow leaves the profile out where there are none.
    #[must_use]
    pub fn num_records(&self) -> u64 {
        self.profile["num_records"].as_u64().unwrap_or(0)
    }
}

/// JSON that travels as text; what is none stays text.
fn in_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    Ok(json(&text).unwrap_or(Value::String(text)))
}

/// A map that travels as text.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let members = match in_text(deserializer)? {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    Ok(sorted(members.into_iter().map(|(key, value)| match value {
        Value::String(text) => (key, text),
        other => (key, other.to_string()),
    })))
}

/// A question for datasets.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Search<'a> {
    /// Those of these experiments; every one if there are none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub experiment_ids: &'a [String],
    /// `None` for every one: a blank filter is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_string: Option<&'a str>,
    /// At most so many.
    pub max_results: usize,
    /// For instance `name ASC`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub order_by: &'a [String],
    /// Where to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    datasets: Vec<EvaluationDataset>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct One {
    dataset: EvaluationDataset,
}

/// The page of such datasets at a position.
///
/// # Errors
/// See [`Error`]; a bad filter is a refusal with MLflow's own explanation.
pub async fn page(
    client: &Client<'_>,
    search: &Search<'_>,
    from: &Position,
) -> Result<page::Page<EvaluationDataset>, Error> {
    page::read(from, search.max_results, async |page_token, max_results| {
        let search = Search { page_token, max_results, ..search.clone() };
        let found: Found = client.send(&SEARCH, &search).await?;
        Ok((found.datasets, found.next_page_token))
    })
    .await
}

/// The dataset of that id.
///
/// # Errors
/// See [`Error`]; an unknown id is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, dataset_id: &str) -> Result<EvaluationDataset, Error> {
    let one: One = client.get(&Endpoint::get_one(ALL, dataset_id)?, &[]).await?;
    Ok(one.dataset)
}

/// The experiments that a dataset is in; none of one that does not exist.
///
/// # Errors
/// See [`Error`].
pub async fn experiment_ids(client: &Client<'_>, dataset_id: &str) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Ids {
        #[serde(default)]
        experiment_ids: Vec<String>,
    }
    let endpoint = Endpoint::get_one(ALL, dataset_id)?.then("/experiment-ids");
    let ids: Ids = client.get(&endpoint, &[]).await?;
    Ok(ids.experiment_ids)
}
