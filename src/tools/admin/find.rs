//! Webhooks by id, and what to say where MLflow does not give them.

use super::secret::bare;
use crate::mlflow::Error;
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::mlflow::webhooks::{self, Event, Webhook};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, ToolError};
use crate::tools::since::since;
use crate::tools::uuid::uuid;

/// What shows ids.
const LISTED: &str = "list_webhooks lists the webhooks with their ids.";

/// The webhook.
///
/// # Errors
/// There is none.
pub(super) async fn webhook(cx: &Context<'_>, webhook_id: &str) -> Result<Webhook, Failure> {
    let id = uuid("webhook_id", webhook_id, LISTED)?;
    webhooks::get(&cx.client, id).await.map_err(told)
}

/// A failure of a route for webhooks.
pub(super) fn told(error: Error) -> Failure {
    match error {
        // What a worker says of a secret that another has encrypted.
        Error::Refused(Refusal { kind: RefusalKind::Mlflow(code), message, .. })
            if code == "INTERNAL_ERROR" && message.is_empty() =>
        {
            ToolError::new(
                Kind::Configuration,
                "MLflow failed on a webhook without a word, as it does where a secret was encrypted with another key",
                "Without MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY each worker of MLflow's server makes a key of its own, so this \
                 fails at random and after each start. Its operator must set one (a Fernet key) and store the secrets anew; \
                 until then, trying again may reach the worker that has the key.",
            )
            .into()
        }
        Error::Refused(Refusal { kind: RefusalKind::Mlflow(code), message, .. })
            if code == "RESOURCE_DOES_NOT_EXIST" =>
        {
            ToolError::new(Kind::NotFound, format!("{code}: {message}"), LISTED).into()
        }
        error => since("3.3", "A webhook", error),
    }
}

/// How it is spoken of.
pub(super) fn named(webhook: &Webhook) -> String {
    format!("webhook {} ({})", quoted(&webhook.name), webhook.webhook_id)
}

/// What it sends where.
pub(super) fn sends(webhook: &Webhook) -> String {
    let events: Vec<String> = webhook.events.iter().map(Event::name).collect();
    format!("{} to {}", events.join(", "), quoted(&bare(&webhook.url)))
}
