//! Every tool as a function of the world (`wit/tools.wit`), for hosts that call components rather than serve them.
//!
//! Each goes through the door that a call over HTTP goes through, so policy and limits hold.

use http::HeaderMap;
use serde_json::Value;

use super::clock::WasiClock;
use super::counting::Instance;
use super::http::WasiHttp;
use super::log::Stderr;
use super::memory::Memory;
use super::variables::{self, Unreadable};
use crate::Server;
use crate::mcp::jsonrpc::Object;
use crate::mcp::types::ToolResult;
use crate::mcp::{Asking, Outcome, Progress, Round, Service as _};
use crate::port::{Counters, NoStore, Ports};

mod world {
    #![allow(
        unsafe_code,
        missing_docs,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        reason = "generated"
    )]
    wit_bindgen::generate!({path: "wit/tools.wit", world: "tools", pub_export_macro: true});
}

use world::Guest;

struct Component;

include!("functions.in");

mod exports {
    #![expect(unsafe_code, unreachable_pub, reason = "generated: what a host calls gets pointers")]
    use super::{Component, world};
    world::export!(Component with_types_in world);
}

/// Calls a tool with what was given. There is no caller to tell from others, and nobody who could be asked.
fn call(name: &str, arguments: &mut [(&str, Value)]) -> Result<String, String> {
    let given = arguments.iter_mut().map(|(name, value)| ((*name).to_owned(), value.take()));
    let arguments: Object = given.filter(|(_, value)| !value.is_null()).collect();
    wstd::runtime::block_on(run(name, arguments))
}

async fn run(name: &str, arguments: Object) -> Result<String, String> {
    let config = variables::read()
        .map_err(|Unreadable { variable }| format!("{variable} cannot be read: see to what gives it"))?;
    let known = [
        ("MLFLOW_MCP_CALLERS", config.access.callers.is_some()),
        ("MLFLOW_MCP_OAUTH", config.oauth.is_some()),
    ];
    if let Some((variable, _)) = known.iter().find(|(_, is_set)| *is_set) {
        return Err(format!("{variable} is set, but a function has no caller to tell from others: unset it"));
    }
    let ports = Ports {
        http: &WasiHttp,
        clock: &WasiClock,
        counters: Counters { host: &NoStore, instance: &Instance },
        log: &Stderr,
        shelf: &NoStore,
        memory: &Memory,
    };
    let headers = HeaderMap::new();
    let asking = Asking { caller: None, headers: &headers, narrowings: Vec::new() };
    let server = Server::new(ports, config, &asking)?;
    let outcome = server.call_tool(name, arguments, &Round::default(), &Progress::unheard()).await;
    match outcome.map_err(|error| error.message)? {
        Outcome::Complete(ToolResult::Success { structured, .. }) => Ok(structured.to_string()),
        Outcome::Complete(ToolResult::Failure(text)) => Err(text),
        Outcome::Complete(ToolResult::Content(_)) => Err(format!("{name} answers with content only")),
        Outcome::InputRequired(_) => Err(format!("{name} needs an answer of a person first")),
    }
}
