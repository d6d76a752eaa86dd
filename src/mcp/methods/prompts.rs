//! `prompts/list` and `prompts/get`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{no_cursor, object, params};
use crate::mcp::jsonrpc::{Object, Request, RpcError};
use crate::mcp::service::Service;

pub(crate) fn list<S: Service>(service: &S, request: &Request) -> Result<Object, RpcError> {
    no_cursor(request)?;
    Ok(object([("prompts", json!(service.prompts()))]))
}

pub(crate) fn get<S: Service>(service: &S, request: &Request) -> Result<Object, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        name: String,
        #[serde(default)]
        arguments: Option<BTreeMap<String, String>>,
    }
    let params: Params = params(request)?;
    let rendered = service
        .prompt(&params.name, params.arguments.unwrap_or_default())
        .map_err(RpcError::invalid_params)?;
    let message = json!({"role": "user", "content": {"type": "text", "text": rendered.text}});
    Ok(object([("description", json!(rendered.description)), ("messages", json!([message]))]))
}
