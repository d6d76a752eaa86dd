//! The prompts of MLflow's prompt registry: their variables are the arguments.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::mcp::types::{Block, Prompt, PromptArgument, PromptMessage, PromptPage, RenderedPrompt, Role};
use crate::mlflow::page::Position;
use crate::mlflow::registry::models::{self, ONLY_PROMPTS, RegisteredModel, Search};
use crate::tool::budget::size;
use crate::tool::cut::clip;
use crate::tool::{Context, Failure, Kind, Listing, ToolError, listing};
use crate::tools::prompts::find::{Which, newest};
use crate::tools::prompts::render_prompt::rendered;
use crate::tools::prompts::template::{Message, Template};

/// The most prompts of one page.
const LISTED: usize = 100;

/// A page of them from a cursor on. What has no template that can be filled is left out.
///
/// # Errors
/// MLflow cannot be asked, or does not know the cursor.
pub async fn page(cx: &Context<'_>, cursor: Option<&str>) -> Result<PromptPage, Failure> {
    let from: Position = listing::position(cursor, 0)?;
    let search = Search { filter: Some(ONLY_PROMPTS), max_results: LISTED };
    let page = models::page(&cx.client, &search, &from).await?;
    let Listing { result, next_page_token: next, .. } = Listing::of_page(page.map(listed), cx.budget);
    Ok(PromptPage { prompts: result.into_iter().flatten().collect(), next, varies: true })
}

/// Its newest version's line.
fn listed(prompt: RegisteredModel) -> Option<Prompt> {
    let version = newest(&prompt)?;
    let template = Template::of(version).ok().filter(|template| !template.is_jinja())?;
    let about = [&prompt.description, &version.description].into_iter().find(|text| !text.is_empty());
    let mut description = match about {
        Some(text) => text.clone(),
        None => format!("Version {} of a prompt in MLflow's registry.", version.version),
    };
    clip(&mut description);
    let argument = |name: String| PromptArgument {
        description: Cow::Owned(format!("What takes the place of {{{{{name}}}}}.")),
        name: Cow::Owned(name),
        required: true,
    };
    Some(Prompt {
        name: Cow::Owned(match super::find(&prompt.name) {
            // Ours comes first; a URI is nobody's name.
            Some(_) => format!("prompts:/{}", prompt.name),
            None => prompt.name.clone(),
        }),
        arguments: template.variables().into_iter().map(argument).collect(),
        title: Cow::Owned(prompt.name),
        description: Cow::Owned(description),
    })
}

/// The newest version of a prompt with values for its variables, or the one that `prompts:/NAME/VERSION` or
/// `prompts:/NAME@ALIAS` names.
///
/// # Errors
/// There is none, the values are not those of its variables, or it is longer than an answer may be.
pub async fn get(
    cx: &Context<'_>,
    name: &str,
    values: &BTreeMap<String, String>,
) -> Result<RenderedPrompt, Failure> {
    let (name, which) = Which::read(name, None, None)?;
    let (version, template) = rendered(cx, name, which, values, "what is given").await?;
    let messages: Vec<PromptMessage> = match template {
        Template::Text(text) => vec![PromptMessage::of_user(Block::Text(text))],
        Template::Chat(messages) => messages.iter().flat_map(said).collect(),
    };
    let length: usize = messages.iter().map(|message| length(&message.content)).sum();
    if length > cx.budget.characters() {
        let message = format!("version {} of prompt {name:?} is too long for one answer", version.version);
        let hint = "The tool render_prompt gives it in parts.";
        return Err(ToolError::new(Kind::Refused, message, hint).into());
    }
    let about = format!("Version {} of prompt {name:?} in MLflow's registry.", version.version);
    Ok(RenderedPrompt { description: Cow::Owned(about), messages })
}

/// What a message of a chat says. The protocol has no system: that part is the person's.
fn said(message: &Message) -> Vec<PromptMessage> {
    let role = match message.get("role").and_then(Value::as_str) {
        Some("assistant") => Role::Assistant,
        _ => Role::User,
    };
    let parts = match message.get("content") {
        Some(Value::Array(parts)) => parts.iter().map(text).collect(),
        Some(content) => vec![text(content)],
        None => Vec::new(),
    };
    parts.into_iter().map(|text| PromptMessage { role, content: Block::Text(text) }).collect()
}

/// A text, a part of one, or what else there is, as JSON.
fn text(part: &Value) -> String {
    let inner = part.as_str().or_else(|| part.get("text").and_then(Value::as_str));
    inner.map_or_else(|| part.to_string(), str::to_owned)
}

fn length(block: &Block) -> usize {
    match block {
        Block::Text(text) => size(text),
        _ => 0,
    }
}
