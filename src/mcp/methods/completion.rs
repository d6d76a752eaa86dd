//! `completion/complete`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::params;
use crate::mcp::json::Members;
use crate::mcp::jsonrpc::{Request, RpcError};
use crate::mcp::service::{Completing, Service};
use crate::mcp::trace::Trace;

/// The most values that one answer may hold (`server/utilities/completion`).
const MOST: usize = 100;

pub(crate) async fn complete<S: Service>(service: &S, request: &Request) -> Result<Members, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        #[serde(rename = "ref")]
        reference: Reference,
        argument: Argument,
        #[serde(default)]
        context: Context,
    }
    #[derive(Deserialize)]
    #[serde(tag = "type")]
    enum Reference {
        #[serde(rename = "ref/prompt")]
        Prompt { name: String },
        #[serde(rename = "ref/resource")]
        Resource { uri: String },
    }
    #[derive(Deserialize)]
    struct Argument {
        name: String,
        value: String,
    }
    #[derive(Default, Deserialize)]
    struct Context {
        #[serde(default)]
        arguments: BTreeMap<String, String>,
    }
    let params: Params = params(request)?;
    let completing = Completing {
        of: match &params.reference {
            Reference::Prompt { name } => name,
            Reference::Resource { uri } => uri,
        },
        argument: &params.argument.name,
        beginning: &params.argument.value,
        others: &params.context.arguments,
    };
    let trace = Trace::of_params(&request.params);
    let mut values = service.complete(&completing, trace).await.map_err(RpcError::invalid_params)?;
    let total = values.len();
    values.truncate(MOST);
    let completion = Members::new().with("values", &values).with("total", &total);
    Ok(Members::new().with_json("completion", completion.with("hasMore", &(total > MOST)).into()))
}
