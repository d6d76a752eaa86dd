//! The items of the conformance suite, natively; `cargo xtask conformance` runs the suite itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::conformance::Fixtures;
use mlflow_mcp::mcp::{Answer, respond};
use serde_json::{Value, json};
use support::outlet::Recorder;
use support::{Mlflow, body, post, server, soon};

fn answer(outlet: &Recorder, headers: &[(&str, &str)], method: &str, params: &Value) -> Answer {
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    // What cannot be reached is left out of the lists.
    let mlflow = Mlflow::always(503, "");
    let (access, server) = server(&mlflow, &[]);
    soon(respond(|asking| server(asking).map(Fixtures::before), &access, None, outlet, post(headers, &text)))
}

/// A request of a client that can be asked everything.
fn ask(method: &str, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}, "sampling": {}, "roots": {}}
    });
    let name = params.get("name").or(params.get("uri")).and_then(Value::as_str).unwrap_or("").to_owned();
    let headers =
        [("mcp-protocol-version", "2026-07-28"), ("mcp-method", method), ("mcp-name", name.as_str())];
    match answer(&Recorder::new(0), &headers, method, &params) {
        Answer::Whole(response) => body(&response),
        Answer::Streamed => panic!("streamed"),
    }
}

fn accept(content: Value) -> Value {
    json!({"action": "accept", "content": content})
}

#[test]
fn the_items_of_the_suite_stand_before_the_servers_own() {
    let tools = ask("tools/list", json!({}));
    let names: Vec<&str> = tools["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    let first_own = names.iter().position(|name| *name == "health").unwrap();
    assert_eq!(first_own, 20, "{names:?}");
    let suites = |name: &&str| name.starts_with("test_") || *name == "json_schema_2020_12_tool";
    assert!(names[..first_own].iter().all(suites), "{names:?}");
    assert_eq!(ask("resources/list", json!({}))["result"]["resources"][0]["uri"], "test://static-text");
    assert_eq!(ask("prompts/list", json!({}))["result"]["prompts"][0]["name"], "test_simple_prompt");
}

#[test]
fn answers_are_collected_over_three_rounds_in_a_state_that_changes() {
    let name = "test_input_required_result_multi_round";
    let first = ask("tools/call", json!({"name": name}))["result"].take();
    let responses = json!({"step1": accept(json!({"name": "Alice"}))});
    let state = &first["requestState"];
    let retry = json!({"name": name, "inputResponses": responses, "requestState": state});
    let second = ask("tools/call", retry)["result"].take();
    assert!(second["inputRequests"]["step2"].is_object(), "{second}");
    assert_ne!(&second["requestState"], state);
    let responses = json!({"step2": accept(json!({"color": "blue"}))});
    let retry = json!({"name": name, "inputResponses": responses, "requestState": second["requestState"]});
    assert_eq!(ask("tools/call", retry)["result"]["content"][0]["text"], "\"Alice\" likes \"blue\".");
}

#[test]
fn a_state_that_was_changed_or_is_another_tools_is_refused() {
    let name = "test_input_required_result_tampered_state";
    let asked = ask("tools/call", json!({"name": name}))["result"].take();
    let state = asked["requestState"].as_str().unwrap();
    let responses = json!({"confirm": accept(json!({"ok": true}))});
    let with = |name: &str, state: &str| {
        ask("tools/call", json!({"name": name, "inputResponses": responses, "requestState": state}))
    };
    let said = with(name, state);
    assert!(said["result"]["content"][0]["text"].as_str().unwrap().contains("state-ok"), "{said}");
    assert_eq!(with(name, &format!("{state}-TAMPERED"))["error"]["code"], -32602);
    assert_eq!(with("test_input_required_result_request_state", state)["error"]["code"], -32602);
}

#[test]
fn progress_is_told_three_times_each_by_itself() {
    let outlet = Recorder::new(usize::MAX);
    let params = json!({"name": "test_tool_with_progress", "_meta": {"progressToken": "t"}});
    let headers = [("accept", "application/json, text/event-stream")];
    assert!(matches!(answer(&outlet, &headers, "tools/call", &params), Answer::Streamed));
    let messages = outlet.messages();
    let told: Vec<&Value> = messages[..3].iter().map(|one| &one["params"]["progress"]).collect();
    assert_eq!(told, [&json!(0.0), &json!(50.0), &json!(100.0)]);
    assert_eq!(messages[3]["result"]["isError"], false);
}

#[test]
fn prompts_resources_and_completion_answer_as_the_suite_describes_them() {
    let prompt = json!({"name": "test_prompt_with_arguments", "arguments": {"arg1": "a", "arg2": "b"}});
    let text = "Prompt with arguments: arg1='a', arg2='b'";
    assert_eq!(ask("prompts/get", prompt)["result"]["messages"][0]["content"]["text"], text);
    let missing = ask("prompts/get", json!({"name": "test_prompt_with_arguments"}));
    assert_eq!(missing["error"]["code"], -32602);
    let read = ask("resources/read", json!({"uri": "test://template/123/data"}));
    assert!(read["result"]["contents"][0]["text"].as_str().unwrap().contains("123"), "{read}");
    let reference = json!({"type": "ref/prompt", "name": "test_prompt_with_arguments"});
    let argument = json!({"name": "arg1", "value": "par"});
    let completed = ask("completion/complete", json!({"ref": reference, "argument": argument}));
    assert_eq!(completed["result"]["completion"]["values"], json!(["paris", "park", "party"]));
}
