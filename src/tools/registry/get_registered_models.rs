//! `get_registered_models`

use schemars::JsonSchema;
use serde::Deserialize;

use super::model::ModelRecord;
use crate::mlflow::registry::models;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, listing};

/// List registered models by name, with tags, aliases and the newest version. Prompts are left out.
#[derive(Deserialize, JsonSchema)]
pub struct GetRegisteredModels {
    /// MLflow filter, for instance name ILIKE '%churn%' or tags.team = 'nlp'. All if left out.
    filter_string: Option<String>,
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

impl Tool for GetRegisteredModels {
    const SPEC: Spec = Spec {
        name: "get_registered_models",
        title: "List registered models",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<ModelRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let search = models::Search {
            filter: self.filter_string.as_deref().filter(|filter| !filter.trim().is_empty()),
            max_results: self.max_results,
        };
        let page = models::page(&cx.client, &search, &from).await?;
        Ok(Listing::of_page(page.map(|model| ModelRecord::from(model).within(cx.budget)), cx.budget))
    }
}
