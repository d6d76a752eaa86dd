//! `search_prompts`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::mlflow::filter;
use crate::mlflow::registry::models::{self, ONLY_PROMPTS};
use crate::mlflow::registry::prompts::is_reserved;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, ToolError, listing};
use crate::tools::registry::model::ModelRecord;

/// Find prompts of the prompt registry by name or tags, with aliases and the newest version.
#[derive(Deserialize, JsonSchema)]
pub struct SearchPrompts {
    /// A part of the name, in any case; _ is any character. All if left out.
    name: Option<String>,
    /// Tags that it must have, for instance {"team": "nlp"}.
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// How many at most (default 100).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    100
}

impl Tool for SearchPrompts {
    const SPEC: Spec = Spec {
        name: "search_prompts",
        title: "Search prompts",
        toolset: Toolset::Prompts,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<ModelRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let filter = self.filter()?;
        let search = models::Search { filter: Some(&filter), max_results: self.max_results };
        let page = models::page(&cx.client, &search, &from).await?;
        let record = |mut prompt: models::RegisteredModel| {
            prompt.tags.retain(|key, _| !is_reserved(key));
            ModelRecord::from(prompt).within(cx.budget)
        };
        Ok(Listing::of_page(page.map(record), cx.budget))
    }
}

impl SearchPrompts {
    fn filter(&self) -> Result<String, ToolError> {
        let unquotable = |what: &str, text: &str| {
            ToolError::argument(format!(
                "argument {what:?}: MLflow's filters have no escape character, so {text:?}, which has both kinds of \
                 quotes, cannot be searched for"
            ))
        };
        let mut filter = ONLY_PROMPTS.to_owned();
        if let Some(name) = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            let pattern = filter::string(&format!("%{name}%")).map_err(|_| unquotable("name", name))?;
            filter.push_str(&format!(" AND name ILIKE {pattern}"));
        }
        for (key, value) in &self.tags {
            let name = filter::key(key).map_err(|_| unquotable("tags", key))?;
            let value = filter::string(value).map_err(|_| unquotable("tags", value))?;
            filter.push_str(&format!(" AND tags.{name} = {value}"));
        }
        Ok(filter)
    }
}
