//! Versions of registered models.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::optional_int64;
use crate::mlflow::page::{self, Position};
use crate::mlflow::pairs::pairs;

const GET: Endpoint = Endpoint::get("/api/2.0/mlflow/model-versions/get");
const GET_BY_ALIAS: Endpoint = Endpoint::get("/api/2.0/mlflow/registered-models/alias");
const SEARCH: Endpoint = Endpoint::get("/api/2.0/mlflow/model-versions/search");

/// A version of a registered model.
#[derive(Clone, Debug, Deserialize)]
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
    /// Who made it, if the server knows.
    #[serde(default)]
    pub user_id: String,
    /// `models:/m-...`, or where the files are.
    #[serde(default)]
    pub source: String,
    /// The run it came from, if any.
    #[serde(default)]
    pub run_id: String,
    /// READY, PENDING_REGISTRATION or FAILED_REGISTRATION.
    #[serde(default)]
    pub status: String,
    /// Why it is not ready.
    #[serde(default)]
    pub status_message: String,
    /// Its tags.
    #[serde(default, deserialize_with = "pairs")]
    pub tags: BTreeMap<String, String>,
    /// Its names; searches and `latest_versions` leave them out.
    #[serde(default)]
    pub aliases: Vec<String>,
}

impl ModelVersion {
    /// The logged model that it is (MLflow 3): its source names it.
    #[must_use]
    pub fn model_id(&self) -> Option<&str> {
        self.source.strip_prefix("models:/").filter(|rest| rest.starts_with("m-") && !rest.contains('/'))
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    model_versions: Vec<ModelVersion>,
    next_page_token: Option<String>,
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

/// The version that an alias names. `latest` is always one, unless the model has no version.
///
/// # Errors
/// See [`Error`]; an unknown alias is a refusal with the code `INVALID_PARAMETER_VALUE`, an unknown model is
/// [`Error::is_missing`].
pub async fn by_alias(client: &Client<'_>, name: &str, alias: &str) -> Result<ModelVersion, Error> {
    let one: One = client.get(&GET_BY_ALIAS, &[("name", name), ("alias", alias)]).await?;
    Ok(one.model_version)
}

/// The page of such versions at a position, at most so many (up to 200 000), the newest first, without their
/// aliases.
///
/// # Errors
/// See [`Error`]; an unknown model has no versions.
pub async fn page(
    client: &Client<'_>,
    filter: &str,
    max_results: usize,
    from: &Position,
) -> Result<page::Page<ModelVersion>, Error> {
    page::read(from, max_results, async |page_token, max_results| {
        let max_results = max_results.to_string();
        let mut query = vec![
            ("filter", filter),
            // By number, since a change of a version must not move it between pages.
            ("order_by", "version_number DESC"),
            ("max_results", max_results.as_str()),
        ];
        query.extend(page_token.map(|token| ("page_token", token)));
        let page: Page = client.get(&SEARCH, &query).await?;
        Ok((page.model_versions, page.next_page_token))
    })
    .await
}
