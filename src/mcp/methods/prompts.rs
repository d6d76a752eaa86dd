//! `prompts/list` and `prompts/get`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{ask, no_cursor, object, params};
use crate::mcp::input::Outcome;
use crate::mcp::jsonrpc::{Object, Request, RpcError};
use crate::mcp::round::Round;
use crate::mcp::service::Service;
use crate::mcp::version::Version;

pub(crate) fn list<S: Service>(service: &S, request: &Request) -> Result<Object, RpcError> {
    no_cursor(request)?;
    Ok(object([("prompts", json!(service.prompts()))]))
}

pub(crate) fn get<S: Service>(service: &S, version: Version, request: &Request) -> Result<Object, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        name: String,
        #[serde(default)]
        arguments: Option<BTreeMap<String, String>>,
    }
    let params: Params = params(request)?;
    let round = Round::of(version, request)?;
    match service.prompt(&params.name, params.arguments.unwrap_or_default(), &round)? {
        Outcome::Complete(rendered) => {
            let messages: Vec<Value> = rendered.messages.into_iter().map(|one| one.shown(version)).collect();
            Ok(object([("description", json!(rendered.description)), ("messages", Value::Array(messages))]))
        }
        Outcome::InputRequired(input) if version.is_modern() => ask(version, &round, input),
        Outcome::InputRequired(input) => Err(RpcError::invalid_params(input.unanswerable(version))),
    }
}
