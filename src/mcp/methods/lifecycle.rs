//! `server/discover` and `initialize`.

use serde::Deserialize;

use super::params;
use crate::mcp::json::{Json, Members};
use crate::mcp::jsonrpc::{Request, RpcError};
use crate::mcp::service::Service;
use crate::mcp::types::Implementation;
use crate::mcp::version::Version;

/// `_meta` key of who answers (2026-07-28).
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// What the server offers. Nothing of it changes while it runs, and nothing can be subscribed to.
const CAPABILITIES: Json = Json::written(r#"{"tools":{},"prompts":{},"resources":{},"completions":{}}"#);

/// The `_meta` of an answer of 2026-07-28.
pub(crate) fn about(implementation: Implementation) -> Json {
    Members::new().with(SERVER_INFO, &implementation).into()
}

pub(crate) fn discover<S: Service>(service: &S) -> Members {
    Members::new()
        .with("supportedVersions", &Version::ALL.map(Version::as_str))
        .with_json("capabilities", CAPABILITIES)
        .with_json("instructions", service.instructions())
        // Here with its icons; every other answer has the shorter form.
        .with_json("_meta", about(service.implementation()))
}

pub(crate) fn initialize<S: Service>(service: &S, request: &Request) -> Result<Members, RpcError> {
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
    Ok(Members::new()
        .with("protocolVersion", version.as_str())
        .with_json("capabilities", CAPABILITIES)
        .with("serverInfo", &implementation)
        .with_json("instructions", service.instructions()))
}
