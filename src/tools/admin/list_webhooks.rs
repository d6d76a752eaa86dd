//! `list_webhooks`

use schemars::JsonSchema;
use serde::Deserialize;

use super::find::told;
use super::record::WebhookRecord;
use crate::mlflow::webhooks;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, listing};

/// List webhooks: where MLflow sends events of models and prompts.
#[derive(Deserialize, JsonSchema)]
pub struct ListWebhooks {
    /// How many at most.
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    100
}

impl Tool for ListWebhooks {
    const SPEC: Spec = Spec {
        name: "list_webhooks",
        title: "List webhooks",
        toolset: Toolset::Admin,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<WebhookRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let page = webhooks::page(&cx.client, self.max_results, &from).await.map_err(told)?;
        Ok(Listing::of_page(page.map(WebhookRecord::of), cx.budget))
    }
}
