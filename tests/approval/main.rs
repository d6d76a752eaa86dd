//! Asking a person before a tool runs: what they read, what their answer does, and what passes for no answer.

#![allow(unreachable_pub, reason = "modules of a test program")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod deletions;
mod of_datasets;
mod world;

use mlflow_mcp::port::CounterError;
use serde_json::{Value, json};
use support::{OPEN, body};
use world::{World, refusal, yes};

fn run() -> Value {
    json!({"run_id": "abc"})
}

#[test]
fn a_person_reads_what_will_happen_and_a_yes_makes_it_happen_once() {
    let world = World::new();
    let (message, state) = world.ask("delete_run", &run());
    assert_eq!(
        message,
        "Delete run \"a \\\"name\\\"\\n\" (abc, FINISHED) of experiment \"nightly\". 1 run nested in it will stay without \
         it. Model versions made from it stay: \"churn\" 3. Until it is purged, restore_run or `mlflow runs restore --run-id abc` \
         restores it.\n\nThe call: delete_run(run_id: \"abc\")\nA yes is good for this call, once, within 10 minutes."
    );
    assert_eq!(world.changes(), Vec::<String>::new());
    let done = world.approve("delete_run", &run(), &state);
    assert_eq!((&done["isError"], &done["resultType"]), (&json!(false), &json!("complete")), "{done}");
    assert_eq!(world.changes(), ["POST /api/2.0/mlflow/runs/delete"]);
    let again = world.approve("delete_run", &run(), &state);
    assert!(refusal(&again).contains("used before and counts once"), "{again}");
    assert_eq!(world.changes().len(), 1);
}

#[test]
fn nobody_is_asked_about_what_would_fail_anyway() {
    let world = World::new();
    for (tool, arguments, says) in [
        ("delete_run", json!({"run_id": "nope"}), "RESOURCE_DOES_NOT_EXIST"),
        ("delete_run", json!({}), "\"run_id\" is missing"),
        ("delete_experiment", json!({"experiment_id": "nope"}), "there is no experiment"),
        ("delete_experiment", json!({"experiment_id": 0}), "MLflow's default"),
        ("delete_registered_model", json!({"name": "aliased"}), "in use by alias champion"),
        ("delete_model_alias", json!({"name": "aliased", "alias": "campion"}), "Did you mean \"champion\"?"),
    ] {
        let result = world.send(json!({"name": tool, "arguments": arguments}))["result"].take();
        assert!(refusal(&result).contains(says), "{tool}: {result}");
    }
}

#[test]
fn who_approves_something_else_approves_nothing() {
    let world = World::new();
    let (_, state) = world.ask("delete_run", &run());
    let foreign = World::new().with("MLFLOW_MCP_SEAL_KEY", "ff".repeat(32)).ask("delete_run", &run()).1;
    let elsewhere =
        World::new().with("MLFLOW_TRACKING_URI", "http://other.test:5000").ask("delete_run", &run()).1;
    let bob = World { token: "bob", ..World::new() };
    let altered = format!("{}A", &state[..state.len() - 1]);
    let other = json!({"run_id": "abd"});
    for (what, result) in [
        ("another argument", world.approve("delete_run", &other, &state)),
        ("another tool", world.approve("delete_experiment", &json!({"experiment_id": "7"}), &state)),
        ("another caller", bob.approve("delete_run", &run(), &state)),
        ("another server", world.approve("delete_run", &run(), &elsewhere)),
        ("an altered seal", world.approve("delete_run", &run(), &altered)),
        ("a foreign seal", world.approve("delete_run", &run(), &foreign)),
        ("no state", world.approve("delete_run", &run(), "")),
        ("a long state", world.approve("delete_run", &run(), &"A".repeat(100_000))),
    ] {
        assert!(refusal(&result).contains("no approval of this very call"), "{what}: {result}");
    }
    assert_eq!((world.changes(), bob.changes()), (Vec::new(), Vec::new()));
    world.store.sleep(600);
    assert!(refusal(&world.approve("delete_run", &run(), &state)).contains("came too late"));
    assert_eq!(world.changes(), Vec::<String>::new());
    let (_, state) = world.ask("delete_run", &run());
    world.store.sleep(599);
    assert_eq!(world.approve("delete_run", &run(), &state)["isError"], false);
}

#[test]
fn callers_with_credentials_of_their_own_approve_for_themselves_only() {
    let ask = |credentials: &str, more: Value| {
        let mut params = json!({"name": "delete_run", "arguments": run()});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                                 "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}});
        let text = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "delete_run"),
            ("authorization", credentials),
        ];
        let mut world = World::new().with("MLFLOW_MCP_CREDENTIALS", "caller-authorization");
        world.variables.retain(|(name, _)| *name != "MLFLOW_MCP_CALLERS");
        body(&world.respond(&headers, &text))["result"].take()
    };
    let state = ask("Bearer one", json!({}))["requestState"].take();
    let approved = json!({"inputResponses": {"approval": yes()}, "requestState": state});
    assert!(refusal(&ask("Bearer other", approved.clone())).contains("no approval of this very call"));
    assert_eq!(ask("Bearer one", approved)["isError"], false);
}

