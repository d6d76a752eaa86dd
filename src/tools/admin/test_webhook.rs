//! `test_webhook`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::{EventName, names};
use super::find::{self, named, told};
use super::secret::bare;
use crate::mlflow::webhooks::{Event, test};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::cut::clip;
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Tool};

/// Have MLflow send an example of an event to a webhook's address, also if it is DISABLED.
#[derive(Deserialize, JsonSchema)]
pub struct TestWebhook {
    /// As list_webhooks shows it.
    #[schemars(length(min = 1))]
    webhook_id: String,
    /// Its first one if left out.
    event: Option<EventName>,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
pub struct Tested {
    /// Whether the status was below 400.
    success: bool,
    webhook_id: String,
    /// HTTP's.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_status: Option<u16>,
    /// How the answer begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_body: Option<String>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

impl Tool for TestWebhook {
    const SPEC: Spec = Spec {
        name: "test_webhook",
        title: "Test a webhook",
        toolset: Toolset::Admin,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Tested;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let known = find::webhook(cx, &self.webhook_id).await?;
        let event = self.event.map(|event| names(&[event]).concat());
        let tested = test(&cx.client, &known.webhook_id, event.as_deref()).await.map_err(told)?;
        let clipped = |text: Option<String>| {
            text.map(|mut text| {
                clip(&mut text);
                text
            })
        };
        Ok(Tested {
            success: tested.success,
            webhook_id: known.webhook_id,
            response_status: tested.response_status,
            response_body: clipped(tested.response_body),
            error_message: clipped(tested.error_message),
        })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = find::webhook(cx, &self.webhook_id).await?;
        let first = known.events.first().map(Event::name);
        let event = self.event.map(|event| names(&[event]).concat()).or(first).unwrap_or_default();
        Ok(Some(format!(
            "Have MLflow send an example of {event} for {} to {}. Whoever listens there takes it for real, and it cannot be called back.",
            named(&known),
            quoted(&bare(&known.url))
        )))
    }
}
