//! `get_webhook`

use schemars::JsonSchema;
use serde::Deserialize;

use super::find;
use super::record::WebhookRecord;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Get a webhook; its secret is never shown.
#[derive(Deserialize, JsonSchema)]
pub struct GetWebhook {
    /// As list_webhooks shows it.
    #[schemars(length(min = 1))]
    webhook_id: String,
}

impl Tool for GetWebhook {
    const SPEC: Spec = Spec {
        name: "get_webhook",
        title: "Get a webhook",
        toolset: Toolset::Admin,
        effect: Effect::Read,
        progress: false,
    };

    type Output = WebhookRecord;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        Ok(WebhookRecord::of(find::webhook(cx, &self.webhook_id).await?))
    }
}
