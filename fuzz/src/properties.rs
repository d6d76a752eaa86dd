//! What is true of every answer.

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, ORIGIN, WWW_AUTHENTICATE,
};
use http::{HeaderMap, Method, Response, StatusCode};
use mlflow_mcp::mcp::jsonrpc::{self, Message};
use mlflow_mcp::{audit, config, tools};
use serde_json::Value;

use crate::input::Input;
use crate::streams;
use crate::variables::{ORIGIN as LISTED, SECRET};

/// The variable that says who may call.
const CALLERS: &str = "MLFLOW_MCP_CALLERS";

/// The statuses that the core has an answer for.
const STATUSES: [u16; 11] = [200, 202, 204, 400, 401, 403, 404, 405, 406, 413, 415];

/// Checks an answer that was given as a whole.
pub fn check(input: &Input, response: &Response<bytes::Bytes>) {
    let status = response.status();
    assert!(STATUSES.contains(&status.as_u16()), "{status}");
    headers(input, status, response.headers());
    no_secret(input, response.body());
    assert_eq!(status == StatusCode::METHOD_NOT_ALLOWED, refused_method(input, status));
    assert!(status != StatusCode::METHOD_NOT_ALLOWED || response.headers().contains_key(ALLOW));
    match kind(response.headers()) {
        None => assert!(response.body().is_empty() && matches!(status.as_u16(), 202 | 204), "{response:?}"),
        Some("application/json") => {
            assert_eq!(response.headers()[CONTENT_LENGTH], response.body().len().to_string().as_str());
            let body = serde_json::from_slice(response.body()).expect("the body is JSON");
            answers(input, status, &body);
        }
        Some("text/event-stream") => {
            let event = streams::event(response.body()).expect("the body is one event");
            answers(input, status, &event);
        }
        Some(other) => panic!("an answer of type {other}"),
    }
}

/// Checks the headers of an answer, streamed or not.
pub fn headers(input: &Input, status: StatusCode, headers: &HeaderMap) {
    for name in ["mcp-session-id", LOCATION.as_str()] {
        assert!(!headers.contains_key(name), "{name} is never sent");
    }
    let strangers = status == StatusCode::UNAUTHORIZED;
    assert_eq!(headers.contains_key(WWW_AUTHENTICATE), strangers, "{status}");
    assert!(!strangers || input.variables.get(CALLERS).is_some(), "callers are not told apart");
    let origins: Vec<_> = input.request.headers().get_all(ORIGIN).iter().collect();
    let shown = headers.get(ACCESS_CONTROL_ALLOW_ORIGIN);
    match origins.as_slice() {
        [] => assert_eq!(shown, None, "nobody asked"),
        [origin] if origin.to_str().is_ok_and(is_allowed) => assert_eq!(shown, Some(*origin)),
        _ => assert_eq!((status, shown), (StatusCode::FORBIDDEN, None), "{origins:?}"),
    }
}

/// Scheme, name, port and nothing else, and the name is one of ours.
fn is_allowed(origin: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let names = ["localhost", "127.0.0.1", "[::1]", LISTED];
    let lower = rest.unwrap_or_default().to_ascii_lowercase();
    names
        .into_iter()
        .filter_map(|name| lower.strip_prefix(name))
        .any(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port.to_string() == text)
}

fn kind(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE).map(|value| value.to_str().expect("a type is text"))
}

/// Whether 405 is due: after the path and the origin were accepted.
fn refused_method(input: &Input, status: StatusCode) -> bool {
    let earlier = matches!(status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED)
        || !is_path(input.request.uri().path());
    !earlier && !matches!(*input.request.method(), Method::POST | Method::OPTIONS)
}

