//! What is true of every answer.

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, ORIGIN, WWW_AUTHENTICATE,
};
use http::{HeaderMap, Method, Response, StatusCode};
use mlflow_mcp::mcp::jsonrpc::{self, Message};
use serde_json::Value;

use crate::input::Input;
use crate::{streams, world};

/// The statuses that the core has an answer for.
const STATUSES: [u16; 10] = [200, 202, 204, 400, 403, 404, 405, 406, 413, 415];

/// Checks an answer that was given as a whole.
pub fn check(input: &Input, response: &Response<bytes::Bytes>) {
    let status = response.status();
    assert!(STATUSES.contains(&status.as_u16()), "{status}");
    headers(input, status, response.headers());
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
    for name in ["mcp-session-id", LOCATION.as_str(), WWW_AUTHENTICATE.as_str()] {
        assert!(!headers.contains_key(name), "{name} is never sent");
    }
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
    let names = ["localhost", "127.0.0.1", "[::1]", world::ORIGIN];
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
    let earlier =
        matches!(status, StatusCode::FORBIDDEN) || !matches!(input.request.uri().path(), "/mcp" | "/mcp/");
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
            let read = is_request && !matches!(status.as_u16(), 403 | 405 | 406 | 415) && is_endpoint(input);
            assert!(if read { id == sent["id"] } else { id.is_null() || id == sent["id"] }, "{body}");
            assert!(body.get("result").is_none() || status == StatusCode::OK, "{body}");
            bounded(body);
        }
    }
}

fn is_endpoint(input: &Input) -> bool {
    matches!(input.request.uri().path(), "/mcp" | "/mcp/") && input.request.method() == Method::POST
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
