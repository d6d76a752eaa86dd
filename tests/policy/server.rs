//! The policy at the door, as clients see it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases;
use super::support::{Mlflow, answer, body, call_with, failure, post, serve, success};

const RUN: &str = r#"{"run": {"info": {"run_id": "abc", "experiment_id": "7"}}}"#;

fn rpc(mlflow: &Mlflow, policy: &str, method: &str, params: Value) -> Value {
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    body(&serve(mlflow, &[("MLFLOW_MCP_POLICY", policy)], post(&[], &text)))
}

fn listed(variables: &[(&str, &str)]) -> Vec<String> {
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let list = body(&serve(&Mlflow::untouched(), variables, post(&[], &text)));
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

proptest! {
    // Each asks for the whole list and calls every tool: thousands of calls.
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_list_and_the_calls_agree(policy in cases::policy()) {
        let text = policy.to_string();
        let variables = [("MLFLOW_MCP_POLICY", text.as_str())];
        let listed = listed(&variables);
        for spec in cases::specs() {
            let result = call_with(&Mlflow::always(404, "{}"), &variables, spec.name, json!({}));
            let said = result["content"][0]["text"].as_str().unwrap();
            let denied = said.contains(" is denied: ") && !said.contains(" wants ");
            prop_assert_eq!(listed.contains(&spec.name.to_owned()), !denied, "{}: {}", spec.name, said);
        }
    }
}

#[test]
fn a_denied_call_says_which_rule_denied_it_and_asks_mlflow_nothing() {
    let policy = r#"{"version": "1", "default": "allow", "tools": {"delete_*": {"action": "deny", "reason": "Kept for the audit."}}}"#;
    let variables = [("MLFLOW_MCP_POLICY", policy)];
    let result = call_with(&Mlflow::untouched(), &variables, "delete_run", json!({}));
    assert_eq!(
        failure(&result),
        "Error executing tool delete_run: delete_run is denied: the policy's rule \"delete_*\" says so (Kept for the \
         audit.). The operator decides that, in MLFLOW_MCP_POLICY; trying again will not help."
    );
    assert!(!listed(&variables).contains(&"delete_run".to_owned()));
}

#[test]
fn without_a_policy_a_deletion_is_refused_with_the_entry_that_allows_it() {
    let variables = [("MLFLOW_MCP_POLICY", "")];
    let result = call_with(&Mlflow::untouched(), &variables, "delete_run", json!({"run_id": "abc"}));
    let text = failure(&result);
    assert!(text.contains("\"risk:high\" wants a person to approve delete_run"), "{text}");
    assert!(text.contains(r#""tools": {"delete_run": {"action": "allow"}}"#), "{text}");
    assert!(listed(&variables).contains(&"delete_run".to_owned()));
}

#[test]
fn a_policy_that_is_wrong_admits_nothing_and_every_call_says_so() {
    let policy = r#"{"version": "1", "default": "allow", "tools": {"delete_rum": {"action": "deny"}}}"#;
    let variables = [("MLFLOW_MCP_POLICY", policy)];
    for spec in cases::specs() {
        let result = call_with(&Mlflow::untouched(), &variables, spec.name, json!({}));
        let text = failure(&result);
        assert!(
            text.contains("MLFLOW_MCP_POLICY is wrong") && text.contains("Did you mean \"delete_run\"?"),
            "{text}"
        );
    }
    let read = rpc(&Mlflow::untouched(), policy, "resources/read", json!({"uri": "mlflow://run/abc"}));
    assert!(read["error"]["message"].as_str().unwrap().contains("MLFLOW_MCP_POLICY is wrong"));
    assert_eq!(listed(&variables).len(), cases::specs().len());
}

#[test]
fn read_only_and_toolsets_narrow_whatever_the_policy_says() {
    let only_reads = listed(&[("MLFLOW_MCP_READ_ONLY", "true")]);
    for spec in cases::specs() {
        let reads = spec.effect == mlflow_mcp::spec::Effect::Read;
        assert_eq!(only_reads.contains(&spec.name.to_owned()), reads, "{}", spec.name);
    }
    let variables = [("MLFLOW_MCP_READ_ONLY", "1")];
    let result = call_with(&Mlflow::untouched(), &variables, "delete_run", json!({"run_id": "a"}));
    assert!(failure(&result).contains("MLFLOW_MCP_READ_ONLY leaves only tools that read"), "{result}");
    for (name, value) in [("MLFLOW_MCP_READ_ONLY", "yes"), ("MLFLOW_MCP_TOOLSETS", "cor")] {
        let result = call_with(&Mlflow::untouched(), &[(name, value)], "health", json!({}));
        assert!(failure(&result).contains(name), "{result}");
    }
}

#[test]
fn a_condition_sees_the_arguments_as_the_tool_gets_them() {
    let policy = r#"{"version": "1", "tools": {"get_run": {"arguments": {"run_id": "abc"}}, "set_run_tag": {"arguments": {"key": "team.*"}}}}"#;
    let variables = [("MLFLOW_MCP_POLICY", policy)];
    let call =
        |tool: &str, arguments: Value| call_with(&Mlflow::always(200, RUN), &variables, tool, arguments);
    success(&call("get_run", json!({"run_id": "abc"})));
    for run in [json!("abd"), json!(" abc"), json!("ABC"), json!(7)] {
        let refused = call_with(&Mlflow::untouched(), &variables, "get_run", json!({"run_id": run}));
        let text = failure(&refused);
        assert!(text.contains("wants argument \"run_id\" to be \"abc\""), "{text}");
    }
    let tag = |key: &str| json!({"run_id": "x", "key": key, "value": "v"});
    success(&call("set_run_tag", tag("team.owner")));
    assert!(failure(&call("set_run_tag", tag("mlflow.user"))).contains("\"team.*\""));
}

#[test]
fn where_the_policy_says_so_an_argument_confirms() {
    let policy = r#"{"version": "1", "tools": {"delete_run": {"action": "confirm"}}}"#;
    let variables = [("MLFLOW_MCP_POLICY", policy)];
    let list = rpc(&Mlflow::untouched(), policy, "tools/list", json!({}));
    assert_eq!(list["result"]["tools"][0]["inputSchema"]["properties"]["confirm"]["type"], "boolean");
    for arguments in [
        json!({"run_id": "a"}),
        json!({"run_id": "a", "confirm": false}),
        json!({"run_id": "a", "confirm": 1}),
    ] {
        let refused = call_with(&Mlflow::untouched(), &variables, "delete_run", arguments);
        assert!(failure(&refused).contains("confirm: true"), "{refused}");
    }
    let mlflow = Mlflow::always(200, "{}");
    let arguments = json!({"run_id": "a", "confirm": true});
    success(&call_with(&mlflow, &variables, "delete_run", arguments.clone()));
    assert_eq!(mlflow.seen().len(), 1);
    // Elsewhere it is an argument like any other that does not exist.
    let open = call_with(&Mlflow::untouched(), &[], "delete_run", arguments);
    assert!(failure(&open).contains("no argument confirm"), "{open}");
}

#[test]
fn a_resource_is_no_way_around_the_tool_that_shows_the_same() {
    for (tool, uri) in [
        ("health", "mlflow://server"),
        ("get_run", "mlflow://run/abc"),
        ("get_artifact_content", "mlflow://run/abc/artifacts/a.txt"),
        ("search_experiments", "mlflow://experiment/7"),
        ("get_experiment_by_name", "mlflow://experiment-by-name/nightly"),
        ("risk:low", "mlflow://registered-model/churn"),
        ("risk:low", "mlflow://model-version/churn/1"),
    ] {
        let policy =
            json!({"version": "1", "default": "allow", "tools": {tool: {"action": "deny"}}}).to_string();
        let read = rpc(&Mlflow::untouched(), &policy, "resources/read", json!({"uri": uri}));
        let message = read["error"]["message"].as_str().unwrap_or_else(|| panic!("{read}"));
        assert_eq!((&read["error"]["code"], &read["error"]["data"]["uri"]), (&json!(403), &json!(uri)));
        assert!(message.contains(&format!("the policy's rule {tool:?} says so")), "{message}");
    }
    let only = r#"{"version": "1", "tools": {"get_run": {"arguments": {"run_id": "abc"}}}}"#;
    let read = |uri: &str| rpc(&Mlflow::always(200, RUN), only, "resources/read", json!({"uri": uri}));
    assert!(read("mlflow://run/abc")["result"]["contents"][0]["text"].is_string());
    assert!(read("mlflow://run/abd")["error"]["message"].as_str().unwrap().contains("\"abc\""));
}

#[test]
fn lists_of_resources_and_completions_leave_out_what_is_denied() {
    let mlflow = || {
        Mlflow::new(|request| {
            Ok(match request.uri().path() {
                "/api/2.0/mlflow/experiments/search" => {
                    answer(200, r#"{"experiments": [{"experiment_id": "7", "name": "nightly"}]}"#)
                }
                _ => answer(200, r#"{"runs": [{"info": {"run_id": "abc", "experiment_id": "7"}}]}"#),
            })
        })
    };
    let deny = |tool: &str| {
        json!({"version": "1", "default": "allow", "tools": {tool: {"action": "deny"}}}).to_string()
    };
    let uris = |policy: &str| {
        let list = rpc(&mlflow(), policy, "resources/list", json!({}));
        let resources = list["result"]["resources"].as_array().unwrap().clone();
        resources.iter().map(|one| one["uri"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(uris(&deny("health")), ["mlflow://experiment/7", "mlflow://run/abc"]);
    assert_eq!(uris(&deny("search_experiments")), ["mlflow://server", "mlflow://run/abc"]);
    assert_eq!(uris(&deny("query_runs")), ["mlflow://server", "mlflow://experiment/7"]);
    assert_eq!(uris(r#"{"version": "1"}"#), Vec::<String>::new());
    let reference = json!({"type": "ref/prompt", "name": "diagnose_run"});
    let params = json!({"ref": reference, "argument": {"name": "run_id", "value": "a"}});
    let values = |policy: &str| {
        rpc(&mlflow(), policy, "completion/complete", params.clone())["result"]["completion"]["values"].take()
    };
    assert_eq!(values(&deny("health")), json!(["abc"]));
    assert_eq!(values(&deny("query_runs")), json!([]));
}
