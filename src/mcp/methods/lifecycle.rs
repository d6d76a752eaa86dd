//! `server/discover` and `initialize`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{object, params};
use crate::mcp::jsonrpc::{Object, Request, RpcError};
use crate::mcp::service::Service;
use crate::mcp::version::Version;

/// `_meta` key of who answers (2026-07-28).
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// What the server offers. Nothing of it changes while it runs, and nothing can be subscribed to.
fn capabilities() -> Value {
    json!({"tools": {}, "prompts": {}, "resources": {}, "completions": {}})
}

pub(crate) fn discover<S: Service>(service: &S) -> Object {
    object([
        ("supportedVersions", json!(Version::ALL.map(Version::as_str))),
        ("capabilities", capabilities()),
        ("instructions", json!(service.instructions())),
        // Here with its icons; every other answer has the shorter form.
        ("_meta", json!({SERVER_INFO: service.implementation()})),
    ])
}

pub(crate) fn initialize<S: Service>(service: &S, request: &Request) -> Result<Object, RpcError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Params {
        protocol_version: String,
    }
    let params: Params = params(request)?;
    // Never echo a version that is not ours, and never answer a revision that has no `initialize`.
    let version = Version::parse(&params.protocol_version)
        .filter(|version| !version.is_modern())
        .unwrap_or(Version::NEWEST_LEGACY);
    let implementation = match service.implementation() {
        implementation if version < Version::V2025_11_25 => implementation.without_icons(),
        implementation => implementation,
    };
    Ok(object([
        ("protocolVersion", json!(version.as_str())),
        ("capabilities", capabilities()),
        ("serverInfo", json!(implementation)),
        ("instructions", json!(service.instructions())),
    ]))
}
