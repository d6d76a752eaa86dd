//! Requests of several rounds, and what else 2026-07-28 lets a service do that the product does not do yet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::Response;
use mlflow_mcp::mcp::{Access, Answer, respond};
use serde_json::{Value, json};
use support::desk::Desk;
use support::outlet::Recorder;
use support::{body, now, post};

const BOTH: &str = "application/json, text/event-stream";

/// A request of 2026-07-28 by a client that declares these capabilities.
fn modern(method: &str, capabilities: &Value, params: Value, more: &[(&str, &str)]) -> Answer {
    let mut params = params;
    let name = params["name"].as_str().unwrap().to_owned();
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities.clone();
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let mut headers =
        vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method), ("mcp-name", name.as_str())];
    headers.extend(more);
    now(respond(|_| Ok(Desk), &Access::default(), None, &Recorder::new(usize::MAX), post(&headers, &text)))
}

fn whole(answer: Answer) -> Response<Bytes> {
    match answer {
        Answer::Whole(response) => response,
        Answer::Streamed => panic!("streamed"),
    }
}

fn call(capabilities: &Value, params: Value) -> Value {
    let response = whole(modern("tools/call", capabilities, params, &[]));
    assert_eq!(response.status(), 200);
    body(&response)
}

fn legacy(version: &str, method: &str, params: Value) -> Value {
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let request = post(&[("mcp-protocol-version", version)], &text);
    let response = whole(now(respond(|_| Ok(Desk), &Access::default(), None, &Recorder::new(0), request)));
    assert_eq!(response.status(), 200);
    body(&response)
}

#[test]
fn a_tool_asks_and_goes_on_when_the_client_brings_the_answer_and_the_state_back() {
    let person = json!({"elicitation": {}});
    let asked = call(&person, json!({"name": "delete"}));
    let result = &asked["result"];
    assert_eq!(
        (&result["resultType"], &result["requestState"]),
        (&json!("input_required"), &json!("sealed"))
    );
    let request = &result["inputRequests"]["confirm"];
    assert_eq!(request["method"], "elicitation/create");
    assert_eq!(request["params"]["mode"], "form");
    assert_eq!(request["params"]["requestedSchema"]["required"], json!(["ok"]));
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "desk");
    assert_eq!(result.get("content"), None);
    for (response, said) in [
        (json!({"action": "accept", "content": {"ok": true}}), "deleted: true"),
        (json!({"action": "decline"}), "kept"),
        (json!({"action": "cancel"}), "kept"),
    ] {
        let responses = json!({"confirm": response, "unknown": {"action": "accept"}});
        let retry = json!({"name": "delete", "inputResponses": responses, "requestState": "sealed"});
        let done = call(&person, retry);
        assert_eq!(done["result"]["resultType"], "complete");
        assert_eq!(done["result"]["content"][0]["text"], said);
        assert_eq!(done["result"]["isError"], false);
    }
}

#[test]
fn a_client_that_forgets_an_answer_is_asked_again() {
    let person = json!({"elicitation": {"form": {}}});
    let retry = json!({"name": "delete", "inputResponses": {"other": {}}, "requestState": "sealed"});
    assert_eq!(call(&person, retry)["result"]["resultType"], "input_required");
}

#[test]
fn answers_and_state_that_are_none_are_invalid_parameters() {
    let accepted = json!({"confirm": {"action": "accept", "content": {"ok": true}}});
    for params in [
        json!({"name": "delete", "inputResponses": null}),
        json!({"name": "delete", "inputResponses": {"confirm": 12345}}),
        json!({"name": "delete", "inputResponses": {"confirm": {"action": "perhaps"}}}),
        json!({"name": "delete", "inputResponses": accepted, "requestState": 1}),
        json!({"name": "delete", "inputResponses": accepted, "requestState": "made up"}),
        json!({"name": "delete", "inputResponses": accepted}),
    ] {
        let answer = call(&json!({"elicitation": {}}), params.clone());
        assert_eq!(answer["error"]["code"], -32602, "{params}: {answer}");
    }
}

#[test]
fn several_questions_can_be_asked_at_once() {
    let everything = json!({"elicitation": {}, "sampling": {}, "roots": {}});
    let asked = call(&everything, json!({"name": "interview"}));
    let requests = asked["result"]["inputRequests"].as_object().unwrap();
    let methods: Vec<&Value> = requests.values().map(|request| &request["method"]).collect();
    assert_eq!(methods, ["roots/list", "sampling/createMessage", "elicitation/create"]);
    let sampling = &requests["model"]["params"];
    assert_eq!(sampling["maxTokens"], 10);
    assert_eq!(
        sampling["messages"],
        json!([{"role": "user", "content": {"type": "text", "text": "Hello?"}}])
    );
    assert_eq!(asked["result"].get("requestState"), None);
}

