//! With whose credentials MLflow is asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use http::{HeaderValue, Request};
use mlflow_mcp::mcp::Payload;
use serde_json::{Value, json};
use support::{Mlflow, body, call_with, failure, post, serve, success};

const RUN: &str = r#"{"run": {"info": {"run_id": "abc", "experiment_id": "1"}}}"#;
const CALLER: (&str, &str) = ("MLFLOW_MCP_CREDENTIALS", "caller");
const FACADE: (&str, &str) = ("MLFLOW_MCP_CREDENTIALS", "caller-authorization");
/// The SHA-256 of `our-own-token`.
const CALLERS: (&str, &str) = (
    "MLFLOW_MCP_CALLERS",
    r#"[{"name": "ann", "token_sha256": "847005933e58ef01e5f91107776d3d6aaf24b72cab2124a29b0eb93f68f4046a"}]"#,
);

fn message(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

fn get_run() -> String {
    message("tools/call", &json!({"name": "get_run", "arguments": {"run_id": "abc"}}))
}

/// What a call of `get_run` with these headers gives.
fn asked(mlflow: &Mlflow, variables: &[(&str, &str)], request: Request<Payload>) -> Value {
    let response = serve(mlflow, variables, request);
    assert_eq!(response.status(), 200);
    body(&response)["result"].take()
}

/// The headers of a request to MLflow that have to do with who asks.
fn shown(request: &Request<bytes::Bytes>) -> Vec<(&str, &str)> {
    let ordinary = ["accept", "user-agent", "content-type", "content-length", "range"];
    let mut shown: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .filter(|(name, _)| !ordinary.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    shown.sort_unstable();
    shown
}

#[test]
fn headers_and_the_workspace_go_with_every_request_besides_user_or_token() {
    let variables = [
        ("MLFLOW_TRACKING_TOKEN", "tok"),
        ("MLFLOW_MCP_TRACKING_HEADERS", r#"{"X-Api-Key": "k 1", "cf-access-client-id": "c"}"#),
        ("MLFLOW_WORKSPACE", "team-blue"),
    ];
    let mlflow = Mlflow::always(200, RUN);
    success(&asked(&mlflow, &variables, post(&[], &get_run())));
    call_with(&mlflow, &variables, "set_run_tag", json!({"run_id": "abc", "key": "k", "value": "v"}));
    let expected = [
        ("authorization", "Bearer tok"),
        ("cf-access-client-id", "c"),
        ("x-api-key", "k 1"),
        ("x-mlflow-workspace", "team-blue"),
    ];
    assert!(mlflow.seen().len() >= 2);
    assert!(mlflow.seen().iter().all(|request| shown(request) == expected));
    let own = [("MLFLOW_MCP_TRACKING_HEADERS", r#"{"Authorization": "Negotiate abc"}"#)];
    let mlflow = Mlflow::always(200, RUN);
    success(&asked(&mlflow, &own, post(&[], &get_run())));
    assert_eq!(shown(&mlflow.seen()[0]), [("authorization", "Negotiate abc")]);
}

#[test]
fn what_a_caller_sends_goes_to_mlflow_only_where_callers_bring_their_own() {
    let headers = [
        ("authorization", "Bearer our-own-token"),
        ("x-mlflow-authorization", "Basic Ym9iOmh1bnRlcjI="),
        ("x-mlflow-workspace", "team-blue"),
        ("cookie", "session=1"),
        ("x-api-key", "mine"),
    ];
    let workspace = ("x-mlflow-workspace", "team-blue");
    let theirs = vec![("authorization", "Basic Ym9iOmh1bnRlcjI="), workspace];
    for (variables, expected) in [
        (vec![], vec![]),
        (vec![("MLFLOW_TRACKING_TOKEN", "tok")], vec![("authorization", "Bearer tok")]),
        (vec![CALLERS, ("MLFLOW_TRACKING_TOKEN", "tok")], vec![("authorization", "Bearer tok")]),
        (vec![CALLER], theirs.clone()),
        (vec![CALLER, CALLERS], theirs),
        (vec![FACADE], vec![("authorization", "Bearer our-own-token"), workspace]),
    ] {
        let mlflow = Mlflow::always(200, RUN);
        success(&asked(&mlflow, &variables, post(&headers, &get_run())));
        assert_eq!(shown(&mlflow.seen()[0]), expected, "{variables:?}");
    }
}

#[test]
fn a_call_without_credentials_says_which_header_to_send_and_the_rest_works() {
    for (mode, header) in [(CALLER, "X-MLflow-Authorization"), (FACADE, "header Authorization")] {
        let result = asked(&Mlflow::untouched(), &[mode], post(&[("x-api-key", "k")], &get_run()));
        assert!(failure(&result).contains(header), "{result}");
        for method in ["tools/list", "resources/list", "resources/templates/list", "prompts/list", "ping"] {
            let list = asked(&Mlflow::untouched(), &[mode], post(&[], &message(method, &json!({}))));
            assert!(list.is_object(), "{method}: {list}");
        }
        let read = message("resources/read", &json!({"uri": "mlflow://run/abc"}));
        let error = body(&serve(&Mlflow::untouched(), &[mode], post(&[], &read)));
        assert!(error["error"]["message"].as_str().unwrap().contains(header), "{error}");
    }
}

#[test]
fn credentials_that_could_be_read_in_two_ways_reach_nobody() {
    let name = "x-mlflow-authorization";
    let good = "Basic Ym9iOmh1bnRlcjI=";
    for (headers, problem) in [
        (vec![(name, "Ym9iOmh1bnRlcjI=")], "what kind"),
        (vec![(name, good), (name, "Bearer x")], "twice"),
        (vec![(name, good), ("x-mlflow-workspace", "a"), ("x-mlflow-workspace", "b")], "twice"),
        (vec![(name, "Bearer a\tb")], "visible ASCII"),
        (vec![(name, "Bearer t\u{f6}ken")], "visible ASCII"),
        (vec![(name, good), ("x-mlflow-workspace", "t\u{f6}am")], "visible ASCII"),
    ] {
        let result = asked(&Mlflow::untouched(), &[CALLER], post(&headers, &get_run()));
        assert!(failure(&result).contains(problem), "{headers:?}: {result}");
    }
    // What would end a line cannot even be in a header: an HTTP server that let it through would be the fault.
    assert!(HeaderValue::from_bytes(b"Bearer a\r\nX-Evil: 1").is_err());
}

#[test]
fn the_token_of_this_server_is_not_passed_on_even_if_a_client_asks_for_it() {
    let headers =
        [("authorization", "Bearer our-own-token"), ("x-mlflow-authorization", "Bearer our-own-token")];
    let result = asked(&Mlflow::untouched(), &[CALLER, CALLERS], post(&headers, &get_run()));
    assert!(failure(&result).contains("MLflow must not see"), "{result}");
}

#[test]
fn what_mlflow_refuses_is_the_callers_to_mend() {
    let headers = [("x-mlflow-authorization", "Basic Ym9iOmh1bnRlcjI=")];
    let mlflow = Mlflow::always(401, "You are not authenticated.");
    let result = asked(&mlflow, &[CALLER], post(&headers, &get_run()));
    let text = failure(&result);
    assert!(text.contains("X-MLflow-Authorization") && !text.contains("MLFLOW_TRACKING_"), "{text}");
}

#[test]
fn variables_that_contradict_each_other_are_named_both_and_values_are_not_shown() {
    let secret = "hunter2hunter2";
    for (variables, named) in [
        (vec![("MLFLOW_MCP_CREDENTIALS", secret)], vec!["MLFLOW_MCP_CREDENTIALS must be service, caller"]),
        (vec![FACADE, CALLERS], vec!["MLFLOW_MCP_CREDENTIALS", "MLFLOW_MCP_CALLERS"]),
        (vec![CALLER, ("MLFLOW_TRACKING_TOKEN", secret)], vec!["MLFLOW_MCP_CREDENTIALS", "_TRACKING_TOKEN"]),
        (vec![FACADE, ("MLFLOW_TRACKING_USERNAME", "bob")], vec!["MLFLOW_MCP_CREDENTIALS", "_USERNAME"]),
        (vec![CALLER, ("MLFLOW_TRACKING_PASSWORD", secret)], vec!["MLFLOW_MCP_CREDENTIALS", "_PASSWORD"]),
        (vec![CALLER, ("MLFLOW_WORKSPACE", "w")], vec!["MLFLOW_MCP_CREDENTIALS", "MLFLOW_WORKSPACE"]),
        (
            vec![CALLER, ("MLFLOW_MCP_TRACKING_HEADERS", r#"{"X-Key": "hunter2hunter2"}"#)],
            vec!["MLFLOW_MCP_CREDENTIALS", "MLFLOW_MCP_TRACKING_HEADERS"],
        ),
        (
            vec![CALLER, ("MLFLOW_TRACKING_URI", "http://bob:hunter2hunter2@h.test")],
            vec!["MLFLOW_MCP_CREDENTIALS", "MLFLOW_TRACKING_URI has a user"],
        ),
        (vec![("MLFLOW_WORKSPACE", "hunter2hunter2\u{e9}")], vec!["MLFLOW_WORKSPACE"]),
    ] {
        let given = post(
            &[("x-mlflow-authorization", "Bearer x"), ("authorization", "Bearer our-own-token")],
            &get_run(),
        );
        let result = asked(&Mlflow::untouched(), &variables, given);
        let text = failure(&result);
        assert!(named.iter().all(|name| text.contains(name)), "{variables:?}: {text}");
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn headers_that_are_no_headers_or_not_the_operators_to_set_are_refused() {
    let with = |text: &str| {
        let variables = [
            ("MLFLOW_TRACKING_TOKEN", "tok"),
            ("MLFLOW_WORKSPACE", "w"),
            ("MLFLOW_MCP_TRACKING_HEADERS", text),
        ];
        let result = asked(&Mlflow::untouched(), &variables, post(&[], &get_run()));
        failure(&result).to_owned()
    };
    for (text, problem) in [
        ("X-Key: hunter2", "must be a JSON object"),
        (r#"["hunter2"]"#, "must be a JSON object"),
        (r#"{"X-Key": {"a": "hunter2"}}"#, "must be a JSON object"),
        (r#"{"X Key": "hunter2"}"#, "no header's name"),
        (r#"{"X-Key\r\nX-Evil": "hunter2"}"#, "no header's name"),
        (r#"{"X-Key": "hunter2\r\nX-Evil: 1"}"#, "X-Key with a value that no HTTP header can carry"),
        (r#"{"X-Key": "hunter2\u0000"}"#, "no HTTP header can carry"),
        (r#"{"X-Key": ""}"#, "no HTTP header can carry"),
        (r#"{"X-Key": "hunter2", "x-key": "b"}"#, "it has already"),
        (r#"{"authorization": "hunter2"}"#, "another variable sets"),
        (r#"{"X-MLflow-Workspace": "hunter2"}"#, "another variable sets"),
        (r#"{"Host": "hunter2"}"#, "sets itself"),
        (r#"{"content-length": "7"}"#, "sets itself"),
        (r#"{"Keep-Alive": "7"}"#, "sets itself"),
    ] {
        let said = with(text);
        assert!(said.contains(problem) && said.contains("MLFLOW_MCP_TRACKING_HEADERS"), "{text}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn browsers_may_send_the_headers() {
    let asked = "x-mlflow-authorization, x-mlflow-workspace";
    let mut request =
        post(&[("origin", "http://localhost:5173"), ("access-control-request-headers", asked)], "");
    *request.method_mut() = http::Method::OPTIONS;
    let response = serve(&Mlflow::untouched(), &[CALLER], request);
    assert_eq!(response.headers()["access-control-allow-headers"], asked);
}