#[test]
fn a_no_and_a_closed_question_change_nothing_and_use_nothing_up() {
    let world = World::new();
    let (_, state) = world.ask("delete_run", &run());
    for (response, says) in [
        (json!({"action": "decline"}), "said no"),
        (json!({"action": "accept", "content": {"approve": false}}), "said no"),
        (json!({"action": "cancel"}), "without an answer"),
    ] {
        let result = world.reply("delete_run", &run(), response, &state);
        assert!(refusal(&result).contains(says), "{result}");
    }
    // What is no answer is asked again.
    for content in [json!({}), json!({"approve": "true"}), json!({"approve": 1}), json!({"approve": null})] {
        let response = json!({"action": "accept", "content": content});
        let result = world.reply("delete_run", &run(), response, &state);
        assert_eq!(result["resultType"], "input_required", "{result}");
    }
    assert_eq!(world.changes(), Vec::<String>::new());
    assert_eq!(world.approve("delete_run", &run(), &state)["isError"], false);
}

#[test]
fn a_no_holds_where_nobody_had_to_be_asked() {
    let world = World::new().with("MLFLOW_MCP_POLICY", OPEN);
    let result = world.reply("delete_run", &run(), json!({"action": "decline"}), "");
    assert!(refusal(&result).contains("said no"), "{result}");
    assert_eq!(world.changes(), Vec::<String>::new());
    assert_eq!(world.approve("delete_run", &run(), "whatever")["isError"], false);
    let keyless = World::new().with("MLFLOW_MCP_POLICY", OPEN).with("MLFLOW_MCP_SEAL_KEY", "");
    assert_eq!(keyless.approve("delete_run", &run(), "whatever")["isError"], false);
}

#[test]
fn asking_uses_up_no_limit_and_the_approved_call_does() {
    let policy = r#"{"version": "1", "tools": {"delete_run": {"action": "require_approval", "limits": [{"window": "day", "max": 1}]}}}"#;
    let world = World::new().with("MLFLOW_MCP_POLICY", policy);
    for _ in 0..5 {
        world.ask("delete_run", &run());
    }
    assert!(world.store.counts.borrow().is_empty());
    let (_, state) = world.ask("delete_run", &run());
    assert_eq!(world.approve("delete_run", &run(), &state)["isError"], false);
    world.store.sleep(1);
    let (_, state) = world.ask("delete_run", &run());
    assert!(refusal(&world.approve("delete_run", &run(), &state)).contains("1 call per day"));
    assert_eq!(world.changes().len(), 1);
}

#[test]
fn without_a_store_an_approval_is_short_and_says_so() {
    let world = World::new();
    world.store.fails.set(Some(CounterError::NoStore));
    let (message, state) = world.ask("delete_run", &run());
    assert!(message.ends_with("good for this call, within 60 seconds."), "{message}");
    assert_eq!(world.approve("delete_run", &run(), &state)["isError"], false);
    world.store.sleep(60);
    assert!(refusal(&world.approve("delete_run", &run(), &state)).contains("came too late"));
    // One that a store was to watch over does not pass without it.
    let world = World::new();
    let (_, state) = world.ask("delete_run", &run());
    world.store.fails.set(Some(CounterError::NoStore));
    assert!(refusal(&world.approve("delete_run", &run(), &state)).contains("is gone"));
    assert_eq!(world.changes(), Vec::<String>::new());
}

#[test]
fn without_a_key_nobody_is_asked_and_the_variable_is_named() {
    let world = World::new().with("MLFLOW_MCP_SEAL_KEY", "");
    let asked = world.send(json!({"name": "delete_run", "arguments": run()}))["result"].take();
    for result in [asked, world.approve("delete_run", &run(), "x.y")] {
        let text = refusal(&result);
        assert!(text.contains("MLFLOW_MCP_SEAL_KEY") && text.contains("openssl rand -hex 32"), "{text}");
    }
    assert_eq!(world.mlflow.lines(), Vec::<String>::new());
    // Reads go on; with a key that is wrong nothing does, until somebody notices.
    let read = |world: &World| world.send(json!({"name": "get_run", "arguments": run()}))["result"].take();
    assert_eq!(read(&world)["isError"], false);
    let wrong = read(&World::new().with("MLFLOW_MCP_SEAL_KEY", "hunter2"));
    assert!(
        refusal(&wrong).contains("MLFLOW_MCP_SEAL_KEY") && !refusal(&wrong).contains("hunter2"),
        "{wrong}"
    );
}