#[test]
fn a_client_is_never_asked_what_it_did_not_declare_in_this_request() {
    for (declared, required) in [
        (json!({}), json!({"elicitation": {}, "sampling": {}, "roots": {}})),
        (json!({"sampling": {}}), json!({"elicitation": {}, "roots": {}})),
        (json!({"elicitation": {"url": {}}, "sampling": {}, "roots": {}}), json!({"elicitation": {}})),
    ] {
        let response = whole(modern("tools/call", &declared, json!({"name": "interview"}), &[]));
        assert_eq!(response.status(), 400, "{declared}");
        let error = &body(&response)["error"];
        assert_eq!(error["code"], -32021);
        assert_eq!(error["data"]["requiredCapabilities"], required, "{declared}");
    }
}

#[test]
fn a_prompt_may_ask_too() {
    let person = json!({"elicitation": {}});
    let asked = body(&whole(modern("prompts/get", &person, json!({"name": "p"}), &[])));
    assert_eq!(asked["result"]["resultType"], "input_required");
    let responses = json!({"context": {"action": "accept", "content": {"ok": true}}});
    let retry = json!({"name": "p", "inputResponses": responses});
    let done = body(&whole(modern("prompts/get", &person, retry, &[])));
    assert_eq!(done["result"]["resultType"], "complete");
    let messages = done["result"]["messages"].as_array().unwrap();
    assert_eq!((&messages[0]["role"], &messages[0]["content"]["type"]), (&json!("user"), &json!("image")));
    assert_eq!(messages[1], json!({"role": "assistant", "content": {"type": "text", "text": "A pen."}}));
}

#[test]
fn a_client_of_an_older_revision_reads_why_it_is_not_asked() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        // What it claims to have been asked before counts for nothing, too.
        let responses = json!({"confirm": {"action": "accept", "content": {"ok": true}}});
        let params = json!({"name": "delete", "inputResponses": responses, "requestState": "sealed"});
        let result = &legacy(version, "tools/call", params)["result"];
        assert_eq!(result["isError"], true);
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(
            text.contains("elicitation") && text.contains("2026-07-28") && text.contains(version),
            "{text}"
        );
        assert_eq!(result.get("resultType"), None);
    }
}

#[test]
fn older_revisions_get_only_the_kinds_of_content_they_know() {
    for (version, kinds) in [
        ("2024-11-05", ["text", "image", "text", "resource", "text"]),
        ("2025-03-26", ["text", "image", "audio", "resource", "text"]),
        ("2025-06-18", ["text", "image", "audio", "resource", "resource_link"]),
        ("2025-11-25", ["text", "image", "audio", "resource", "resource_link"]),
    ] {
        let shown = legacy(version, "tools/call", json!({"name": "show"}));
        let content = shown["result"]["content"].as_array().unwrap();
        let found: Vec<&Value> = content.iter().map(|block| &block["type"]).collect();
        assert_eq!(found, kinds, "{version}");
        assert_eq!(content[3]["resource"]["blob"], "cGVu");
    }
}

#[test]
fn a_tool_without_an_output_schema_lists_none() {
    let list = legacy("2025-11-25", "tools/list", json!({}));
    assert!(list["result"]["tools"][0].get("outputSchema").is_none());
}

#[test]
fn an_argument_that_travels_in_a_header_must_be_the_same_in_both() {
    let params = json!({"name": "locate", "arguments": {"region": "us-west1"}});
    let locate = |headers: &[(&str, &str)]| whole(modern("tools/call", &json!({}), params.clone(), headers));
    let same = locate(&[("mcp-param-region", "us-west1")]);
    assert_eq!(body(&same)["result"]["structuredContent"]["region"], "us-west1");
    for headers in [&[][..], &[("mcp-param-region", "eu")], &[("mcp-param-region", "=?base64?%%?=")]] {
        let response = locate(headers);
        assert_eq!(response.status(), 400, "{headers:?}");
        assert_eq!(body(&response)["error"]["code"], -32020, "{headers:?}");
    }
    // Older revisions have no such headers.
    assert_eq!(legacy("2025-11-25", "tools/call", params)["result"]["isError"], false);
}

#[test]
fn a_listening_client_still_gets_the_status_of_an_error_that_comes_before_any_progress() {
    let params = json!({"name": "delete", "_meta": {"progressToken": 1}});
    let refused = modern("tools/call", &json!({}), params, &[("accept", BOTH)]);
    assert_eq!(whole(refused).status(), 400);
    let params = json!({"name": "show", "_meta": {"progressToken": 1}});
    let shown = modern("tools/call", &json!({}), params, &[("accept", BOTH)]);
    assert!(matches!(shown, Answer::Streamed));
}
