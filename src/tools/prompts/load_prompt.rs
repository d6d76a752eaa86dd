//! `load_prompt`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find::{self, Which, newest};
use super::shown::show;
use super::template::{Message, Template};
use crate::mlflow::registry::models::RegisteredModel;
use crate::mlflow::registry::prompts::{MODEL_CONFIG, RESPONSE_FORMAT, is_reserved};
use crate::mlflow::registry::versions::ModelVersion;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};
use crate::tool::{Budget, Context, Failure, Tool, ToolError};

/// Load a version of a prompt: template, variables, commit message, tags, aliases. The newest if none is named.
#[derive(Deserialize, JsonSchema)]
pub struct LoadPrompt {
    /// The prompt; or prompts:/NAME/VERSION, prompts:/NAME@ALIAS.
    #[schemars(length(min = 1))]
    name: String,
    /// The version.
    version: Option<String>,
    /// Or its alias.
    alias: Option<String>,
    /// Of a long template: the `next_offset` of the last answer.
    #[serde(default)]
    #[schemars(range(min = 0))]
    offset: usize,
}

/// A version of a prompt.
#[derive(Serialize, JsonSchema)]
pub struct Loaded {
    name: String,
    version: String,
    /// text, or chat: a list of messages.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    /// Of a chat: role and content of each, and what else it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<BTreeMap<String, Value>>>")]
    messages: Option<Vec<Message>>,
    /// The template's: {{name}}.
    variables: Vec<String>,
    commit_message: String,
    /// The newest version's number.
    latest_version: String,
    /// The version's.
    aliases: Vec<String>,
    /// The version's.
    tags: BTreeMap<String, String>,
    /// The prompt's.
    prompt_tags: BTreeMap<String, String>,
    /// JSON Schema of what a model is to answer, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<String>,
    /// Which model, and its settings, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    model_config: Option<String>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_timestamp: Option<i64>,
    /// The template goes on: call again with `next_offset`.
    truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// What to know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Present if something beside the template was too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    omitted: Omitted,
}

impl Tool for LoadPrompt {
    const SPEC: Spec = Spec {
        name: "load_prompt",
        title: "Load a prompt",
        toolset: Toolset::Prompts,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Loaded;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (name, which) = Which::read(&self.name, self.version.as_deref(), self.alias.as_deref())?;
        let prompt = find::prompt(cx, name).await?;
        let version = find::version(cx, &prompt, which).await?;
        Ok(loaded(prompt, version, self.offset, cx.budget)?)
    }
}

fn loaded(
    prompt: RegisteredModel,
    mut version: ModelVersion,
    offset: usize,
    budget: Budget,
) -> Result<Loaded, ToolError> {
    let template = Template::of(&version)?;
    let latest_version = newest(&prompt).map_or(String::new(), |newest| newest.version.clone());
    let mut prompt_tags = prompt.tags;
    prompt_tags.retain(|key, _| !is_reserved(key));
    let (response_format, model_config) =
        (version.tags.remove(RESPONSE_FORMAT), version.tags.remove(MODEL_CONFIG));
    version.tags.retain(|key, _| !is_reserved(key));
    let note = template.is_jinja().then(|| "A Jinja2 template: render_prompt does not render it.".to_owned());
    let mut found = Loaded {
        name: prompt.name,
        version: version.version,
        kind: template.kind(),
        template: None,
        messages: None,
        variables: template.variables().into_iter().collect(),
        commit_message: version.description,
        latest_version,
        aliases: version.aliases,
        tags: version.tags,
        prompt_tags,
        response_format,
        model_config,
        creation_timestamp: version.creation_timestamp,
        truncated: false,
        next_offset: None,
        note,
        omitted: Omitted::new(),
    };
    found.shorten(budget.share(2));
    let shown = show(template, offset, budget.minus(size(&found) + 200))?;
    found.truncated = shown.is_cut();
    (found.template, found.messages, found.next_offset) = (shown.text, shown.messages, shown.next_offset);
    let notes: Vec<String> = found.note.into_iter().chain(shown.note).collect();
    found.note = (!notes.is_empty()).then(|| notes.join(" "));
    Ok(found)
}

impl Loaded {
    /// What stands beside the template in at most that many characters.
    fn shorten(&mut self, budget: Budget) {
        if size(&self) <= budget.characters() {
            return;
        }
        let mut cut = Cut::default().text(&mut self.commit_message);
        for text in [&mut self.response_format, &mut self.model_config].into_iter().flatten() {
            cut = cut.text(text);
        }
        let cut = cut.texts(&mut self.tags).texts(&mut self.prompt_tags);
        let cut = cut.down_to(budget, size(&self)).entries("tags", &mut self.tags);
        let cut = cut.entries("prompt_tags", &mut self.prompt_tags).items("aliases", &mut self.aliases);
        self.omitted = cut.items("variables", &mut self.variables).omitted();
    }
}
