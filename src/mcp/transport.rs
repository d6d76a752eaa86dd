//! Streamable HTTP: from one HTTP request to one HTTP response.
//!
//! The checks stand in the order in which they answer. Every refusal carries a JSON-RPC body, because
//! clients that probe (`server/discover` first, `initialize` next) fall back only on one they can read.

use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;

use super::asking::Asking;
use super::authorization::{self, Known};
use super::callers::Callers;
use super::dispatch::{Reply, dispatch};
use super::json::Json;
use super::jsonrpc::{self, Fault, Message, Request as RpcRequest, RpcError, failure};
use super::narrowing::{self, Narrowing};
use super::origin::{self, HostList};
use super::parameter_headers;
use super::progress::Progress;
use super::route;
use super::service::Service;
use super::stream::{self, Outlet};
use super::tokens::{ProtectedResource, Tokens};
use super::trace::Trace;
use super::version::Version;

/// Messages in one batch of the revisions that have them.
const MAX_BATCH: usize = 50;

/// Who may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Origins besides this machine's own.
    pub origins: HostList,
    /// If set, the only names that this server answers to.
    pub hosts: Option<HostList>,
    /// If set, the only ones who may ask, besides holders of tokens.
    pub callers: Option<Callers>,
}

/// A request's body, as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// All of it.
    Complete(Bytes),
    /// It is longer than this many bytes.
    TooLarge(usize),
    /// The client broke off.
    Incomplete,
}

/// What became of a request.
#[derive(Debug)]
pub enum Answer {
    /// To be sent.
    Whole(Response<Bytes>),
    /// Already sent, through the [`Outlet`].
    Streamed,
}

/// Answers one HTTP request by the service that is made for it, or that says which name in the narrowing is none. Where
/// there is somebody who knows tokens, nobody may ask without one.
pub async fn respond<S: Service>(
    service: impl FnOnce(&Asking<'_>) -> Result<S, String>,
    access: &Access,
    tokens: Option<&dyn Tokens>,
    outlet: &dyn Outlet,
    request: Request<Payload>,
) -> Answer {
    let (parts, payload) = request.into_parts();
    let Ok(origin) = origin::check_origin(&parts.headers, &access.origins) else {
        return Answer::Whole(refuse(StatusCode::FORBIDDEN, "this Origin may not use this server"));
    };
    let resource = tokens.map(Tokens::resource);
    let exchange = Exchange { headers: &parts.headers, origin, outlet, resource };
    let document = resource.filter(|resource| authorization::is_document(parts.uri.path(), resource));
    let path = narrowing::of_path(parts.uri.path());
    let answer = match (path, parts.method) {
        (None, _) if document.is_none() => {
            Answer::Whole(refuse(StatusCode::NOT_FOUND, "the MCP endpoint is /mcp"))
        }
        _ if !origin::host_is_allowed(&parts.headers, &parts.uri, access.hosts.as_ref()) => {
            Answer::Whole(refuse(StatusCode::FORBIDDEN, "this server does not answer to this Host"))
        }
        // Browsers ask without credentials.
        (_, Method::OPTIONS) => Answer::Whole(options(&parts.headers)),
        (None, method) => Answer::Whole(about(document, &method)),
        (Some(path), method) => {
            match (authorization::caller(access.callers.as_ref(), tokens, &parts.headers).await, method) {
                (Err(response), _) => Answer::Whole(response),
                (Ok(caller), Method::POST) => {
                    let asking = asking(caller.as_ref(), &parts.headers, path);
                    match asking.and_then(|asking| service(&asking)) {
                        Ok(service) => post(&service, &exchange, payload).await,
                        Err(message) => Answer::Whole(refuse(StatusCode::BAD_REQUEST, &message)),
                    }
                }
                // Clients probe with GET for a stream of the server's own; there is none.
                _ => {
                    let message = refuse(StatusCode::METHOD_NOT_ALLOWED, "only POST");
                    Answer::Whole(allow(message, "POST, OPTIONS"))
                }
            }
        }
    };
    match answer {
        Answer::Whole(response) => Answer::Whole(exchange.exposed(response)),
        Answer::Streamed => Answer::Streamed,
    }
}

/// What a request came with, besides its body.
struct Exchange<'a> {
    headers: &'a HeaderMap,
    origin: Option<&'a HeaderValue>,
    outlet: &'a dyn Outlet,
    resource: Option<&'a ProtectedResource>,
}

