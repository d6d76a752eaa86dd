//! Which method is meant, and how each revision wants its answer dressed.

use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::jsonrpc::{Object, Request, RpcError, failure, success};
use super::progress::Progress;
use super::service::Service;
use super::version::Version;

/// How long a client may keep a list, in milliseconds: lists change only with a new deployment.
const LIST_TTL_MS: u64 = 3_600_000;

/// Status and body of the answer to one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// 200, or what 2026-07-28 demands for an error.
    pub status: StatusCode,
    /// A JSON-RPC response.
    pub body: Value,
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
        legacy(service, &request, progress).await
    };
    match outcome {
        Ok(result) => Reply { status: StatusCode::OK, body: success(&request.id, Value::Object(result)) },
        Err(error) => {
            // 2026-07-28 wants 404 for a method that does not exist. Clients of the older revisions take
            // any status but 200 for a broken transport and never read the error.
            let unknown_method = error.code == RpcError::METHOD_NOT_FOUND;
            let status =
                if unknown_method && version.is_modern() { StatusCode::NOT_FOUND } else { StatusCode::OK };
            Reply::error(status, &request, &error)
        }
    }
}

async fn modern<S: Service>(service: &S, request: &Request, progress: &Progress) -> Result<Object, RpcError> {
    let mut result = match request.method.as_str() {
        "server/discover" => cacheable(discover(service)),
        "tools/list" => cacheable(list_tools(service, request)?),
        "tools/call" => call_tool(service, request, progress).await?,
        method => return Err(unknown_method(method)),
    };
    result.insert("resultType".to_owned(), json!("complete"));
    result
        .insert("_meta".to_owned(), json!({"io.modelcontextprotocol/serverInfo": service.implementation()}));
    Ok(result)
}

async fn legacy<S: Service>(service: &S, request: &Request, progress: &Progress) -> Result<Object, RpcError> {
    match request.method.as_str() {
        "initialize" => initialize(service, request),
        "ping" => Ok(Object::new()),
        "tools/list" => list_tools(service, request),
        "tools/call" => call_tool(service, request, progress).await,
        method => Err(unknown_method(method)),
    }
}

fn unknown_method(method: &str) -> RpcError {
    RpcError::new(RpcError::METHOD_NOT_FOUND, format!("there is no method {method:?}"))
}

/// What the server offers: tools, whose list does not change while it runs.
fn capabilities() -> Value {
    json!({"tools": {}})
}

fn discover<S: Service>(service: &S) -> Object {
    object([
        ("supportedVersions", json!(Version::ALL.map(Version::as_str))),
        ("capabilities", capabilities()),
        ("instructions", json!(service.instructions())),
    ])
}

fn initialize<S: Service>(service: &S, request: &Request) -> Result<Object, RpcError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Params {
        protocol_version: String,
    }
    let params: Params = params(request)?;
    // Never echo a version that is not ours, and never answer a revision that has no `initialize`.
    let version = Version::parse(&params.protocol_version)
        .filter(|version| !version.is_modern())
        .unwrap_or(Version::NEWEST_LEGACY);
    Ok(object([
        ("protocolVersion", json!(version.as_str())),
        ("capabilities", capabilities()),
        ("serverInfo", json!(service.implementation())),
        ("instructions", json!(service.instructions())),
    ]))
}

fn list_tools<S: Service>(service: &S, request: &Request) -> Result<Object, RpcError> {
    #[derive(Deserialize)]
    struct Params {
        cursor: Option<String>,
    }
    let params: Params = params(request)?;
    if params.cursor.is_some() {
        // The whole list is one page, so no cursor was ever given out.
        return Err(RpcError::invalid_params("unknown cursor: tools/list has one page, leave it out"));
    }
    Ok(object([("tools", json!(service.tools()))]))
}

async fn call_tool<S: Service>(
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

fn params<T: DeserializeOwned>(request: &Request) -> Result<T, RpcError> {
    serde_json::from_value(Value::Object(request.params.clone()))
        .map_err(|error| RpcError::invalid_params(format!("{}: {error}", request.method)))
}

fn cacheable(mut result: Object) -> Object {
    result.insert("ttlMs".to_owned(), json!(LIST_TTL_MS));
    result.insert("cacheScope".to_owned(), json!("public"));
    result
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
