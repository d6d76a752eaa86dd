//! `update_webhook`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::event::{EventName, Status, names, written};
use super::find::{self, named, told};
use super::record::WebhookRecord;
use super::secret::{bare, plain, without};
use crate::mlflow::webhooks::{Event, Webhook, update};
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, ToolError};

/// Change a webhook: what is left out stays.
#[derive(Deserialize, JsonSchema)]
pub struct UpdateWebhook {
    /// As list_webhooks shows it.
    #[schemars(length(min = 1))]
    webhook_id: String,
    /// For people.
    name: Option<String>,
    /// Where events go.
    url: Option<String>,
    /// All that are to be sent, in place of those before.
    events: Option<Vec<EventName>>,
    /// For people.
    description: Option<String>,
    /// What requests are signed with from then on; the one before cannot be brought back.
    secret: Option<String>,
    /// DISABLED: nothing is sent.
    status: Option<Status>,
}

/// What was changed.
#[derive(Serialize, JsonSchema)]
pub struct Updated {
    success: bool,
    /// As it is now.
    #[serde(flatten)]
    webhook: WebhookRecord,
    /// What those were that are another now.
    previous: BTreeMap<&'static str, String>,
    /// The call that takes it back, but for a secret and an address with a password; absent if nothing else was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<String>,
}

impl Tool for UpdateWebhook {
    const SPEC: Spec = Spec {
        name: "update_webhook",
        title: "Change a webhook",
        toolset: Toolset::Admin,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Updated;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (known, changes) = self.look(cx).await?;
        let mut members = self.members();
        // Without it MLflow 3.5 switches a webhook on, whatever else is changed.
        members.entry("status").or_insert_with(|| json!(known.status));
        let updated = update(&cx.client, &known.webhook_id, &members).await;
        let updated = updated.map_err(|error| told(without(error, self.secret.as_deref())))?;
        let mut arguments = vec![("webhook_id", known.webhook_id.as_str())];
        // An address with a password is not shown whole, and not taken either.
        let back = changes.iter().filter(|change| change.name != "url" || plain(&known.url).is_ok());
        arguments.extend(back.map(|change| (change.name, change.before.as_str())));
        let undo = (arguments.len() > 1).then(|| undo("update_webhook", &arguments));
        let previous = sorted(changes.into_iter().map(|change| (change.name, change.before)));
        Ok(Updated { success: true, webhook: WebhookRecord::of(updated), previous, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (known, changes) = self.look(cx).await?;
        let mut parts: Vec<String> = changes
            .iter()
            .map(|change| {
                format!("{} {} (is {})", change.name, quoted(&change.after), quoted(&change.before))
            })
            .collect();
        if self.secret.is_some() {
            parts.push("another secret, and the one before cannot be brought back".to_owned());
        }
        if parts.is_empty() {
            parts.push("what it has already".to_owned());
        }
        Ok(Some(format!(
            "Give {}, which sends {}: {}.",
            named(&known),
            find::sends(&known),
            parts.join("; ")
        )))
    }
}

/// A member that gets another value.
struct Change {
    name: &'static str,
    before: String,
    after: String,
}

impl UpdateWebhook {
    /// The webhook, and what of it changes besides the secret.
    async fn look(&self, cx: &Context<'_>) -> Result<(Webhook, Vec<Change>), Failure> {
        if self.members().is_empty() {
            let message = "there is nothing to change: give \"name\", \"url\", \"events\", \"description\", \"secret\" or \"status\"";
            return Err(ToolError::argument(message).into());
        }
        if self.events.as_ref().is_some_and(Vec::is_empty) {
            return Err(ToolError::argument("argument \"events\" is empty; nothing was changed").into());
        }
        for (argument, text) in [("name", &self.name), ("url", &self.url)] {
            // MLflow takes an empty one for none at all.
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                return Err(ToolError::argument(format!(
                    "argument {argument:?} is empty; nothing was changed"
                ))
                .into());
            }
        }
        self.url.as_deref().map_or(Ok(()), plain)?;
        let known = find::webhook(cx, &self.webhook_id).await?;
        let list = |names: Vec<String>| json!(names).to_string();
        let events = |events: &Vec<EventName>| list(names(events));
        let before = list(known.events.iter().map(Event::name).collect());
        let all = [
            ("name", known.name.clone(), self.name.clone()),
            ("url", bare(&known.url), self.url.clone()),
            ("events", before, self.events.as_ref().map(events)),
            ("description", known.description.clone(), self.description.clone()),
            ("status", known.status.clone(), self.status.map(|status| status.name().to_owned())),
        ];
        let changes = all.into_iter().filter_map(|(name, before, after)| {
            let after = after.filter(|after| *after != before)?;
            Some(Change { name, before, after })
        });
        Ok((known, changes.collect()))
    }

    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let texts = [
            ("name", &self.name),
            ("url", &self.url),
            ("description", &self.description),
            ("secret", &self.secret),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), json!(text));
            }
        }
        if let Some(events) = &self.events {
            members.insert("events".to_owned(), written(events));
        }
        if let Some(status) = self.status {
            members.insert("status".to_owned(), json!(status.name()));
        }
        members
    }
}