impl Exchange<'_> {
    /// The response with what a page needs to read it.
    fn exposed<T>(&self, mut response: Response<T>) -> Response<T> {
        if let Some(origin) = self.origin {
            origin::expose(response.headers_mut(), origin);
        }
        response
    }

    /// The refusal of a call that nothing but the scope of the caller's token stands in the way of. It is HTTP's, in
    /// every revision, since only so do clients learn which scope to ask for.
    fn beyond<S: Service>(&self, service: &S, request: &RpcRequest) -> Option<Response<Bytes>> {
        let called = request.params.get("name").and_then(Value::as_str);
        let tool = called.filter(|_| request.method == "tools/call")?;
        let resource = self.resource?;
        let arguments = request.params.get("arguments").and_then(Value::as_object).cloned();
        let trace = Trace::of_params(&request.params);
        let scope = service.missing_scope(tool, &arguments.unwrap_or_default(), trace)?;
        let error = RpcError::invalid_request(format!("{tool} needs a token with the scope {scope}"));
        let refused = json(StatusCode::FORBIDDEN, &failure(Some(&request.id), &error));
        Some(authorization::beyond(refused, &scope, resource))
    }
}

/// The document that says where to get a token; who has none yet must be able to read it.
fn about(document: Option<&ProtectedResource>, method: &Method) -> Response<Bytes> {
    match (document, method) {
        (Some(resource), &Method::GET) => json(StatusCode::OK, &resource.document()),
        _ => allow(refuse(StatusCode::METHOD_NOT_ALLOWED, "only GET"), "GET, OPTIONS"),
    }
}

/// Who asks, for how much of what the path leaves; or what is wrong with the headers that narrow it further.
fn asking<'a>(
    caller: Option<&'a Known>,
    headers: &'a HeaderMap,
    mut narrowings: Vec<Narrowing>,
) -> Result<Asking<'a>, String> {
    narrowings.extend(narrowing::of_headers(headers)?);
    // Last, so that a wider scope is asked for only where nothing else stands in the way.
    narrowings.extend(caller.iter().flat_map(|caller| caller.narrowings.clone()));
    Ok(Asking { caller: caller.map(|caller| caller.name.as_str()), headers, narrowings })
}

fn options(asked: &HeaderMap) -> Response<Bytes> {
    let mut response = allow(empty(StatusCode::NO_CONTENT), "POST, OPTIONS");
    origin::preflight(response.headers_mut(), asked);
    response
}

