//! `tools/list` and `tools/call`.

use serde::Deserialize;

use super::{ask, no_cursor, params};
use crate::mcp::input::Outcome;
use crate::mcp::json::Members;
use crate::mcp::jsonrpc::{Object, Request, RpcError};
use crate::mcp::progress::Progress;
use crate::mcp::round::Round;
use crate::mcp::service::Service;
use crate::mcp::types::{Tool, ToolResult};
use crate::mcp::version::Version;

pub(crate) fn list<S: Service>(service: &S, request: &Request) -> Result<Members, RpcError> {
    no_cursor(request)?;
    let tools = service.tools();
    let mut text = String::with_capacity(2 + tools.iter().map(Tool::length).sum::<usize>());
    text.push('[');
    for (index, tool) in tools.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        tool.write(&mut text);
    }
    text.push(']');
    Ok(Members::new().with_json("tools", text.into()))
}

pub(crate) async fn call<S: Service>(
    service: &S,
    version: Version,
    request: &Request,
    progress: &Progress,
) -> Result<Members, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        name: String,
        #[serde(default)]
        arguments: Option<Object>,
    }
    let params: Params = params(request)?;
    let round = Round::of(version, request)?;
    let arguments = params.arguments.unwrap_or_default();
    match service.call_tool(&params.name, arguments, &round, progress).await? {
        Outcome::Complete(result) => Ok(result.into_result(version)),
        Outcome::InputRequired(input) if version.is_modern() => ask(version, &round, input),
        // A model can read this and do without; an error of the protocol would end its turn.
        Outcome::InputRequired(input) => {
            Ok(ToolResult::Failure(input.unanswerable(version)).into_result(version))
        }
    }
}
