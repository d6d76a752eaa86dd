//! `prompts/list` and `prompts/get`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ask, no_cursor, params};
use crate::mcp::input::Outcome;
use crate::mcp::json::{Json, Members};
use crate::mcp::jsonrpc::{Request, RpcError};
use crate::mcp::round::Round;
use crate::mcp::service::Service;
use crate::mcp::version::Version;

pub(crate) fn list<S: Service>(service: &S, request: &Request) -> Result<Members, RpcError> {
    no_cursor(request)?;
    Ok(Members::new().with("prompts", &service.prompts()))
}

pub(crate) fn get<S: Service>(service: &S, version: Version, request: &Request) -> Result<Members, RpcError> {
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
            let messages = rendered.messages.into_iter().map(|one| one.shown(version));
            let result = Members::new().with("description", rendered.description);
            Ok(result.with_json("messages", Json::array(messages)))
        }
        Outcome::InputRequired(input) if version.is_modern() => ask(version, &round, input),
        Outcome::InputRequired(input) => Err(RpcError::invalid_params(input.unanswerable(version))),
    }
}