async fn post<S: Service>(service: &S, exchange: &Exchange<'_>, payload: Payload) -> Answer {
    let form = match Form::accepted(exchange.headers) {
        _ if !is_json(exchange.headers) => {
            let message = "send Content-Type: application/json";
            return Answer::Whole(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        Some(form) => form,
        None => {
            let message = "send Accept: application/json, text/event-stream";
            return Answer::Whole(refuse(StatusCode::NOT_ACCEPTABLE, message));
        }
    };
    let body = match payload {
        Payload::Complete(body) => body,
        Payload::TooLarge(limit) => {
            let message = format!("the body is longer than {limit} bytes");
            return Answer::Whole(refuse(StatusCode::PAYLOAD_TOO_LARGE, &message));
        }
        Payload::Incomplete => return Answer::Whole(refuse(StatusCode::BAD_REQUEST, "the body broke off")),
    };
    match jsonrpc::parse(&body) {
        Err(fault) => Answer::Whole(fault_reply(&fault)),
        Ok(Value::Array(batch)) => Answer::Whole(many(service, exchange, batch).await),
        Ok(value) => match jsonrpc::message(value) {
            Err(fault) => Answer::Whole(fault_reply(&fault)),
            Ok(Message::Request(request)) => one(service, exchange, request, form).await,
            Ok(Message::Notification) => Answer::Whole(accepted(exchange.headers)),
            Ok(Message::Response) => Answer::Whole(response(exchange.headers)),
        },
    }
}

async fn one<S: Service>(service: &S, exchange: &Exchange<'_>, request: RpcRequest, form: Form) -> Answer {
    if let Some(response) = exchange.beyond(service, &request) {
        return Answer::Whole(response);
    }
    let reply = match version_of(service, exchange.headers, &request) {
        Err(error) => Reply::error(StatusCode::BAD_REQUEST, &request, &error),
        Ok(version) => match stream::wanted(service, exchange.headers, &request) {
            None => dispatch(service, version, request, &Progress::unheard()).await,
            Some(progress) => {
                let mut head = Response::new(());
                stream::mark(head.headers_mut());
                let head = exchange.exposed(head);
                match stream::run(service, exchange.outlet, head, version, request, &progress).await {
                    Some(reply) => reply,
                    None => return Answer::Streamed,
                }
            }
        },
    };
    Answer::Whole(match form {
        Form::EventStream if reply.status == StatusCode::OK => event(&reply.body),
        _ => json(reply.status, &reply.body),
    })
}

/// The revision of a request whose headers say what its body says.
fn version_of<S: Service>(
    service: &S,
    headers: &HeaderMap,
    request: &RpcRequest,
) -> Result<Version, RpcError> {
    let version = route::of_request(headers, request)?;
    if version.is_modern() && request.method == "tools/call" {
        let tool = request.params.get("name").and_then(Value::as_str);
        if let Some(schema) = tool.and_then(|tool| service.input_schema(tool)) {
            parameter_headers::check(headers, &schema, request.params.get("arguments"))?;
        }
    }
    Ok(version)
}

/// A response to a request of ours, of which there are none.
fn response(headers: &HeaderMap) -> Response<Bytes> {
    match route::of_headers(headers) {
        Ok(version) if version.is_modern() => invalid("this server asks nothing, so nothing can be answered"),
        _ => accepted(headers),
    }
}

/// What needs no answer: 202 whatever it says, unless the header names a revision that does not exist.
fn accepted(headers: &HeaderMap) -> Response<Bytes> {
    match route::of_headers(headers) {
        Ok(_) => empty(StatusCode::ACCEPTED),
        Err(error) => json(StatusCode::BAD_REQUEST, &failure(None, &error)),
    }
}

/// A batch (2025-03-26 and before): every message is read before the first one runs.
async fn many<S: Service>(service: &S, exchange: &Exchange<'_>, batch: Vec<Value>) -> Response<Bytes> {
    let headers = exchange.headers;
    let version = match route::of_headers(headers) {
        Ok(version) if version.has_batches() => version,
        Ok(_) => return invalid("this revision has no batches: send one message per request"),
        Err(error) => return json(StatusCode::BAD_REQUEST, &failure(None, &error)),
    };
    if batch.is_empty() || batch.len() > MAX_BATCH {
        return invalid(&format!("a batch has between 1 and {MAX_BATCH} messages"));
    }
    let mut requests = Vec::new();
    for value in batch {
        match jsonrpc::message(value) {
            Err(_) => return invalid("an element of the batch is not a JSON-RPC message"),
            Ok(Message::Request(request)) => match route::of_request(headers, &request) {
                Ok(own) if own == version && request.method != "initialize" => requests.push(request),
                _ => return invalid("`initialize` and 2026-07-28 requests cannot be batched"),
            },
            Ok(Message::Notification | Message::Response) => {}
        }
    }
    if requests.is_empty() {
        return empty(StatusCode::ACCEPTED);
    }
    if let Some(response) = requests.iter().find_map(|request| exchange.beyond(service, request)) {
        return response;
    }
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(dispatch(service, version, request, &Progress::unheard()).await.body);
    }
    json(StatusCode::OK, &Json::array(answers))
}

/// The two forms of an answer.
#[derive(Clone, Copy)]
enum Form {
    Json,
    EventStream,
}

impl Form {
    /// JSON wherever a client can take it. Clients must accept both, but real ones send `*/*` or nothing.
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut named = false;
        let mut stream = false;
        for value in headers.get_all(ACCEPT) {
            for range in value.to_str().ok()?.split(',') {
                named = true;
                match range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
                    "application/json" | "application/*" | "*/*" => return Some(Self::Json),
                    "text/event-stream" => stream = true,
                    _ => {}
                }
            }
        }
        match (named, stream) {
            (false, _) => Some(Self::Json),
            (true, true) => Some(Self::EventStream),
            (true, false) => None,
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    })
}

fn fault_reply(fault: &Fault) -> Response<Bytes> {
    json(StatusCode::BAD_REQUEST, &failure(fault.id.as_ref(), &fault.error))
}

fn invalid(message: &str) -> Response<Bytes> {
    json(StatusCode::BAD_REQUEST, &failure(None, &RpcError::invalid_request(message)))
}

/// A refusal by HTTP itself, still with a JSON-RPC body.
pub(super) fn refuse(status: StatusCode, message: &str) -> Response<Bytes> {
    json(status, &failure(None, &RpcError::invalid_request(message)))
}

fn allow(mut response: Response<Bytes>, methods: &'static str) -> Response<Bytes> {
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

fn json(status: StatusCode, body: &Json) -> Response<Bytes> {
    let body = Bytes::from(body.to_string());
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

/// One event that holds the answer.
fn event(body: &Json) -> Response<Bytes> {
    let mut response = Response::new(stream::event(body));
    stream::mark(response.headers_mut());
    response
}