/// Checks the body of an answer: a response to each request, under its own id.
pub fn answers(input: &Input, status: StatusCode, body: &Value) {
    let sent = jsonrpc::parse(input.request.body()).unwrap_or_default();
    match body {
        Value::Array(responses) => {
            assert_eq!(status, StatusCode::OK);
            let sent = sent.as_array().expect("a batch is answered by a batch");
            let requests = sent.iter().filter(|one| one.get("id").is_some() && one.get("method").is_some());
            let ids = requests.map(|request| request["id"].clone());
            assert!(ids.eq(responses.iter().map(response)), "{body}");
        }
        body => {
            let id = response(body);
            let is_request = matches!(jsonrpc::message(sent.clone()), Ok(Message::Request(_)));
            // A request is answered under its id once it was read; before that there is no id to answer under.
            let early = matches!(status.as_u16(), 401 | 403 | 405 | 406 | 415) || narrows(input);
            let read = is_request && !early && is_endpoint(input);
            assert!(if read { id == sent["id"] } else { id.is_null() || id == sent["id"] }, "{body}");
            assert!(body.get("result").is_none() || status == StatusCode::OK, "{body}");
            bounded(body);
        }
    }
}

fn is_endpoint(input: &Input) -> bool {
    is_path(input.request.uri().path()) && input.request.method() == Method::POST
}

/// The endpoint, or a path below it that narrows a request.
fn is_path(path: &str) -> bool {
    let below = path.strip_prefix("/mcp").map(|below| below.strip_suffix('/').unwrap_or(below));
    match below.map(|below| below.split('/').collect::<Vec<_>>()).as_deref() {
        Some([""] | ["", "readonly"]) => true,
        Some(["", "x", name] | ["", "x", name, "readonly"]) => !name.is_empty(),
        _ => false,
    }
}

/// Whether the request narrows itself, perhaps by a name that does not exist, which is found out before it is read.
fn narrows(input: &Input) -> bool {
    let headers = input.request.headers().keys();
    input.request.uri().path().len() > "/mcp/".len()
        || headers.into_iter().any(|name| name.as_str().starts_with("x-mcp-"))
}

/// What nobody but MLflow may see is in nothing that is said, unless it was sent.
pub fn no_secret(input: &Input, said: &[u8]) {
    let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    let sent = format!("{input:?}");
    assert!(!holds(said) || holds(sent.as_bytes()), "{}", String::from_utf8_lossy(said));
}

/// Checks what was done for a request: what the policy denies asks MLflow nothing, and every call leaves its lines.
pub fn of_calls(input: &Input, asked: usize, log: &[String]) {
    for line in log {
        no_secret(input, line.as_bytes());
        assert!(
            line.len() < audit::LONGEST && line.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "{line}"
        );
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "{line}");
    }
    let config = config::read(&|name| input.variables.get(name));
    assert!(asked == 0 || !log.is_empty() || !config.audit, "MLflow was asked, and no line says so");
    let Ok(Message::Request(call)) = jsonrpc::parse(input.request.body()).and_then(jsonrpc::message) else {
        return;
    };
    let tool = call.params.get("name").and_then(Value::as_str).and_then(tools::find);
    let denied = tool.is_some_and(|tool| config.policy.is_ok_and(|policy| policy.lists(tool.spec).is_err()));
    assert!(
        call.method != "tools/call" || !denied || asked == 0,
        "{} is denied, and MLflow asked",
        call.method
    );
}

/// A JSON-RPC response; its id.
fn response(body: &Value) -> Value {
    assert_eq!(body["jsonrpc"], "2.0", "{body}");
    assert!(body.get("result").is_some_and(Value::is_object) != body.get("error").is_some(), "{body}");
    if let Some(error) = body.get("error") {
        assert!(error["code"].is_i64() && error["message"].is_string(), "{body}");
    }
    body["id"].clone()
}

/// The text of a tool's answer keeps to the default bound.
fn bounded(body: &Value) {
    const ANSWER_CHARACTERS: usize = 40_000;
    let text = body["result"]["content"][0]["text"].as_str().unwrap_or_default();
    assert!(text.chars().count() <= ANSWER_CHARACTERS, "{} characters", text.chars().count());
}