#[test]
fn a_client_that_cannot_ask_is_told_what_it_lacks_and_how_the_call_can_be_allowed() {
    let allows = r#""tools": {"delete_run": {"action": "allow"}}"#;
    for capabilities in [json!({}), json!({"elicitation": {"url": {}}})] {
        let world = World { capabilities, ..World::new() };
        let error = world.send(json!({"name": "delete_run", "arguments": run()}))["error"].take();
        assert_eq!(error["code"], -32021, "{error}");
        assert_eq!(error["data"]["requiredCapabilities"], json!({"elicitation": {}}));
        assert!(error["message"].as_str().unwrap().contains(allows), "{error}");
        assert_eq!(world.mlflow.lines(), Vec::<String>::new());
    }
    let world = World::new();
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let (_, state) = world.ask("delete_run", &run());
        let params = json!({"name": "delete_run", "arguments": run(), "requestState": state,
                            "inputResponses": {"approval": yes()}});
        let text = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        let headers = [("mcp-protocol-version", version), ("authorization", "Bearer ann")];
        let result = body(&world.respond(&headers, &text))["result"].take();
        assert!(refusal(&result).contains(allows), "{result}");
    }
    assert_eq!(world.changes(), Vec::<String>::new());
}

#[test]
fn where_an_argument_confirms_a_person_may_be_asked_instead() {
    let policy = r#"{"version": "1", "tools": {"delete_run": {"action": "confirm"}}}"#;
    let world = World::new().with("MLFLOW_MCP_POLICY", policy);
    let (message, state) = world.ask("delete_run", &run());
    assert!(message.contains("The call: delete_run(run_id: \"abc\")"), "{message}");
    assert_eq!(world.approve("delete_run", &run(), &state)["isError"], false);
    let confirmed = json!({"name": "delete_run", "arguments": {"run_id": "abc", "confirm": true}});
    assert_eq!(world.send(confirmed)["result"]["isError"], false);
    // Who cannot be asked reads of the argument, and no error of the protocol.
    let mute = World { capabilities: json!({}), ..World::new().with("MLFLOW_MCP_POLICY", policy) };
    let refused = mute.send(json!({"name": "delete_run", "arguments": run()}))["result"].take();
    assert!(refusal(&refused).contains("confirm: true"), "{refused}");
}

#[test]
fn a_tool_that_changes_nothing_is_asked_about_by_title_and_arguments() {
    let policy = r#"{"version": "1", "tools": {"*": {"action": "require_approval"}}}"#;
    let world = World::new().with("MLFLOW_MCP_POLICY", policy);
    let (message, _) = world.ask("get_run", &json!({"run_id": "v".repeat(5_000)}));
    assert!(message.starts_with("Get run.\n\nThe call: get_run(run_id: \"vvv"), "{message}");
    assert!(message.contains("... (5002 characters))") && message.len() < 600, "{message}");
    assert_eq!(world.mlflow.lines(), Vec::<String>::new());
    let (_, state) = world.ask("get_run", &run());
    assert_eq!(world.approve("get_run", &run(), &state)["isError"], false);
}

#[test]
fn a_resource_is_refused_with_the_tool_that_asks() {
    let policy = r#"{"version": "1", "tools": {"get_run": {"action": "require_approval"}}}"#;
    let world = World::new().with("MLFLOW_MCP_POLICY", policy);
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read",
                      "params": {"uri": "mlflow://run/abc"}});
    let read = body(&world.respond(&[("authorization", "Bearer ann")], &text.to_string()));
    assert_eq!(
        (&read["error"]["code"], &read["error"]["data"]["uri"]),
        (&json!(403), &json!("mlflow://run/abc"))
    );
    assert!(read["error"]["message"].as_str().unwrap().contains("call the tool get_run instead"), "{read}");
    assert_eq!(world.mlflow.lines(), Vec::<String>::new());
}

#[test]
fn the_audit_trail_tells_who_was_asked_and_what_they_said() {
    let world = World::new();
    let (_, state) = world.ask("delete_run", &run());
    world.approve("delete_run", &run(), &state);
    world.approve("delete_run", &run(), &state);
    let (_, state) = world.ask("delete_run", &run());
    world.reply("delete_run", &run(), json!({"action": "decline"}), &state);
    let told: Vec<Value> = world
        .mlflow
        .lines_of_log()
        .iter()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            assert!(line["caller"] == "ann" && !line.to_string().contains(&state), "{line}");
            json!([line["event"], line["decision"], line["rule"], line["approval"], line["outcome"]])
        })
        .collect();
    let asked = || json!(["call", "unapproved", "risk:high", null, "asked"]);
    let expected = [
        asked(),
        json!(["intent", "allowed", "risk:high", "person", null]),
        json!(["call", "allowed", "risk:high", "person", "ok"]),
        json!(["call", "unapproved", "approval", "person", "refused"]),
        asked(),
        json!(["call", "none", null, "refused", "refused"]),
    ];
    assert_eq!(told, expected);
}
