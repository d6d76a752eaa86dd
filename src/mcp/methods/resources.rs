//! `resources/list`, `resources/templates/list` and `resources/read`.

use serde::Deserialize;
use serde_json::json;

use super::{no_cursor, params};
use crate::mcp::json::{Json, Members};
use crate::mcp::jsonrpc::{Request, RpcError};
use crate::mcp::service::{ResourceError, Service};
use crate::mcp::trace::Trace;
use crate::mcp::version::Version;

/// 2024-11-05 to 2025-11-25, `server/resources`: "Resource not found".
const LEGACY_NOT_FOUND: i32 = -32002;

pub(crate) async fn list<S: Service>(service: &S, request: &Request) -> Result<Members, RpcError> {
    no_cursor(request)?;
    let trace = Trace::of_params(&request.params);
    Ok(Members::new().with("resources", &service.resources(trace).await))
}

pub(crate) fn templates<S: Service>(service: &S, request: &Request) -> Result<Members, RpcError> {
    no_cursor(request)?;
    Ok(Members::new().with("resourceTemplates", &service.resource_templates()))
}

pub(crate) async fn read<S: Service>(
    service: &S,
    version: Version,
    request: &Request,
) -> Result<Members, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        uri: String,
    }
    let uri = params::<Params>(request)?.uri;
    let trace = Trace::of_params(&request.params);
    let content = service.read_resource(&uri, trace).await.map_err(|error| match error {
        ResourceError::NotFound(message) => {
            let code = if version.is_modern() { RpcError::INVALID_PARAMS } else { LEGACY_NOT_FOUND };
            RpcError::new(code, message).with_data(json!({"uri": uri}))
        }
        ResourceError::Forbidden(message) => {
            RpcError::new(RpcError::FORBIDDEN, message).with_data(json!({"uri": uri}))
        }
        ResourceError::Failed(message) => RpcError::new(RpcError::INTERNAL, message),
    })?;
    Ok(Members::new().with_json("contents", Json::array([content.at(&uri)])))
}
