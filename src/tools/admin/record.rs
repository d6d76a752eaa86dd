//! Webhooks as answers show them.

use schemars::JsonSchema;
use serde::Serialize;

use super::secret::bare;
use crate::mlflow::webhooks::{Event, Webhook};

/// A webhook. Whether it has a secret, MLflow does not tell.
#[derive(Serialize, JsonSchema)]
pub struct WebhookRecord {
    /// A UUID.
    pub webhook_id: String,
    /// For people; not unique.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where events go.
    pub url: String,
    /// Which ones, for instance `model_version.created`.
    pub events: Vec<String>,
    /// ACTIVE or DISABLED.
    pub status: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_timestamp: Option<i64>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_timestamp: Option<i64>,
}

impl WebhookRecord {
    pub(super) fn of(webhook: Webhook) -> Self {
        Self {
            url: bare(&webhook.url),
            events: webhook.events.iter().map(Event::name).collect(),
            webhook_id: webhook.webhook_id,
            name: webhook.name,
            description: webhook.description,
            status: webhook.status,
            creation_timestamp: webhook.creation_timestamp,
            last_updated_timestamp: webhook.last_updated_timestamp,
        }
    }
}
