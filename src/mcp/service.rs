//! What the protocol asks of the server behind it.

use super::jsonrpc::{Object, RpcError};
use super::progress::Progress;
use super::types::{Implementation, Tool, ToolResult};

/// A server of tools. It may be built anew for every request.
#[expect(async_fn_in_trait, reason = "a component has one thread; nothing here is Send")]
pub trait Service {
    /// Who is answering.
    fn implementation(&self) -> Implementation;

    /// What a model should know before it sees any tool; at most 2 KB, since hosts cut there.
    fn instructions(&self) -> &str;

    /// The tools, always in the same order.
    fn tools(&self) -> Vec<Tool>;

    /// Runs one tool. Whatever goes wrong inside it is a [`ToolResult::Failure`].
    ///
    /// # Errors
    /// Only for protocol faults: there is no tool of that name.
    async fn call_tool(
        &self,
        name: &str,
        arguments: Object,
        progress: &Progress,
    ) -> Result<ToolResult, RpcError>;

    /// Whether that tool says how far it is.
    fn reports_progress(&self, tool: &str) -> bool;
}
