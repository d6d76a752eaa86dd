//! Callers with tokens of an authorization server: who gets in, how far, and what the others are told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod attacks;
mod configuration;
mod document;
mod keys;
mod properties;
mod scopes;

use std::sync::LazyLock;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use support::{Mlflow, post, serve};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const RUN: &str = r#"{"run": {"info": {"run_id": "abc", "experiment_id": "1"}}}"#;
const METADATA: &str = r#"resource_metadata="https://mcp.test/.well-known/oauth-protected-resource/mcp""#;

/// Keys and tokens that `xtask/python/record_tokens.py` made.
static RECORDED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../fixtures/tokens.json")).unwrap());

fn key(name: &str) -> Value {
    RECORDED["keys"][name].clone()
}

fn right(name: &str) -> &'static str {
    RECORDED["right"][name].as_str().unwrap_or_else(|| panic!("there is no token {name}"))
}

fn wrong() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tokens = RECORDED["wrong"].as_object().unwrap();
    tokens.iter().map(|(name, token)| (name.as_str(), token.as_str().unwrap()))
}

/// `MLFLOW_MCP_OAUTH` with the recorded keys that are of use.
fn trust() -> Value {
    json!({
        "resource": "https://mcp.test/mcp",
        "issuer": "https://idp.test",
        "jwks": {"keys": [key("rsa"), key("large"), key("curve")]},
        "scopes": {"mlflow:read": "low", "mlflow:write": "medium", "mlflow:delete": "high"},
    })
}

fn without(member: &str) -> Value {
    let mut trust = trust();
    trust.as_object_mut().unwrap().remove(member);
    trust
}

fn with(member: &str, value: Value) -> Value {
    let mut trust = trust();
    trust[member] = value;
    trust
}

/// The answer to this text with this token, of a server that trusts so.
fn ask_of(mlflow: &Mlflow, trust: &Value, token: &str, text: &str) -> Response<Bytes> {
    let authorization = format!("Bearer {token}");
    serve(
        mlflow,
        &[("MLFLOW_MCP_OAUTH", &trust.to_string())],
        post(&[("authorization", &authorization)], text),
    )
}

fn ask(trust: &Value, token: &str, text: &str) -> Response<Bytes> {
    ask_of(&Mlflow::always(200, RUN), trust, token, text)
}

fn status(trust: &Value, token: &str) -> u16 {
    ask(trust, token, PING).status().as_u16()
}

/// Status and challenge.
fn challenge(response: &Response<Bytes>) -> (u16, &str) {
    assert_eq!(support::body(response)["jsonrpc"], "2.0");
    let header = response.headers().get("www-authenticate");
    (response.status().as_u16(), header.map_or("", |value| value.to_str().unwrap()))
}
