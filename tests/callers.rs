//! Who may call at all, and that nobody else gets further than 401.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use mlflow_mcp::mcp::{Asking, Progress, Round, Service as _};
use mlflow_mcp::port::{Counters, NoStore, Ports};
use mlflow_mcp::{Server, config};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use support::store::Store;
use support::{Mlflow, body, call_with, failure, now, post, serve, success, variables};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const RUN: &str = r#"{"run": {"info": {"run_id": "abc", "experiment_id": "1"}}}"#;

fn sha256(token: &str) -> String {
    Sha256::digest(token).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Ann, who may do everything, and Bob, who is left some of it.
fn callers() -> String {
    json!([
        {"name": "ann", "token_sha256": sha256("ann's token")},
        {"name": "bob", "token_sha256": sha256("bob's token").to_uppercase(), "read_only": true, "exclude_tools": ["get_runs"]}
    ])
    .to_string()
}

fn ask(headers: &[(&str, &str)], text: &str) -> Response<Bytes> {
    serve(&Mlflow::always(200, RUN), &[("MLFLOW_MCP_CALLERS", &callers())], post(headers, text))
}

/// Status and challenge.
fn challenge(response: &Response<Bytes>) -> (u16, &str) {
    assert_eq!(body(response)["jsonrpc"], "2.0");
    let header = response.headers().get("www-authenticate");
    (response.status().as_u16(), header.map_or("", |value| value.to_str().unwrap()))
}

#[test]
fn without_a_token_nobody_gets_in() {
    for headers in [
        vec![],
        vec![("authorization", "Basic YW5uOmFubidzIHRva2Vu")],
        vec![("authorization", "ann's token")],
        vec![("authorization", "Bearer")],
        vec![("authorization", "Bearer  ")],
        vec![("x-authorization", "Bearer ann's token")],
        vec![("cookie", "Authorization=Bearer ann's token")],
    ] {
        assert_eq!(challenge(&ask(&headers, PING)), (401, "Bearer"), "{headers:?}");
    }
}

#[test]
fn a_token_that_is_not_one_of_them_is_told_so() {
    let digest = sha256("ann's token");
    for token in ["ann's toke", "ann's token2", "Ann's token", "ann's token, x", &digest] {
        let value = format!("Bearer {token}");
        let response = ask(&[("authorization", &value)], PING);
        assert_eq!(challenge(&response), (401, "Bearer error=\"invalid_token\""), "{token}");
    }
    let two = [("authorization", "Bearer ann's token"), ("authorization", "Bearer bob's token")];
    assert_eq!(challenge(&ask(&two, PING)).0, 401);
}

#[test]
fn each_caller_gets_in_with_the_token_and_the_scheme_has_no_case() {
    for value in ["Bearer ann's token", "bearer bob's token", "BEARER  ann's token"] {
        assert_eq!(ask(&[("authorization", value)], PING).status(), 200, "{value}");
    }
}

#[test]
fn a_token_in_the_query_is_never_looked_at() {
    for query in ["access_token=ann's%20token", "token=ann's%20token", "Authorization=Bearer%20ann's%20token"]
    {
        let mut request = post(&[], PING);
        *request.uri_mut() = format!("http://127.0.0.1:3000/mcp?{query}").parse().unwrap();
        let response = serve(&Mlflow::untouched(), &[("MLFLOW_MCP_CALLERS", &callers())], request);
        assert_eq!(challenge(&response), (401, "Bearer"), "{query}");
    }
}

#[test]
fn strangers_get_401_before_anything_of_the_message_is_looked_at() {
    for text in ["", "{", "[]", &"[".repeat(100_000), "\u{0}"] {
        assert_eq!(challenge(&ask(&[], text)).0, 401);
    }
    assert_eq!(challenge(&ask(&[("content-type", "text/html"), ("accept", "text/html")], PING)).0, 401);
    assert_eq!(challenge(&ask(&[("x-mcp-tools", "no_such_tool")], PING)).0, 401);
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::HEAD] {
        let mut request = post(&[], "");
        *request.method_mut() = method.clone();
        let response = serve(&Mlflow::untouched(), &[("MLFLOW_MCP_CALLERS", &callers())], request);
        assert_eq!(challenge(&response), (401, "Bearer"), "{method}");
    }
}

