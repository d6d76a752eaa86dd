//! What holds for every method of an era, and what the newest revision demands of each request.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::{Request, Response};
use mlflow_mcp::mcp::Payload;
use serde_json::{Value, json};
use support::recorded::recorded;
use support::{Mlflow, body, post, serve};

const OLDER: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
const NEWEST: &str = "2026-07-28";
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Every method that both eras have, with its parameters and what MLflow answers to it.
fn methods() -> [(&'static str, Value, &'static [&'static str]); 8] {
    let completing = json!({"ref": {"type": "ref/prompt", "name": "diagnose_run"}, "argument": {"name": "run_id", "value": ""}});
    [
        ("tools/list", json!({}), &[]),
        ("tools/call", json!({"name": "get_run", "arguments": {"run_id": "a"}}), &["runs-get"]),
        ("prompts/list", json!({}), &[]),
        ("prompts/get", json!({"name": "diagnose_run", "arguments": {"run_id": "a"}}), &[]),
        ("resources/list", json!({}), &["experiments-search", "runs-search"]),
        ("resources/templates/list", json!({}), &[]),
        ("resources/read", json!({"uri": "mlflow://run/a"}), &["runs-get"]),
        ("completion/complete", completing, &["experiments-search", "runs-search"]),
    ]
}

fn text(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

/// The parameters with what a request of the newest revision carries.
fn claiming(params: &Value) -> Value {
    let mut params = params.clone();
    params["_meta"] = json!({VERSION: NEWEST, CAPABILITIES: {}});
    params
}

/// The headers that belong to a request of the newest revision.
fn headers<'a>(method: &'a str, params: &'a Value) -> Vec<(&'static str, &'a str)> {
    let mut headers = vec![("mcp-protocol-version", NEWEST), ("mcp-method", method)];
    let named = [&params["name"], &params["uri"]].into_iter().find_map(Value::as_str);
    headers.extend(named.map(|name| ("mcp-name", name)));
    headers
}

fn ask(fixtures: &[&str], request: Request<Payload>) -> Response<Bytes> {
    serve(&recorded("3.17.2", fixtures), &[("MLFLOW_MCP_TOOLSETS", "core,analysis")], request)
}

/// Status and code of a refusal.
fn refusal(request: Request<Payload>) -> (u16, i64) {
    let response = serve(&Mlflow::untouched(), &[], request);
    let code = body(&response)["error"]["code"].as_i64().unwrap_or_default();
    (response.status().as_u16(), code)
}

#[test]
fn no_answer_of_an_older_revision_has_what_only_the_newest_knows() {
    for version in OLDER {
        for (method, params, fixtures) in methods() {
            let request = post(&[("mcp-protocol-version", version)], &text(method, &params));
            let answer = body(&ask(fixtures, request));
            let result =
                answer["result"].as_object().unwrap_or_else(|| panic!("{version} {method}: {answer}"));
            for member in ["resultType", "ttlMs", "cacheScope", "_meta"] {
                assert!(!result.contains_key(member), "{version} {method}: {member}");
            }
        }
    }
}

#[test]
fn every_answer_of_the_newest_revision_says_that_it_is_complete_and_whose_it_is() {
    for (method, params, fixtures) in methods() {
        let request = post(&headers(method, &params), &text(method, &claiming(&params)));
        let response = ask(fixtures, request);
        assert_eq!(response.status(), 200, "{method}");
        let result = body(&response)["result"].take();
        assert_eq!(result["resultType"], "complete", "{method}");
        assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "mlflow-mcp", "{method}");
    }
}

#[test]
fn a_resource_that_is_not_there_has_a_code_of_its_own_in_all_older_revisions() {
    for version in OLDER {
        let params = json!({"uri": "mlflow://nothing"});
        let request = post(&[("mcp-protocol-version", version)], &text("resources/read", &params));
        assert_eq!(refusal(request), (200, -32002), "{version}");
    }
}

#[test]
fn nothing_that_was_not_offered_is_there() {
    let absent = ["logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/get", "nope"];
    for method in absent {
        for version in OLDER {
            let request = post(&[("mcp-protocol-version", version)], &text(method, &json!({})));
            assert_eq!(refusal(request), (200, -32601), "{version} {method}");
        }
    }
    for method in absent.into_iter().chain(["initialize", "ping", "subscriptions/listen"]) {
        let request = post(&headers(method, &json!({})), &text(method, &claiming(&json!({}))));
        assert_eq!(refusal(request), (404, -32601), "{method}");
    }
}

#[test]
fn what_a_request_says_of_itself_must_be_there_and_of_the_right_type() {
    let wrong = [
        json!({}),
        json!({"_meta": null}),
        json!({"_meta": []}),
        json!({"_meta": {CAPABILITIES: {}}}),
        json!({"_meta": {VERSION: NEWEST}}),
        json!({"_meta": {VERSION: 20_260_728, CAPABILITIES: {}}}),
        json!({"_meta": {VERSION: NEWEST, CAPABILITIES: []}}),
        json!({"_meta": {VERSION: NEWEST, CAPABILITIES: null}}),
    ];
    for params in wrong {
        let request = post(&headers("tools/list", &json!({})), &text("tools/list", &params));
        assert_eq!(refusal(request), (400, -32602), "{params}");
    }
    // Who the client is need not be said.
    let request = post(&headers("tools/list", &json!({})), &text("tools/list", &claiming(&json!({}))));
    assert_eq!(ask(&[], request).status(), 200);
}

#[test]
fn a_header_that_is_missing_different_or_there_twice_is_a_mismatch() {
    for (method, params, _) in methods() {
        let (good, text) = (headers(method, &params), text(method, &claiming(&params)));
        for (index, (name, _)) in good.iter().enumerate() {
            let mut missing = good.clone();
            missing.remove(index);
            let mut different = good.clone();
            different[index].1 = "something-else";
            let mut twice = good.clone();
            twice.push(good[index]);
            for headers in [missing, different, twice] {
                assert_eq!(refusal(post(&headers, &text)), (400, -32020), "{method} {name}: {headers:?}");
            }
        }
    }
}

#[test]
fn discovery_needs_neither_mlflow_nor_configuration_in_any_era() {
    let broken = [("MLFLOW_TRACKING_URI", "nonsense")];
    let discover =
        post(&headers("server/discover", &json!({})), &text("server/discover", &claiming(&json!({}))));
    assert_eq!(serve(&Mlflow::untouched(), &broken, discover).status(), 200);
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}});
    let initialize = post(&[], &text("initialize", &params));
    assert!(body(&serve(&Mlflow::untouched(), &broken, initialize))["result"].is_object());
}

