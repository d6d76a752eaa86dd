//! One message to the component, and what it answers, as MCP's Streamable HTTP transport has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use mlflow_mcp_host::Local;
use serde_json::{Value, json};
use std::error::Error;
use tokio::task::JoinSet;

/// Where the component answers, on a host that has no address.
const ENDPOINT: &str = "http://localhost/mcp";

/// `_meta` key of the revision a request is made under (2026-07-28).
const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";

const INTERNAL_ERROR: i32 = -32603;

/// Sends a message, and hands on the messages that come back, each in one line.
///
/// `version` is what was agreed on at the beginning, for messages that do not name their revision themselves.
///
/// # Errors
///
/// When the answer breaks off.
pub(crate) async fn exchange(
    component: &Local,
    text: Bytes,
    version: Option<&str>,
    mut answer: impl FnMut(String),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let message: Value = serde_json::from_slice(&text).unwrap_or_default();
    let mut connection = JoinSet::new();
    let response = component.send(request(text, &message, version)?, &mut connection).await?;
    let status = response.status();
    let events = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let mut body = response.into_body();
    if events {
        return stream(&mut body, &mut answer).await;
    }
    let body = body.collect().await?.to_bytes();
    if let Ok(value) = serde_json::from_slice::<Value>(&body) {
        // Nobody waits for an answer to what is no request; that it could not be read is said all the same.
        if message.is_null() || message.is_array() || message.get("id").is_some() {
            answer(value.to_string());
        }
    } else if let Some(id) = message.get("id").filter(|_| message.get("method").is_some()) {
        let said = String::from_utf8_lossy(&body);
        let error = json!({"code": INTERNAL_ERROR, "message": format!("{status}: {}", said.trim())});
        answer(json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string());
    }
    Ok(())
}

/// The message as a request over HTTP, whose headers repeat some of it.
fn request(text: Bytes, message: &Value, version: Option<&str>) -> Result<Request<Full<Bytes>>, http::Error> {
    let mut request = Request::post(ENDPOINT)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .body(Full::new(text))?;
    let headers = request.headers_mut();
    let params = message.get("params");
    let own = params.and_then(|params| params.get("_meta")?.get(PROTOCOL_VERSION)?.as_str());
    let method = message.get("method").and_then(Value::as_str);
    // The first request of a session names no revision outside of its parameters.
    let agreed = version.filter(|_| method != Some("initialize"));
    if let Some(version) = own.or(agreed).and_then(value) {
        headers.insert("mcp-protocol-version", version);
    }
    if let (Some(_), Some(method)) = (own, method) {
        let member = match method {
            "tools/call" | "prompts/get" => Some("name"),
            "resources/read" => Some("uri"),
            _ => None,
        };
        let name = member.and_then(|member| params?.get(member)?.as_str());
        for (header, text) in [("mcp-method", Some(method)), ("mcp-name", name)] {
            if let Some(value) = text.and_then(value) {
                headers.insert(header, value);
            }
        }
    }
    Ok(request)
}

/// A value for a header; outside visible ASCII it travels as `=?base64?...?=`.
fn value(text: &str) -> Option<HeaderValue> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.starts_with("=?");
    let encoded = || format!("=?base64?{}?=", STANDARD.encode(text));
    HeaderValue::try_from(if plain { text.to_owned() } else { encoded() }).ok()
}

/// The messages of an event stream, each as soon as it is whole.
async fn stream(
    body: &mut Incoming,
    answer: &mut impl FnMut(String),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (mut received, mut message) = (Vec::new(), String::new());
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            received.extend_from_slice(&data);
        }
        while let Some(end) = received.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = received.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            if let Some(data) = line.strip_prefix("data:") {
                message.push_str(data.trim_start());
            } else if line.is_empty() && !message.is_empty() {
                answer(std::mem::take(&mut message));
            }
        }
    }
    Ok(())
}
