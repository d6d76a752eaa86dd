//! Registered models.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::versions::ModelVersion;
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::optional_int64;
use crate::mlflow::page::{self, Position};
use crate::mlflow::pairs::pairs;

const GET: Endpoint = Endpoint::get("/api/2.0/mlflow/registered-models/get");
const SEARCH: Endpoint = Endpoint::get("/api/2.0/mlflow/registered-models/search");

/// The tag of prompts, which are registered models, too.
pub const IS_PROMPT: &str = "mlflow.prompt.is_prompt";

/// Leaves out prompts, which servers before 3 list among the models.
const NO_PROMPTS: &str = "tags.`mlflow.prompt.is_prompt` != 'true'";

/// A condition on models and versions: those of prompts only, which newer servers hide without it.
pub const ONLY_PROMPTS: &str = "tags.`mlflow.prompt.is_prompt` = 'true'";

/// A registered model.
#[derive(Clone, Debug, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Alias {
    /// For instance `champion`.
    pub alias: String,
    /// A number in text.
    pub version: String,
}

impl RegisteredModel {
    /// Whether it is a prompt of the prompt registry.
    #[must_use]
    pub fn is_prompt(&self) -> bool {
        self.tags.get(IS_PROMPT).is_some_and(|value| value == "true")
    }
}

/// A question for registered models.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// `None` for every one. Prompts are left out, unless it asks for their tag.
    pub filter: Option<&'a str>,
    /// At most so many, up to 1 000.
    pub max_results: usize,
}

#[derive(Deserialize)]
struct One {
    registered_model: RegisteredModel,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    registered_models: Vec<RegisteredModel>,
    next_page_token: Option<String>,
}

/// The registered model of that name, with its aliases.
///
/// # Errors
/// See [`Error`]; an unknown name is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, name: &str) -> Result<RegisteredModel, Error> {
    let one: One = client.get(&GET, &[("name", name)]).await?;
    Ok(one.registered_model)
}

/// The page of such registered models at a position. Open-source servers list their aliases, too.
///
/// # Errors
/// See [`Error`]; a bad filter is a refusal with MLflow's own explanation.
pub async fn page(
    client: &Client<'_>,
    search: &Search<'_>,
    from: &Position,
) -> Result<page::Page<RegisteredModel>, Error> {
    let filter = match search.filter {
        Some(filter) if filter.contains(IS_PROMPT) => filter.to_owned(),
        Some(filter) => format!("{filter} AND {NO_PROMPTS}"),
        None => NO_PROMPTS.to_owned(),
    };
    page::read(from, search.max_results, async |page_token, max_results| {
        // More is refused.
        let max_results = max_results.min(1_000).to_string();
        let mut query = vec![("max_results", max_results.as_str()), ("filter", filter.as_str())];
        query.extend(page_token.map(|token| ("page_token", token)));
        let page: Page = client.get(&SEARCH, &query).await?;
        Ok((page.registered_models, page.next_page_token))
    })
    .await
}

/// At most so many registered models, prompts left out.
///
/// # Errors
/// See [`Error`].
pub async fn first(client: &Client<'_>, most: usize) -> Result<Vec<RegisteredModel>, Error> {
    let search = Search { filter: None, max_results: most };
    Ok(page(client, &search, &Position::default()).await?.rows)
}
