//! `prompts/list` and `prompts/get`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ask, params};
use crate::mcp::input::Outcome;
use crate::mcp::json::{Json, Members};
use crate::mcp::jsonrpc::{Request, RpcError};
use crate::mcp::round::Round;
use crate::mcp::service::Service;
use crate::mcp::trace::Trace;
use crate::mcp::version::Version;

/// The list, and whether it depends on who asks, and on when.
pub(crate) async fn list<S: Service>(service: &S, request: &Request) -> Result<(Members, bool), RpcError> {
    #[derive(Deserialize)]
    struct Params {
        cursor: Option<String>,
    }
    let cursor = params::<Params>(request)?.cursor;
    let page = service.prompts(cursor.as_deref(), Trace::of_params(&request.params)).await?;
    let result = Members::new().with("prompts", &page.prompts);
    Ok(match page.next {
        Some(next) => (result.with("nextCursor", &next), page.varies),
        None => (result, page.varies),
    })
}

pub(crate) async fn get<S: Service>(
    service: &S,
    version: Version,
    request: &Request,
) -> Result<Members, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        name: String,
        #[serde(default)]
        arguments: Option<BTreeMap<String, String>>,
    }
    let params: Params = params(request)?;
    let round = Round::of(version, request)?;
    match service.prompt(&params.name, params.arguments.unwrap_or_default(), &round).await? {
        Outcome::Complete(rendered) => {
            let messages = rendered.messages.into_iter().map(|one| one.shown(version));
            let result = Members::new().with("description", &rendered.description);
            Ok(result.with_json("messages", Json::array(messages)))
        }
        Outcome::InputRequired(input) if version.is_modern() => ask(version, &round, input),
        Outcome::InputRequired(input) => Err(RpcError::invalid_params(input.unanswerable(version))),
    }
}
