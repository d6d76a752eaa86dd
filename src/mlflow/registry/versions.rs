//! Versions of registered models.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::optional_int64;
use crate::mlflow::pairs::pairs;

const GET: Endpoint = Endpoint::get("/api/2.0/mlflow/model-versions/get");

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
struct One {
    model_version: ModelVersion,
}

/// One version, with its aliases.
///
/// # Errors
/// See [`Error`]; an unknown version is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, name: &str, version: &str) -> Result<ModelVersion, Error> {
    let one: One = client.get(&GET, &[("name", name), ("version", version)]).await?;
    Ok(one.model_version)
}