#[test]
fn without_authorization_nothing_of_it_is_to_be_found() {
    for path in ["", "/oauth-protected-resource", "/oauth-protected-resource/mcp", "/openid-configuration"] {
        let uri = format!("http://127.0.0.1:3000/.well-known{path}");
        let request = Request::get(uri).body(Payload::Complete(Bytes::new())).unwrap();
        let response = serve(&Mlflow::untouched(), &[], request);
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.headers()["content-type"], "application/json");
    }
    let ping = text("ping", &json!({}));
    let response = ask(&[], post(&[("authorization", "Bearer whatever")], &ping));
    assert_eq!(response.status(), 200);
    assert!(response.headers().get("www-authenticate").is_none());
}

#[test]
fn a_preflight_that_names_no_headers_learns_all_that_a_client_may_send() {
    let request = Request::options("http://127.0.0.1:3000/mcp").header("origin", "http://localhost:1");
    let response = ask(&[], request.body(Payload::Complete(Bytes::new())).unwrap());
    let allowed = response.headers()["access-control-allow-headers"].to_str().unwrap();
    let allowed: Vec<&str> = allowed.split(',').map(str::trim).collect();
    for name in [
        "content-type",
        "authorization",
        "accept",
        "mcp-protocol-version",
        "mcp-method",
        "mcp-name",
        "mcp-session-id",
        "last-event-id",
    ] {
        assert!(allowed.contains(&name), "{name}");
    }
    assert!(response.headers().contains_key("access-control-max-age"));
}
