//! How far a token lets its holder go.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::support::{Mlflow, body, failure, post, serve, success};
use super::{METADATA, RUN, ask, challenge, right, status, trust, with, without};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

fn call(tool: &str) -> String {
    let arguments = json!({"run_id": "abc", "key": "k", "value": "v"});
    let arguments = if tool == "set_run_tag" { arguments } else { json!({"run_id": "abc"}) };
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
        .to_string()
}

fn listed(trust: &Value, token: &str) -> Vec<String> {
    let list = body(&ask(trust, token, LIST));
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

fn insufficient(response: &Response<Bytes>, scope: &str) {
    let said = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\", {METADATA}");
    assert_eq!(challenge(response), (403, said.as_str()));
}

#[test]
fn a_scope_admits_its_class_and_those_below_and_what_is_not_admitted_is_not_listed() {
    let has = |token, tool: &str| listed(&trust(), right(token)).contains(&tool.to_owned());
    for (token, read, write, delete) in [
        ("rs256", true, false, false),
        ("write", true, true, false),
        ("scp_text", true, true, false),
        ("scp_list", true, true, false),
        ("delete", true, true, true),
    ] {
        let listed = (has(token, "get_run"), has(token, "set_run_tag"), has(token, "delete_run"));
        assert_eq!(listed, (read, write, delete), "{token}");
    }
}

#[test]
fn a_call_beyond_the_scope_is_403_and_says_which_scope_is_missing() {
    let ask = |token, tool| super::ask_of(&Mlflow::untouched(), &trust(), right(token), &call(tool));
    insufficient(&ask("rs256", "set_run_tag"), "mlflow:write");
    insufficient(&ask("rs256", "delete_run"), "mlflow:delete");
    insufficient(&ask("write", "delete_run"), "mlflow:delete");
    let error = body(&ask("rs256", "set_run_tag"));
    assert_eq!((&error["id"], &error["error"]["code"]), (&json!(1), &json!(-32600)));
    let served = super::ask(&trust(), right("write"), &call("set_run_tag"));
    success(&body(&served)["result"]);
    success(&body(&super::ask(&trust(), right("rs256"), &call("get_run")))["result"]);
}

#[test]
fn a_call_beyond_the_scope_is_in_the_audit_trail() {
    let mlflow = Mlflow::untouched();
    super::ask_of(&mlflow, &trust(), right("rs256"), &call("set_run_tag"));
    let lines: Vec<Value> =
        mlflow.lines_of_log().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    for (member, expected) in [
        ("tool", json!("set_run_tag")),
        ("effect", json!("overwrite")),
        ("decision", json!("denied")),
        ("outcome", json!("refused")),
        ("ids", json!({"run_id": "abc"})),
        ("mlflow_calls", json!(0)),
    ] {
        assert_eq!(line[member], expected, "{member}: {line}");
    }
    assert!(line["caller"].is_string(), "{line}");
}

#[test]
fn a_call_beyond_the_scope_is_403_in_every_revision_and_in_a_batch_before_anything_runs() {
    let oauth = trust().to_string();
    let bearer = format!("Bearer {}", right("rs256"));
    let ask = |version: &str, text: &str| {
        let mut headers = vec![("authorization", bearer.as_str())];
        if !version.is_empty() {
            headers.push(("mcp-protocol-version", version));
        }
        serve(&Mlflow::untouched(), &[("MLFLOW_MCP_OAUTH", &oauth)], post(&headers, text))
    };
    for version in ["", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        insufficient(&ask(version, &call("set_run_tag")), "mlflow:write");
    }
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                      "io.modelcontextprotocol/clientCapabilities": {}});
    let params = json!({"name": "set_run_tag", "arguments": {"run_id": "abc", "key": "k", "value": "v"}, "_meta": meta});
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    insufficient(&ask("2026-07-28", &text), "mlflow:write");
    let batch = format!("[{},{}]", call("get_run"), call("set_run_tag"));
    insufficient(&ask("2025-03-26", &batch), "mlflow:write");
}

#[test]
fn a_token_without_any_scope_that_means_something_here_gets_403() {
    for token in ["no_scope", "foreign_scopes", "permissions"] {
        for text in [LIST, super::PING, r#"{"jsonrpc":"2.0","id":1,"method":"prompts/list"}"#] {
            insufficient(&ask(&trust(), right(token), text), "mlflow:read");
        }
    }
}

#[test]
fn scopes_are_read_from_the_claim_that_is_named() {
    let trust = with("scope_claim", json!("permissions"));
    assert_eq!(status(&trust, right("permissions")), 200);
    assert_eq!(status(&trust, right("rs256")), 403);
}

#[test]
fn without_scopes_the_policy_alone_decides() {
    let trust = without("scopes");
    assert!(listed(&trust, right("no_scope")).contains(&"delete_run".to_owned()));
    success(&body(&ask(&trust, right("no_scope"), &call("set_run_tag")))["result"]);
}

#[test]
fn nobody_is_sent_for_a_scope_that_would_not_help() {
    let (oauth, bearer) = (trust().to_string(), format!("Bearer {}", right("rs256")));
    let ask = |more: &[(&str, &str)], headers: &[(&str, &str)], tool: &str| {
        let variables = [&[("MLFLOW_MCP_OAUTH", oauth.as_str())], more].concat();
        let headers = [&[("authorization", bearer.as_str())], headers].concat();
        serve(&Mlflow::untouched(), &variables, post(&headers, &call(tool)))
    };
    for (variables, headers) in [
        (vec![("MLFLOW_MCP_READ_ONLY", "true")], vec![]),
        (vec![("MLFLOW_MCP_POLICY", r#"{"version": "1", "tools": {"get_*": {}}}"#)], vec![]),
        (vec![], vec![("x-mcp-readonly", "true")]),
        (vec![], vec![("x-mcp-tools", "get_run")]),
    ] {
        let response = ask(&variables, &headers, "set_run_tag");
        assert_eq!(response.status(), 200, "{variables:?} {headers:?}");
        failure(&body(&response)["result"]);
    }
    let unknown = ask(&[], &[], "no_such_tool");
    assert_eq!(body(&unknown)["error"]["code"], -32602);
    let narrow = with("scopes", json!({"mlflow:read": "low"}));
    let response = super::ask(&narrow, right("rs256"), &call("set_run_tag"));
    assert_eq!(response.status(), 200);
    assert!(
        failure(&body(&response)["result"])
            .contains("the scope of the token leaves only tools up to low risk")
    );
}

#[test]
fn requests_narrow_a_token_further_and_never_widen_it() {
    let (oauth, bearer) = (trust().to_string(), format!("Bearer {}", right("rs256")));
    let all = listed(&trust(), right("rs256"));
    for header in
        [("x-mcp-readonly", "false"), ("x-mcp-tools", "get_run,set_run_tag"), ("x-mcp-toolsets", "core")]
    {
        let request = post(&[("authorization", &bearer), header], LIST);
        let list = body(&serve(&Mlflow::always(200, RUN), &[("MLFLOW_MCP_OAUTH", &oauth)], request));
        let tools = list["result"]["tools"].as_array().unwrap().clone();
        assert!(
            tools.iter().all(|tool| all.contains(&tool["name"].as_str().unwrap().to_owned())),
            "{header:?}"
        );
    }
}
