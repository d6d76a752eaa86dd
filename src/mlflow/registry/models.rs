//! Registered models.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::versions::ModelVersion;
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::optional_int64;
use crate::mlflow::pairs::pairs;

const GET: Endpoint = Endpoint::get("/api/2.0/mlflow/registered-models/get");
const SEARCH: Endpoint = Endpoint::get("/api/2.0/mlflow/registered-models/search");

/// Leaves out prompts, which servers before 3 list among the models.
const NO_PROMPTS: &str = "tag.`mlflow.prompt.is_prompt` != 'true'";

/// A registered model.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RegisteredModel {
    /// Unique.
    pub name: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub creation_timestamp: Option<i64>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub last_updated_timestamp: Option<i64>,
    /// Markdown.
    #[serde(default)]
    pub description: String,
    /// Its tags.
    #[serde(default, deserialize_with = "pairs")]
    pub tags: BTreeMap<String, String>,
    /// Names of versions.
    #[serde(default)]
    pub aliases: Vec<Alias>,
    /// The newest version of each stage.
    #[serde(default)]
    pub latest_versions: Vec<ModelVersion>,
}

/// A name of a version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Alias {
    /// For instance `champion`.
    pub alias: String,
    /// A number in text.
    pub version: String,
}

#[derive(Deserialize)]
struct One {
    registered_model: RegisteredModel,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    registered_models: Vec<RegisteredModel>,
}

/// The registered model of that name, with its aliases.
///
/// # Errors
/// See [`Error`]; an unknown name is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, name: &str) -> Result<RegisteredModel, Error> {
    let one: One = client.get(&GET, &[("name", name)]).await?;
    Ok(one.registered_model)
}

/// At most so many registered models, prompts left out.
///
/// # Errors
/// See [`Error`].
pub async fn first(client: &Client<'_>, most: usize) -> Result<Vec<RegisteredModel>, Error> {
    let most = most.to_string();
    let page: Page = client.get(&SEARCH, &[("max_results", &most), ("filter", NO_PROMPTS)]).await?;
    Ok(page.registered_models)
}
