//! The events of webhooks (`WebhookEventStr` and `WebhookStatus` of MLflow's own client).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::mlflow::webhooks::Event;

/// What happens to what: those of MLflow 3.17.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub(super) enum EventName {
    #[serde(rename = "registered_model.created")]
    ModelCreated,
    #[serde(rename = "model_version.created")]
    VersionCreated,
    #[serde(rename = "model_version_tag.set")]
    VersionTagSet,
    #[serde(rename = "model_version_tag.deleted")]
    VersionTagDeleted,
    #[serde(rename = "model_version_alias.created")]
    VersionAliasCreated,
    #[serde(rename = "model_version_alias.deleted")]
    VersionAliasDeleted,
    #[serde(rename = "prompt.created")]
    PromptCreated,
    #[serde(rename = "prompt_version.created")]
    PromptVersionCreated,
    #[serde(rename = "prompt_tag.set")]
    PromptTagSet,
    #[serde(rename = "prompt_tag.deleted")]
    PromptTagDeleted,
    #[serde(rename = "prompt_version_tag.set")]
    PromptVersionTagSet,
    #[serde(rename = "prompt_version_tag.deleted")]
    PromptVersionTagDeleted,
    #[serde(rename = "prompt_alias.created")]
    PromptAliasCreated,
    #[serde(rename = "prompt_alias.deleted")]
    PromptAliasDeleted,
    #[serde(rename = "budget_policy.exceeded")]
    BudgetExceeded,
}

/// Whether events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub(super) enum Status {
    #[serde(rename = "ACTIVE")]
    Active,
    #[serde(rename = "DISABLED")]
    Disabled,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Disabled => "DISABLED",
        }
    }
}

/// The names of events, each once.
pub(super) fn names(events: &[EventName]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for event in events {
        names.extend(
            json!(event).as_str().filter(|name| !names.iter().any(|known| known == name)).map(str::to_owned),
        );
    }
    names
}

/// Events as the API has them, each once.
pub(super) fn written(events: &[EventName]) -> Value {
    names(events).iter().map(|name| Event::written(name)).collect()
}
