//! Narrowing by request, as clients see it.

use http::Request;
use mlflow_mcp::mcp::Payload;
use mlflow_mcp::spec::{Effect, Toolset};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{Mlflow, body, post, serve};
use super::{cases, spec};

/// Status and body of a request to that path.
fn ask(
    variables: &[(&str, &str)],
    path: &str,
    headers: &[(&str, &str)],
    method: &str,
    params: Value,
) -> (u16, Value) {
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let mut request: Request<Payload> = post(headers, &text);
    *request.uri_mut() = format!("http://127.0.0.1:3000{path}").parse().unwrap();
    let response = serve(&Mlflow::always(404, "{}"), variables, request);
    (response.status().as_u16(), body(&response))
}

fn listed(variables: &[(&str, &str)], path: &str, headers: &[(&str, &str)]) -> Vec<String> {
    let (status, list) = ask(variables, path, headers, "tools/list", json!({}));
    assert_eq!(status, 200, "{list}");
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

fn denied(variables: &[(&str, &str)], path: &str, headers: &[(&str, &str)], tool: &str) -> bool {
    let (_, answer) = ask(variables, path, headers, "tools/call", json!({"name": tool}));
    answer["result"]["content"][0]["text"].as_str().unwrap().contains(" is denied: ")
}

/// Headers that narrow, and a path.
fn requests() -> impl Strategy<Value = (String, Vec<(&'static str, String)>)> {
    let names: Vec<&'static str> = cases::specs().iter().map(|spec| spec.name).collect();
    let some = proptest::sample::subsequence(names, 1..6).prop_map(|names| names.join(", "));
    let header = prop_oneof![
        Just(("X-MCP-Readonly", "true".to_owned())),
        Just(("X-MCP-Readonly", "false".to_owned())),
        Just(("X-MCP-Toolsets", "core".to_owned())),
        some.clone().prop_map(|names| ("X-MCP-Tools", names)),
        some.prop_map(|names| ("X-MCP-Exclude-Tools", names)),
    ];
    let path = prop_oneof![
        2 => Just("/mcp"), 1 => Just("/mcp/readonly"), 1 => Just("/mcp/x/core"), 1 => Just("/mcp/x/core/readonly")
    ];
    (path.prop_map(str::to_owned), proptest::collection::vec(header, 0..4))
}

proptest! {
    // Each asks for two lists and calls every tool: thousands of calls.
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_request_never_sees_or_calls_more_than_the_policy_lets_it((path, headers) in requests(), policy in cases::policy()) {
        let policy = policy.to_string();
        let variables = [("MLFLOW_MCP_POLICY", policy.as_str())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let whole = listed(&variables, "/mcp", &[]);
        let narrowed = listed(&variables, &path, &headers);
        prop_assert!(narrowed.iter().all(|tool| whole.contains(tool)));
        for tool in &whole {
            if !narrowed.contains(tool) {
                prop_assert!(denied(&variables, &path, &headers, tool), "{} is not listed and can be called", tool);
            }
        }
    }
}

#[test]
fn headers_and_paths_leave_what_they_say() {
    let all = listed(&[], "/mcp", &[]);
    let reads: Vec<String> = all.iter().filter(|name| spec(name).effect == Effect::Read).cloned().collect();
    assert!(reads.len() < all.len());
    assert_eq!(listed(&[], "/mcp", &[("X-MCP-Readonly", "true")]), reads);
    assert_eq!(listed(&[], "/mcp/readonly", &[]), reads);
    assert_eq!(listed(&[], "/mcp/readonly/", &[]), reads);
    let core: Vec<String> =
        reads.iter().filter(|name| spec(name).toolset == Toolset::Core).cloned().collect();
    assert_eq!(listed(&[], "/mcp/x/core/readonly", &[]), core);
    assert_eq!(listed(&[], "/mcp", &[("X-MCP-Tools", "get_run,delete_run")]), ["get_run", "delete_run"]);
    assert_eq!(listed(&[], "/mcp/readonly", &[("X-MCP-Tools", "get_run, delete_run")]), ["get_run"]);
    let two = [("X-MCP-Tools", "get_run, delete_run"), ("X-MCP-Exclude-Tools", "get_run")];
    assert_eq!(listed(&[], "/mcp", &two), ["delete_run"]);
    for tool in all {
        let out = spec(&tool).toolset.name() != "core";
        assert_eq!(listed(&[], "/mcp/x/core", &[]).contains(&tool), !out);
    }
}

#[test]
fn a_narrowed_call_says_what_narrowed_it() {
    for (path, headers, source) in [
        ("/mcp/readonly", vec![], "the path leaves only tools that read"),
        ("/mcp", vec![("X-MCP-Readonly", "1")], "X-MCP-Readonly leaves only tools that read"),
        ("/mcp", vec![("X-MCP-Tools", "get_run")], "X-MCP-Tools does not name it"),
        ("/mcp", vec![("X-MCP-Exclude-Tools", "delete_run")], "X-MCP-Exclude-Tools excludes it"),
    ] {
        let (status, answer) = ask(&[], path, &headers, "tools/call", json!({"name": "delete_run"}));
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(status == 200 && text.contains(source), "{text}");
    }
    let read = json!({"uri": "mlflow://run/abc"});
    let (_, answer) = ask(&[], "/mcp", &[("X-MCP-Exclude-Tools", "get_run")], "resources/read", read);
    assert!(
        answer["error"]["message"].as_str().unwrap().contains("X-MCP-Exclude-Tools excludes it"),
        "{answer}"
    );
}

#[test]
fn names_that_do_not_exist_are_400_with_the_nearest() {
    for (path, header, near) in [
        ("/mcp", ("X-MCP-Tools", "get_rum"), "Did you mean \"get_run\"?"),
        ("/mcp", ("X-MCP-Exclude-Tools", "delete_rum"), "Did you mean \"delete_run\"?"),
        ("/mcp", ("X-MCP-Toolsets", "cor"), "Did you mean \"core\"?"),
        (
            "/mcp/x/cor",
            ("X-MCP-Readonly", "true"),
            "the path: there is no toolset \"cor\". Did you mean \"core\"?",
        ),
        ("/mcp", ("X-MCP-Readonly", "maybe"), "X-MCP-Readonly is true or false"),
        ("/mcp", ("X-MCP-Tools", ","), "X-MCP-Tools is a list of names"),
    ] {
        let (status, answer) = ask(&[], path, &[header], "tools/list", json!({}));
        assert_eq!((status, answer["error"]["code"].as_i64()), (400, Some(-32600)));
        assert!(answer["error"]["message"].as_str().unwrap().contains(near), "{answer}");
    }
    assert_eq!(ask(&[], "/mcp/write", &[], "tools/list", json!({})).0, 404);
}