#[test]
fn origin_path_and_host_answer_first_and_a_preflight_needs_no_token() {
    let callers = callers();
    let variables = [("MLFLOW_MCP_CALLERS", callers.as_str()), ("MLFLOW_MCP_ALLOWED_HOSTS", "127.0.0.1")];
    let ask = |method: Method, uri: &str, headers: &[(&str, &str)]| {
        let mut request = post(headers, PING);
        *request.method_mut() = method;
        *request.uri_mut() = uri.parse().unwrap();
        serve(&Mlflow::untouched(), &variables, request)
    };
    let here = "http://127.0.0.1:3000/mcp";
    assert_eq!(ask(Method::POST, here, &[("origin", "https://evil.example")]).status(), 403);
    assert_eq!(ask(Method::POST, "http://127.0.0.1:3000/other", &[]).status(), 404);
    assert_eq!(ask(Method::POST, "http://evil.example/mcp", &[]).status(), 403);
    let preflight = ask(Method::OPTIONS, here, &[("origin", "http://localhost")]);
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.headers().get("www-authenticate"), None);
    let response = ask(Method::POST, here, &[("origin", "http://localhost")]);
    assert_eq!(challenge(&response), (401, "Bearer"));
    assert_eq!(response.headers()["access-control-allow-origin"], "http://localhost");
    let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("WWW-Authenticate"));
}

#[test]
fn where_callers_are_not_told_apart_nobody_is_asked_for_a_token() {
    for headers in [vec![], vec![("authorization", "Bearer whatever")], vec![("authorization", "Basic x")]] {
        let response = serve(&Mlflow::untouched(), &[], post(&headers, PING));
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers().get("www-authenticate"), None);
    }
}

