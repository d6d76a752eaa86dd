//! What the protocol asks of the server behind it.

use std::collections::BTreeMap;

use super::input::Outcome;
use super::json::Json;
use super::jsonrpc::{Object, RpcError};
use super::progress::Progress;
use super::round::Round;
use super::trace::Trace;
use super::types::{
    Implementation, PromptPage, RenderedPrompt, Resource, ResourceContent, ResourceTemplate, Tool, ToolResult,
};

/// A server of tools, prompts and resources. It may be built anew for every request.
#[expect(async_fn_in_trait, reason = "a component has one thread; nothing here is Send")]
pub trait Service {
    /// Who is answering.
    fn implementation(&self) -> Implementation;

    /// What a model should know before it sees any tool: a string, at most 2 KB, since hosts cut there.
    fn instructions(&self) -> Json;

    /// The tools, always in the same order.
    fn tools(&self) -> Vec<Tool>;

    /// The input schema of one tool, as it is listed, or `None` if there is no tool of that name.
    fn input_schema(&self, tool: &str) -> Option<Json>;

    /// Runs one tool. Whatever goes wrong inside it is a [`ToolResult::Failure`]. It may ask back whatever it
    /// wants: a client that cannot be asked so is told by the protocol.
    ///
    /// # Errors
    /// Only for protocol faults: there is no tool of that name, or an answer or the state that the client brought
    /// back is none.
    async fn call_tool(
        &self,
        name: &str,
        arguments: Object,
        round: &Round,
        progress: &Progress,
    ) -> Result<Outcome<ToolResult>, RpcError>;

    /// The scope that the caller's token lacks for this call of a tool, where that is all that stands in the way. Such a
    /// call is not run: this is all that the service hears of it.
    fn missing_scope(&self, _tool: &str, _arguments: &Object, _trace: Option<Trace>) -> Option<String> {
        None
    }

    /// Whether that tool says how far it is.
    fn reports_progress(&self, tool: &str) -> bool;

    /// The prompts, always in the same order, from a cursor on that was given out before. What cannot be reached is left
    /// out. Of this and those below, `trace` is the one that the message says it belongs to.
    ///
    /// # Errors
    /// No such cursor was given out.
    async fn prompts(&self, cursor: Option<&str>, trace: Option<Trace>) -> Result<PromptPage, RpcError>;

    /// The messages that a prompt makes of these arguments. It may ask back, as a tool may.
    ///
    /// # Errors
    /// What is wrong with the name, an argument, or an answer that the client brought back.
    async fn prompt(
        &self,
        name: &str,
        arguments: BTreeMap<String, String>,
        round: &Round,
    ) -> Result<Outcome<RenderedPrompt>, RpcError>;

    /// What there is to read, as far as it can be listed. What cannot be reached is left out.
    async fn resources(&self, trace: Option<Trace>) -> Vec<Resource>;

    /// The forms of URI that can be read.
    fn resource_templates(&self) -> Vec<ResourceTemplate>;

    /// Reads one resource.
    ///
    /// # Errors
    /// There is none of that URI, or it cannot be read.
    async fn read_resource(&self, uri: &str, trace: Option<Trace>) -> Result<ResourceContent, ResourceError>;

    /// Values for an argument that begin so. What cannot be reached is left out.
    ///
    /// # Errors
    /// There is no such prompt, template or argument.
    async fn complete(
        &self,
        completing: &Completing<'_>,
        trace: Option<Trace>,
    ) -> Result<Vec<String>, String>;
}

/// Why a resource was not read, in words for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceError {
    /// There is none.
    NotFound(String),
    /// Whoever asks may not read it.
    Forbidden(String),
    /// It could not be read.
    Failed(String),
}

/// What is being typed.
#[derive(Clone, Copy, Debug)]
pub struct Completing<'a> {
    /// A prompt's name or a template's URI.
    pub of: &'a str,
    /// The argument.
    pub argument: &'a str,
    /// What of it is there.
    pub beginning: &'a str,
    /// The values of the other arguments, as far as they are known.
    pub others: &'a BTreeMap<String, String>,
}
