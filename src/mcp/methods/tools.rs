//! `tools/list` and `tools/call`.

use serde::Deserialize;
use serde_json::json;

use super::{no_cursor, object, params};
use crate::mcp::jsonrpc::{Object, Request, RpcError};
use crate::mcp::progress::Progress;
use crate::mcp::service::Service;

pub(crate) fn list<S: Service>(service: &S, request: &Request) -> Result<Object, RpcError> {
    no_cursor(request)?;
    Ok(object([("tools", json!(service.tools()))]))
}

pub(crate) async fn call<S: Service>(
    service: &S,
    request: &Request,
    progress: &Progress,
) -> Result<Object, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        name: String,
        #[serde(default)]
        arguments: Option<Object>,
    }
    let params: Params = params(request)?;
    let result = service.call_tool(&params.name, params.arguments.unwrap_or_default(), progress).await?;
    Ok(result.into_result())
}
