//! `register_prompt`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::find;
use super::template::Template;
use crate::mlflow::pairs::{self, Tag};
use crate::mlflow::registry::models::RegisteredModel;
use crate::mlflow::registry::prompts::{
    MODEL_CONFIG, NewPrompt, RESPONSE_FORMAT, TEXT, TYPE, is_reserved, register,
};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, ToolError};

/// A message of a chat.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageGiven {
    /// Who says it.
    role: String,
    /// What is said.
    content: String,
}

/// Create a version of a prompt, and the prompt if there is none. Variables are written {{name}}.
#[derive(Deserialize, JsonSchema)]
pub struct RegisterPrompt {
    /// The prompt: letters, digits, - _ and dots.
    #[schemars(length(min = 1))]
    name: String,
    /// The template of a text prompt.
    template: Option<String>,
    /// Or of a chat (MLflow 3), for instance [{"role": "user", "content": "Answer: {{question}}"}].
    #[serde(default)]
    messages: Vec<MessageGiven>,
    /// What is new.
    #[serde(default)]
    commit_message: String,
    /// Tags of the version, and of the prompt if it is new.
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// JSON Schema of what a model is to answer, as JSON text.
    response_format: Option<String>,
    /// As JSON text, for instance {"model_name": "gpt-5", "temperature": 0.2}.
    model_config: Option<String>,
}

/// What was created.
#[derive(Serialize, JsonSchema)]
pub struct Registered {
    success: bool,
    name: String,
    version: String,
    /// text or chat.
    #[serde(rename = "type")]
    kind: &'static str,
    variables: Vec<String>,
    /// Whether the prompt is new, too.
    created_prompt: bool,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RegisterPrompt {
    const SPEC: Spec = Spec {
        name: "register_prompt",
        title: "Register a prompt",
        toolset: Toolset::Prompts,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Registered;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let template = self.template()?;
        let created_prompt = self.known(cx).await?.is_none();
        let kind = template.kind();
        let variables = template.variables().into_iter().collect();
        let text = match template {
            Template::Text(text) => text,
            Template::Chat(messages) => json!(messages).to_string(),
        };
        let mut parts = vec![Tag { key: TYPE, value: kind }, Tag { key: TEXT, value: &text }];
        parts.extend(self.response_format.as_deref().map(|value| Tag { key: RESPONSE_FORMAT, value }));
        parts.extend(self.model_config.as_deref().map(|value| Tag { key: MODEL_CONFIG, value }));
        let new = NewPrompt {
            name: &self.name,
            commit_message: &self.commit_message,
            tags: pairs::tags(&self.tags),
            template: parts,
        };
        let version = register(&cx.client, &new, created_prompt).await?.version;
        // A prompt that has this version only goes with it.
        let undo = match created_prompt {
            true => undo("delete_registered_model", &[("name", &self.name)]),
            false => undo("delete_model_version", &[("name", &self.name), ("version", &version)]),
        };
        Ok(Registered { success: true, name: self.name, version, kind, variables, created_prompt, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let template = self.template()?;
        let becomes = match self.known(cx).await? {
            Some(known) => format!("the next version of {}", find::named(&known)),
            None => format!("version 1 of prompt {}, which is created", quoted(&self.name)),
        };
        let (kind, variables) = (template.kind(), template.variables().len());
        let variables = counted(variables, false, "variable");
        let text = quoted(&template.into_text());
        Ok(Some(format!("Register a {kind} template with {variables} as {becomes}: {text}.")))
    }
}

impl RegisterPrompt {
    /// The template, after a look at all arguments.
    fn template(&self) -> Result<Template, ToolError> {
        let allowed =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
        if !self.name.chars().all(allowed) {
            return Err(ToolError::argument(format!(
                "argument \"name\": {:?} has characters that names of prompts cannot have: only letters, digits, - _ \
                 and dots; nothing was changed",
                self.name
            )));
        }
        if let Some(key) = self.tags.keys().find(|key| is_reserved(key)) {
            return Err(reserved(key));
        }
        let settings = [("response_format", &self.response_format), ("model_config", &self.model_config)];
        for (name, text) in settings {
            // MLflow's client could not load the prompt.
            if let Some(text) = text
                && let Err(error) = serde_json::from_str::<Map<String, Value>>(text)
            {
                return Err(ToolError::argument(format!(
                    "argument {name:?} is no JSON object: {error}; nothing was changed"
                )));
            }
        }
        match (&self.template, self.messages.as_slice()) {
            (Some(text), []) if !text.trim().is_empty() => Ok(Template::Text(text.clone())),
            (None, [_, ..]) => {
                let mut chat = Vec::new();
                for MessageGiven { role, content } in &self.messages {
                    let mut message = Map::new();
                    message.insert("role".to_owned(), json!(role));
                    message.insert("content".to_owned(), json!(content));
                    chat.push(message);
                }
                Ok(Template::Chat(chat))
            }
            _ => Err(ToolError::argument(
                "give either \"template\", a text, or \"messages\", those of a chat; nothing was changed",
            )),
        }
    }

    async fn known(&self, cx: &Context<'_>) -> Result<Option<RegisteredModel>, Failure> {
        find::perhaps(cx, &self.name).await
    }
}

/// That a tag is a part of the prompt.
pub(super) fn reserved(key: &str) -> ToolError {
    ToolError::argument(format!(
        "tag {key:?} is MLflow's own, a part of every prompt, and is not set by hand; nothing was changed"
    ))
}
