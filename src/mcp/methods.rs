//! The methods, one file per group.

pub(super) mod completion;
pub(super) mod lifecycle;
pub(super) mod prompts;
pub(super) mod resources;
pub(super) mod tools;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::jsonrpc::{Object, Request, RpcError};

/// The parameters as the method wants them.
fn params<T: DeserializeOwned>(request: &Request) -> Result<T, RpcError> {
    serde_json::from_value(Value::Object(request.params.clone()))
        .map_err(|error| RpcError::invalid_params(format!("{}: {error}", request.method)))
}

/// Every list is one page, so no cursor was ever given out and each one is unknown, the empty one too.
fn no_cursor(request: &Request) -> Result<(), RpcError> {
    match request.params.get("cursor") {
        None => Ok(()),
        Some(_) => {
            let method = &request.method;
            Err(RpcError::invalid_params(format!("unknown cursor: {method} has one page, leave it out")))
        }
    }
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
