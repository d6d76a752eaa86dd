//! `delete_webhook`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find::{self, named, sends, told};
use super::record::WebhookRecord;
use crate::mlflow::webhooks::delete;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Delete a webhook. create_webhook makes another like it, but its secret is gone.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteWebhook {
    /// As list_webhooks shows it.
    #[schemars(length(min = 1))]
    webhook_id: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    /// As it was.
    #[serde(flatten)]
    webhook: WebhookRecord,
}

impl Tool for DeleteWebhook {
    const SPEC: Spec = Spec {
        name: "delete_webhook",
        title: "Delete a webhook",
        toolset: Toolset::Admin,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let known = find::webhook(cx, &self.webhook_id).await?;
        delete(&cx.client, &known.webhook_id).await.map_err(told)?;
        Ok(Deleted { success: true, webhook: WebhookRecord::of(known) })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = find::webhook(cx, &self.webhook_id).await?;
        Ok(Some(format!(
            "Delete {}, which sends {} ({}). create_webhook makes another like it, but its secret is gone for good.",
            named(&known),
            sends(&known),
            known.status
        )))
    }
}
