//! What a server says of itself and its tools, in the protocol's words.

use serde::Serialize;
use serde_json::{Value, json};

use super::jsonrpc::Object;

/// Name and version of this server (`Implementation` in the schema).
#[derive(Clone, Debug, Serialize)]
pub struct Implementation {
    /// Programmatic name.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// The product's version.
    pub version: &'static str,
}

/// One line of `tools/list`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tool {
    /// At most 64 characters of `[A-Za-z0-9_.-]`.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What the model reads to decide whether and how to call it.
    pub description: String,
    /// JSON Schema of the arguments; its root is an object.
    pub input_schema: Value,
    /// JSON Schema of `structuredContent`; its root is an object.
    pub output_schema: Value,
    /// Hints, all four of them, always.
    pub annotations: Annotations,
}

/// A tool's hints. Absent ones would be taken for the worst, so none is optional here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
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

/// An image in a tool's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Base64 of the file.
    pub data: String,
    /// For instance `image/png`.
    pub mime_type: &'static str,
}

/// What a tool call came to.
#[derive(Clone, Debug)]
pub enum ToolResult {
    /// The answer, and pictures to look at beside it.
    Success {
        /// Becomes `structuredContent`, and the same as compact JSON text.
        structured: Object,
        /// Further content blocks.
        images: Vec<Image>,
    },
    /// Text for the model: what failed, and what to do next.
    Failure(String),
}

impl ToolResult {
    /// The members of `CallToolResult`. Hosts show a model either the text or the structured content
    /// and rarely both, so each carries everything.
    #[must_use]
    pub fn into_result(self) -> Object {
        let mut result = Object::new();
        match self {
            Self::Success { structured, images } => {
                let structured = Value::Object(structured);
                let mut content = vec![json!({"type": "text", "text": structured.to_string()})];
                content.extend(
                    images.into_iter().map(
                        |image| json!({"type": "image", "data": image.data, "mimeType": image.mime_type}),
                    ),
                );
                result.insert("content".to_owned(), Value::Array(content));
                result.insert("structuredContent".to_owned(), structured);
                result.insert("isError".to_owned(), Value::Bool(false));
            }
            Self::Failure(text) => {
                result.insert("content".to_owned(), json!([{"type": "text", "text": text}]));
                result.insert("isError".to_owned(), Value::Bool(true));
            }
        }
        result
    }
}

/// One line of `prompts/list`.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt {
    /// `verb_noun`.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What a person gets.
    pub description: &'static str,
    /// In the order in which clients ask for them.
    pub arguments: Vec<PromptArgument>,
}

/// An argument of a prompt; its value is always a string.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PromptArgument {
    /// Its name.
    pub name: &'static str,
    /// What to write.
    pub description: &'static str,
    /// Whether the prompt can do without.
    pub required: bool,
}

/// The message that a prompt makes.
#[derive(Clone, Debug)]
pub struct RenderedPrompt {
    /// What it is for.
    pub description: &'static str,
    /// What the user says.
    pub text: String,
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

/// What a resource holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceContent {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub body: Content,
}

/// Text or bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(String),
    /// Base64.
    Blob(String),
}
