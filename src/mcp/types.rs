//! What a server says of itself and its tools, in the protocol's words.

use std::borrow::Cow;

use serde::Serialize;

pub use super::content::{Block, Content, Image, PromptMessage, ResourceContent, Role};
use super::json::{Json, Members, quote};
use super::version::Version;

/// Name and version of this server (`Implementation` in the schema).
#[derive(Clone, Debug, Serialize)]
pub struct Implementation {
    /// Programmatic name.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// The product's version.
    pub version: &'static str,
    /// What clients may show beside the name; 2025-11-25 and later.
    #[serde(skip_serializing_if = "<[Icon]>::is_empty")]
    pub icons: &'static [Icon],
}

impl Implementation {
    /// The same in fewer bytes, as every answer of 2026-07-28 carries it, and as older revisions know it.
    #[must_use]
    pub fn without_icons(self) -> Self {
        Self { icons: &[], ..self }
    }
}

/// A picture of the server.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Icon {
    /// An `https:` or `data:` URI.
    pub src: &'static str,
    /// For instance `image/svg+xml`.
    pub mime_type: &'static str,
    /// `any`, or width and height such as `48x48`.
    pub sizes: &'static [&'static str],
}

/// One line of `tools/list`.
#[derive(Clone, Debug)]
pub struct Tool {
    /// At most 64 characters of `[A-Za-z0-9_.-]`.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What the model reads to decide whether and how to call it: a string of JSON.
    pub description: Json,
    /// JSON Schema of the arguments; its root is an object.
    pub input_schema: Json,
    /// JSON Schema of `structuredContent`; its root is an object. Absent where a tool answers with content only.
    pub output_schema: Option<Json>,
    /// Hints, all four of them, always.
    pub annotations: Annotations,
}

impl Tool {
    /// The members of `Tool`.
    #[must_use]
    pub fn shown(&self) -> Json {
        let mut text = String::new();
        self.write(&mut text);
        text.into()
    }

    /// Appends them. There are many tools, and every client asks for all of them, so nothing is put together first.
    pub(crate) fn write(&self, text: &mut String) {
        text.push_str(r#"{"name":"#);
        quote(self.name, text);
        text.push_str(r#","title":"#);
        quote(self.title, text);
        text.push_str(r#","description":"#);
        text.push_str(self.description.as_str());
        text.push_str(r#","inputSchema":"#);
        text.push_str(self.input_schema.as_str());
        if let Some(schema) = &self.output_schema {
            text.push_str(r#","outputSchema":"#);
            text.push_str(schema.as_str());
        }
        text.push_str(r#","annotations":"#);
        self.annotations.write(text);
        text.push('}');
    }

    /// How long that is, bytes, or a little less.
    pub(crate) fn length(&self) -> usize {
        let schema = self.output_schema.as_ref().map_or(0, |schema| schema.as_str().len());
        let rest = 200 + self.name.len() + self.title.len();
        rest + self.description.as_str().len() + self.input_schema.as_str().len() + schema
    }
}

/// A tool's hints. Absent ones would be taken for the worst, so none is optional here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotations {
    /// Changes nothing.
    pub read_only_hint: bool,
    /// May destroy or overwrite something.
    pub destructive_hint: bool,
    /// A second call with the same arguments changes nothing more.
    pub idempotent_hint: bool,
    /// Reaches beyond the one server it was given.
    pub open_world_hint: bool,
}

impl Annotations {
    fn write(self, text: &mut String) {
        let hints = [
            (r#"{"readOnlyHint":"#, self.read_only_hint),
            (r#","destructiveHint":"#, self.destructive_hint),
            (r#","idempotentHint":"#, self.idempotent_hint),
            (r#","openWorldHint":"#, self.open_world_hint),
        ];
        for (name, hint) in hints {
            text.push_str(name);
            text.push_str(if hint { "true" } else { "false" });
        }
        text.push('}');
    }
}

/// What a tool call came to.
#[derive(Clone, Debug)]
pub enum ToolResult {
    /// The answer, of a tool with an output schema.
    Success {
        /// Becomes `structuredContent`, and the same as compact JSON text.
        structured: Json,
        /// Further content, such as pictures to look at.
        more: Vec<Block>,
    },
    /// The answer, of a tool without one.
    Content(Vec<Block>),
    /// Text for the model: what failed, and what to do next.
    Failure(String),
}

impl ToolResult {
    /// The members of `CallToolResult`. Hosts show a model either the text or the structured content
    /// and rarely both, so each carries everything.
    #[must_use]
    pub fn into_result(self, version: Version) -> Members {
        let (blocks, structured, is_error) = match self {
            Self::Success { structured, more } => {
                let text = Block::Text(structured.as_str().to_owned());
                (std::iter::once(text).chain(more).collect(), Some(structured), false)
            }
            Self::Content(blocks) => (blocks, None, false),
            Self::Failure(text) => (vec![Block::Text(text)], None, true),
        };
        let content = Json::array(blocks.into_iter().map(|block| block.shown(version)));
        let mut result = Members::new().with_json("content", content);
        if let Some(structured) = structured {
            result = result.with_json("structuredContent", structured);
        }
        result.with("isError", &is_error)
    }
}

/// One line of `prompts/list`.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt {
    /// `verb_noun`, or what somebody else called it.
    pub name: Cow<'static, str>,
    /// Name for people.
    pub title: Cow<'static, str>,
    /// What a person gets.
    pub description: Cow<'static, str>,
    /// In the order in which clients ask for them.
    pub arguments: Vec<PromptArgument>,
}

/// What of `prompts/list` comes at once.
#[derive(Clone, Debug)]
pub struct PromptPage {
    /// The prompts.
    pub prompts: Vec<Prompt>,
    /// The cursor of what comes next.
    pub next: Option<String>,
    /// Whether it depends on who asks, and on when.
    pub varies: bool,
}

/// An argument of a prompt; its value is always a string.
#[derive(Clone, Debug, Serialize)]
pub struct PromptArgument {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What to write.
    pub description: Cow<'static, str>,
    /// Whether the prompt cannot do without.
    pub required: bool,
}

impl PromptArgument {
    /// One that must be given.
    #[must_use]
    pub const fn required(name: &'static str, description: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), description: Cow::Borrowed(description), required: true }
    }

    /// One that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, description: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), description: Cow::Borrowed(description), required: false }
    }
}

/// What a prompt makes of its arguments.
#[derive(Clone, Debug)]
pub struct RenderedPrompt {
    /// What it is for.
    pub description: Cow<'static, str>,
    /// What is said, in this order.
    pub messages: Vec<PromptMessage>,
}

/// One line of `resources/list`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// What to read it by.
    pub uri: String,
    /// Short name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// For instance `application/json`.
    pub mime_type: &'static str,
}

impl Resource {
    pub(super) fn members(&self) -> Members {
        Members::new()
            .with("uri", &self.uri)
            .with("name", &self.name)
            .with("title", &self.title)
            .with("description", &self.description)
            .with("mimeType", self.mime_type)
    }
}

/// One line of `resources/templates/list`.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTemplate {
    /// RFC 6570.
    pub uri_template: &'static str,
    /// Short name.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// For instance `application/json`; absent where it depends on the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<&'static str>,
}
