//! The methods, one file per group.

pub(super) mod completion;
pub(super) mod lifecycle;
pub(super) mod prompts;
pub(super) mod resources;
pub(super) mod tools;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::input::{InputRequired, missing_capabilities};
use super::json::Members;
use super::jsonrpc::{Request, RpcError};
use super::round::Round;
use super::version::Version;

/// The parameters as the method wants them.
fn params<T: DeserializeOwned>(request: &Request) -> Result<T, RpcError> {
    serde_json::from_value(Value::Object(request.params.clone()))
        .map_err(|error| RpcError::invalid_params(format!("{}: {error}", request.method)))
}

/// For lists of one page: no cursor was ever given out, so each one is unknown, the empty one too.
fn no_cursor(request: &Request) -> Result<(), RpcError> {
    match request.params.get("cursor") {
        None => Ok(()),
        Some(_) => {
            let method = &request.method;
            Err(RpcError::invalid_params(format!("unknown cursor: {method} has one page, leave it out")))
        }
    }
}

/// The questions to the client, if it declared that it can be asked all of them.
fn ask(version: Version, round: &Round, input: InputRequired) -> Result<Members, RpcError> {
    let missing = input.missing(|needed| round.can(needed));
    if missing.is_empty() { Ok(input.into_result(version)) } else { Err(missing_capabilities(&missing)) }
}
