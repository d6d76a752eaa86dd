//! `create_webhook`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::event::{EventName, Status, names, written};
use super::find::{named, told};
use super::record::WebhookRecord;
use super::secret::{plain, without};
use crate::mlflow::page::Position;
use crate::mlflow::webhooks::{self, create};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, ToolError};

/// Webhooks that are looked at for one of the same name.
const LOOKED_AT: usize = 1_000;

/// Have MLflow's server send events of models and prompts to an address.
#[derive(Deserialize, JsonSchema)]
pub struct CreateWebhook {
    /// For people: letters, digits, - _ and dots.
    #[schemars(length(min = 1))]
    name: String,
    /// Where to; https and public, unless the server is told otherwise.
    #[schemars(length(min = 1))]
    url: String,
    /// Which ones.
    events: Vec<EventName>,
    /// For people.
    description: Option<String>,
    /// What requests are signed with (HMAC); it is stored encrypted and never shown.
    secret: Option<String>,
    /// ACTIVE if left out.
    status: Option<Status>,
}

/// What was created.
#[derive(Serialize, JsonSchema)]
pub struct Created {
    success: bool,
    #[serde(flatten)]
    webhook: WebhookRecord,
    /// The call that takes it back.
    undo: String,
}

impl Tool for CreateWebhook {
    const SPEC: Spec = Spec {
        name: "create_webhook",
        title: "Create a webhook",
        toolset: Toolset::Admin,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Created;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        self.check()?;
        let created = create(&cx.client, &self.members()).await;
        let created = created.map_err(|error| told(without(error, self.secret.as_deref())))?;
        let undo = undo("delete_webhook", &[("webhook_id", &created.webhook_id)]);
        Ok(Created { success: true, webhook: WebhookRecord::of(created), undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        self.check()?;
        let known = webhooks::page(&cx.client, LOOKED_AT, &Position::default()).await.map_err(told)?;
        let same = known.rows.iter().find(|webhook| webhook.name == self.name);
        let same = same.map(|same| format!(" There is {} already, which stays.", named(same)));
        let how = match (&self.secret, self.status) {
            (_, Some(Status::Disabled)) => ", once it is made ACTIVE",
            (Some(_), _) => ", signed",
            (None, _) => ", unsigned",
        };
        Ok(Some(format!(
            "Create webhook {}: from then on MLflow sends {} to {}{how}.{}",
            quoted(&self.name),
            names(&self.events).join(", "),
            quoted(&self.url),
            same.unwrap_or_default()
        )))
    }
}

impl CreateWebhook {
    fn check(&self) -> Result<(), ToolError> {
        if self.events.is_empty() {
            return Err(ToolError::argument("argument \"events\" is empty; nothing was changed"));
        }
        plain(&self.url)
    }

    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("name".to_owned(), json!(self.name));
        members.insert("url".to_owned(), json!(self.url));
        members.insert("events".to_owned(), written(&self.events));
        let texts = [("description", &self.description), ("secret", &self.secret)];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), json!(text));
            }
        }
        if let Some(status) = self.status {
            members.insert("status".to_owned(), json!(status.name()));
        }
        members
    }
}
