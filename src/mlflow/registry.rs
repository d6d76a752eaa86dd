//! The model registry.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::experiments::pairs;
use super::number::optional_int64;

const GET: Endpoint = Endpoint::get("/api/2.0/mlflow/registered-models/get");
const SEARCH: Endpoint = Endpoint::get("/api/2.0/mlflow/registered-models/search");
const GET_VERSION: Endpoint = Endpoint::get("/api/2.0/mlflow/model-versions/get");

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
    /// Names of versions; only `get` has them.
    #[serde(default)]
    pub aliases: Vec<Alias>,
    /// The newest version of each stage.
    #[serde(default)]
    pub latest_versions: Vec<ModelVersion>,
}

/// A name of a version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Alias {
    /// For instance `champion`.
    pub alias: String,
    /// A number in text.
    pub version: String,
}

/// A version of a registered model.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ModelVersion {
    /// The model.
    pub name: String,
    /// A number in text.
    pub version: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub creation_timestamp: Option<i64>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub last_updated_timestamp: Option<i64>,
    /// None, Staging, Production or Archived.
    #[serde(default)]
    pub current_stage: String,
    /// Markdown.
    #[serde(default)]
    pub description: String,
    /// `models:/m-...`, or where the files are.
    #[serde(default)]
    pub source: String,
    /// The run it came from, if any.
    #[serde(default)]
    pub run_id: String,
    /// READY, or why not.
    #[serde(default)]
    pub status: String,
    /// Its tags.
    #[serde(default, deserialize_with = "pairs")]
    pub tags: BTreeMap<String, String>,
    /// Its names; searches and `latest_versions` leave them out.
    #[serde(default)]
    pub aliases: Vec<String>,
}

#[derive(Deserialize)]
struct OneModel {
    registered_model: RegisteredModel,
}

#[derive(Deserialize)]
struct OneVersion {
    model_version: ModelVersion,
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
    let one: OneModel = client.get(&GET, &[("name", name)]).await?;
    Ok(one.registered_model)
}

/// One version, with its aliases.
///
/// # Errors
/// See [`Error`]; an unknown version is [`Error::is_missing`].
pub async fn version(client: &Client<'_>, name: &str, version: &str) -> Result<ModelVersion, Error> {
    let one: OneVersion = client.get(&GET_VERSION, &[("name", name), ("version", version)]).await?;
    Ok(one.model_version)
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
