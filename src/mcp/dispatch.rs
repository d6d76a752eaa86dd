//! Which method is meant, and how each revision wants its answer dressed.

use super::json::{Json, Members};
use super::jsonrpc::{Request, RpcError, failure, success};
use super::methods::{completion, lifecycle, prompts, resources, tools};
use super::progress::Progress;
use super::service::Service;
use super::version::Version;
use http::StatusCode;

/// How long a client may keep a list, in milliseconds: lists change only with a new deployment, or with what the client
/// itself asks for.
const LIST_TTL_MS: u64 = 3_600_000;

/// Status and body of the answer to one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// 200, or what 2026-07-28 demands for an error.
    pub status: StatusCode,
    /// A JSON-RPC response.
    pub body: Json,
}

impl Reply {
    /// An error under the request's id.
    #[must_use]
    pub fn error(status: StatusCode, request: &Request, error: &RpcError) -> Self {
        Self { status, body: failure(Some(&request.id), error) }
    }
}

/// Runs one request under the revision it was made in.
pub async fn dispatch<S: Service>(
    service: &S,
    version: Version,
    request: Request,
    progress: &Progress,
) -> Reply {
    let outcome = if version.is_modern() {
        modern(service, &request, progress).await
    } else {
        legacy(service, version, &request, progress).await
    };
    match outcome {
        Ok(result) => Reply { status: StatusCode::OK, body: success(&request.id, result) },
        Err(error) => {
            // 2026-07-28 wants a status of its own for these two. Clients of the older revisions take any status
            // but 200 for a broken transport and never read the error.
            let status = match error.code {
                RpcError::METHOD_NOT_FOUND if version.is_modern() => StatusCode::NOT_FOUND,
                RpcError::MISSING_CAPABILITY => StatusCode::BAD_REQUEST,
                _ => StatusCode::OK,
            };
            Reply::error(status, &request, &error)
        }
    }
}

async fn modern<S: Service>(
    service: &S,
    request: &Request,
    progress: &Progress,
) -> Result<Members, RpcError> {
    let version = Version::V2026_07_28;
    let mut result = match request.method.as_str() {
        "server/discover" => cacheable(lifecycle::discover(service), "public", LIST_TTL_MS),
        // A request may narrow it, and what a caller may do is nobody else's.
        "tools/list" => cacheable(tools::list(service, request)?, "private", LIST_TTL_MS),
        "tools/call" => tools::call(service, version, request, progress).await?,
        "prompts/list" => match prompts::list(service, request).await? {
            (list, true) => cacheable(list, "private", 0),
            (list, false) => cacheable(list, "public", LIST_TTL_MS),
        },
        "prompts/get" => prompts::get(service, version, request).await?,
        // What there is to read depends on who asks and changes with every run.
        "resources/list" => cacheable(resources::list(service, request).await?, "private", 0),
        "resources/templates/list" => {
            cacheable(resources::templates(service, request)?, "public", LIST_TTL_MS)
        }
        "resources/read" => cacheable(resources::read(service, version, request).await?, "private", 0),
        "completion/complete" => completion::complete(service, request).await?,
        method => return Err(unknown_method(method)),
    };
    if !result.has("resultType") {
        result = result.with("resultType", "complete");
    }
    if !result.has("_meta") {
        result = result.with_json("_meta", lifecycle::about(service.implementation().without_icons()));
    }
    Ok(result)
}

async fn legacy<S: Service>(
    service: &S,
    version: Version,
    request: &Request,
    progress: &Progress,
) -> Result<Members, RpcError> {
    match request.method.as_str() {
        "initialize" => lifecycle::initialize(service, request),
        "ping" => Ok(Members::new()),
        "tools/list" => tools::list(service, request),
        "tools/call" => tools::call(service, version, request, progress).await,
        "prompts/list" => Ok(prompts::list(service, request).await?.0),
        "prompts/get" => prompts::get(service, version, request).await,
        "resources/list" => resources::list(service, request).await,
        "resources/templates/list" => resources::templates(service, request),
        "resources/read" => resources::read(service, version, request).await,
        "completion/complete" => completion::complete(service, request).await,
        method => Err(unknown_method(method)),
    }
}

fn unknown_method(method: &str) -> RpcError {
    RpcError::new(RpcError::METHOD_NOT_FOUND, format!("there is no method {method:?}"))
}

/// How long a client may keep it, and whether it may share it.
fn cacheable(result: Members, scope: &str, ttl: u64) -> Members {
    result.with("ttlMs", &ttl).with("cacheScope", scope)
}