/// The tools that this request is shown.
fn listed(headers: &[(&str, &str)]) -> Vec<String> {
    let list = body(&ask(headers, r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#));
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

fn called(headers: &[(&str, &str)], tool: &str, arguments: Value) -> Value {
    let params = json!({"name": tool, "arguments": arguments});
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    body(&ask(headers, &text))["result"].take()
}

#[test]
fn a_caller_is_left_what_the_list_of_callers_says_and_a_request_only_narrows_it_further() {
    let (ann, bob) = (("authorization", "Bearer ann's token"), ("authorization", "Bearer bob's token"));
    let (of_ann, of_bob) = (listed(&[ann]), listed(&[bob]));
    assert!(of_ann.contains(&"get_runs".to_owned()) && of_ann.contains(&"set_run_tag".to_owned()));
    assert!(of_bob.contains(&"get_run".to_owned()) && of_bob.iter().all(|tool| of_ann.contains(tool)));
    for tool in ["get_runs", "set_run_tag", "delete_run"] {
        assert!(!of_bob.contains(&tool.to_owned()), "{tool}");
        let result = called(&[bob], tool, json!({}));
        assert!(failure(&result).contains("MLFLOW_MCP_CALLERS"), "{result}");
    }
    success(&called(&[bob], "get_run", json!({"run_id": "abc"})));
    success(&called(&[ann], "get_run", json!({"run_id": "abc"})));
    for wider in
        [("x-mcp-readonly", "false"), ("x-mcp-tools", "get_runs,get_run"), ("x-mcp-toolsets", "core")]
    {
        let narrowed = listed(&[bob, wider]);
        assert!(narrowed.iter().all(|tool| of_bob.contains(tool)), "{wider:?}: {narrowed:?}");
    }
    assert_eq!(listed(&[bob, ("x-mcp-tools", "get_runs,get_run")]), ["get_run"]);
}

#[test]
fn calls_are_counted_for_each_caller() {
    let limited = r#"{"version": "1", "tools": {"get_run": {"rate_limit": {"max": 1, "window": 60}}}}"#;
    let (mlflow, store) = (Mlflow::always(200, RUN), Store::default());
    for caller in [Some("ann"), Some("bob"), None] {
        let counters = Counters { host: &store, instance: &NoStore };
        let ports = Ports {
            http: &mlflow,
            clock: &mlflow,
            counters,
            log: &mlflow,
            shelf: &NoStore,
            memory: &NoStore,
        };
        let config = config::read(&variables(&[("MLFLOW_MCP_POLICY", limited)]));
        let asking = Asking { caller, headers: &HeaderMap::new(), narrowings: Vec::new() };
        let server = Server::new(ports, config, &asking).unwrap();
        let arguments = json!({"run_id": "abc"}).as_object().unwrap().clone();
        let progress = Progress::unheard();
        assert!(now(server.call_tool("get_run", arguments, &Round::default(), &progress)).is_ok());
    }
    let counts = store.counts.borrow();
    assert!(counts.len() == 3 && counts.values().all(|total| *total == 1), "{counts:?}");
}

#[test]
fn a_list_of_callers_that_is_wrong_admits_no_call_and_shows_no_token() {
    let digest = sha256("x");
    let one = |members: Value| {
        let mut caller = json!({"name": "ann", "token_sha256": digest});
        for (name, value) in members.as_object().unwrap() {
            caller[name] = value.clone();
        }
        caller
    };
    let list = |callers: &[Value]| json!(callers).to_string();
    for (text, problem) in [
        ("hunter2".to_owned(), "no list of callers"),
        (r#"{"ann": "hunter2"}"#.to_owned(), "no list of callers"),
        ("[]".to_owned(), "names nobody"),
        (list(&[json!("hunter2")]), "no list of callers"),
        (list(&[json!({"name": "ann"})]), "token_sha256"),
        (list(&[one(json!({"token": "hunter2"}))]), "unknown field `token`"),
        (list(&[one(json!({"token_sha256": "hunter2"}))]), "sha256sum"),
        (list(&[one(json!({"token_sha256": "hunter2".repeat(10)[..64].to_owned()}))]), "sha256sum"),
        (list(&[one(json!({"token_sha256": sha256("")}))]), "sha256sum"),
        (list(&[one(json!({"token_sha256": "+f".repeat(32)}))]), "sha256sum"),
        (list(&[one(json!({"token_sha256": 5}))]), "no list of callers"),
        (list(&[one(json!({"name": ""}))]), "letters, digits"),
        (list(&[one(json!({"name": "a b"}))]), "letters, digits"),
        (list(&[one(json!({"name": "x".repeat(65)}))]), "letters, digits"),
        (list(&[one(json!({})), one(json!({}))]), "twice"),
        (list(&[one(json!({})), one(json!({"name": "bob"}))]), "of another caller"),
        (list(&[one(json!({"tools": ["get_rum"]}))]), "Did you mean \"get_run\"?"),
        (list(&[one(json!({"tools": []}))]), "empty"),
        (list(&[one(json!({"toolsets": ["cor"]}))]), "Did you mean \"core\"?"),
        (list(&[one(json!({"exclude_tools": ["get_rum"]}))]), "Did you mean \"get_run\"?"),
        (list(&[one(json!({"read_only": "yes"}))]), "no list of callers"),
    ] {
        let variables = [("MLFLOW_MCP_CALLERS", text.as_str())];
        let result = call_with(&Mlflow::untouched(), &variables, "get_run", json!({"run_id": "abc"}));
        let said = failure(&result);
        assert!(said.contains("MLFLOW_MCP_CALLERS") && said.contains(problem), "{text}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
