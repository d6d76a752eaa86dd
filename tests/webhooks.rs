//! The tools for webhooks: what is sent, what is told of a server that fails, and a secret that comes back in nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::spec::{Effect, Risk};
use mlflow_mcp::tools;
use serde_json::{Value, json};
use support::{Mlflow, answer, call, call_with, failure, success};

const SECRET: &str = "open sesame";

const ID: &str = "f40ed389-83d1-43d1-89b2-824828b8d81a";

/// As MLflow 3.17 answers where another worker has encrypted a secret.
const UNREADABLE: &str = r#"{"error_code": "INTERNAL_ERROR", "message": "", "sqlstate": "XXM00"}"#;

fn webhook() -> Value {
    json!({"webhook": {"webhook_id": ID, "name": "hook", "url": "https://ann:word@hooks.test/a", "status": "ACTIVE",
        "description": "The old one.", "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}]}})
}

fn sent(mlflow: &Mlflow) -> Value {
    serde_json::from_slice(mlflow.seen().last().unwrap().body()).unwrap()
}

/// Calls with a secret, each with what else it takes.
fn with_secret() -> [(&'static str, Value); 2] {
    [
        (
            "create_webhook",
            json!({"name": "hook", "url": "https://hooks.test/a", "events": "prompt.created", "secret": SECRET}),
        ),
        ("update_webhook", json!({"webhook_id": ID, "secret": SECRET})),
    ]
}

#[test]
fn a_secret_goes_to_mlflow_and_comes_back_in_nothing() {
    for (tool, mut arguments) in with_secret() {
        let mlflow = Mlflow::new(|request| {
            let listing = request.method() == "GET" && request.uri().path().ends_with("/webhooks");
            Ok(answer(200, if listing { "{}".to_owned() } else { webhook().to_string() }))
        });
        let result = call(&mlflow, tool, arguments.clone());
        success(&result);
        assert_eq!(sent(&mlflow)["secret"], SECRET, "{tool}");
        let logged = mlflow.lines_of_log().join("\n");
        arguments["dry_run"] = json!(true);
        let would = call(&mlflow, tool, arguments.clone());
        success(&would);
        for text in [result.to_string(), would.to_string(), logged] {
            assert!(!text.contains(SECRET) && !text.contains("ann:word"), "{tool}: {text}");
        }
        // A server that says what it was sent.
        for status in [200, 400, 500] {
            let mlflow = Mlflow::new(move |request| {
                if request.method() == "GET" {
                    return Ok(answer(200, webhook().to_string()));
                }
                let said = String::from_utf8(request.body().to_vec()).unwrap();
                let json = json!({"error_code": "INVALID_PARAMETER_VALUE", "message": said}).to_string();
                Ok(answer(status, if status == 400 { json } else { said }))
            });
            arguments.as_object_mut().unwrap().remove("dry_run");
            let result = call(&mlflow, tool, arguments.clone());
            assert!(
                result["isError"] == true && !result.to_string().contains(SECRET),
                "{tool} {status}: {result}"
            );
        }
    }
}

#[test]
fn who_is_asked_for_a_yes_does_not_read_the_secret_either() {
    let ask = [(
        "MLFLOW_MCP_POLICY",
        r#"{"version": "1", "default": "allow", "tools": {"risk:medium": {"action": "require_approval"}}}"#,
    )];
    for (tool, arguments) in with_secret() {
        let mlflow = Mlflow::new(|_| Ok(answer(200, webhook().to_string())));
        let result = call_with(&mlflow, &ask, tool, arguments);
        assert!(!result.to_string().contains(SECRET), "{tool}: {result}");
    }
}

#[test]
fn a_secret_that_another_worker_has_encrypted_is_explained() {
    for (tool, arguments) in [
        ("list_webhooks", json!({})),
        ("get_webhook", json!({"webhook_id": ID})),
        ("update_webhook", json!({"webhook_id": ID, "name": "x"})),
        ("delete_webhook", json!({"webhook_id": ID})),
        ("test_webhook", json!({"webhook_id": ID})),
    ] {
        let result = call(&Mlflow::always(500, UNREADABLE), tool, arguments);
        let text = failure(&result);
        assert!(text.contains("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"), "{tool}: {text}");
    }
}

#[test]
fn a_change_tells_what_was_before_and_how_it_is_taken_back() {
    let mlflow = Mlflow::new(|_| Ok(answer(200, webhook().to_string())));
    let arguments = json!({"webhook_id": ID, "events": ["prompt_alias.DELETED", "prompt_alias.deleted"],
                           "description": "", "status": "ACTIVE"});
    let result = call(&mlflow, "update_webhook", arguments);
    let changed = success(&result);
    assert_eq!(
        sent(&mlflow),
        json!({"events": [{"entity": "PROMPT_ALIAS", "action": "DELETED"}], "description": "", "status": "ACTIVE"})
    );
    let previous = json!({"description": "The old one.", "events": "[\"model_version.created\"]"});
    assert_eq!(changed["previous"], previous);
    let undo = changed["undo"].as_str().unwrap().strip_prefix("update_webhook ").unwrap();
    let undo: Value = serde_json::from_str(undo).unwrap();
    success(&call(&mlflow, "update_webhook", undo));
    assert_eq!(sent(&mlflow)["events"], json!([{"entity": "MODEL_VERSION", "action": "CREATED"}]));
    let result = call(&mlflow, "update_webhook", json!({"webhook_id": ID, "secret": SECRET}));
    assert!(success(&result).get("undo").is_none(), "{result}");
    let status = &webhook()["webhook"]["status"];
    assert_eq!(sent(&mlflow), json!({"secret": SECRET, "status": status}), "its status stays as it is");
}

#[test]
fn the_call_that_takes_a_change_back_is_one_that_is_taken() {
    // Somebody else's address: a password in it is neither shown nor taken.
    let mut hook = webhook();
    hook["webhook"]["url"] = json!("https://ann:sesame@hooks.test/a");
    let mlflow = Mlflow::new(move |_| Ok(answer(200, hook.to_string())));
    let arguments = json!({"webhook_id": ID, "url": "https://hooks.test/b", "description": "New."});
    let result = call(&mlflow, "update_webhook", arguments);
    assert_eq!(success(&result)["previous"]["url"], "https://***@hooks.test/a");
    let undo = success(&result)["undo"].as_str().unwrap().strip_prefix("update_webhook ").unwrap();
    let undo: Value = serde_json::from_str(undo).unwrap();
    assert_eq!(undo, json!({"webhook_id": ID, "description": "The old one."}));
    success(&call(&mlflow, "update_webhook", undo));
    let result = call(&mlflow, "update_webhook", json!({"webhook_id": ID, "url": "https://hooks.test/b"}));
    assert!(success(&result).get("undo").is_none(), "{result}");
}

#[test]
fn an_event_that_is_named_twice_is_told_once() {
    let mlflow = Mlflow::new(|_| Ok(answer(200, webhook().to_string())));
    let events = json!(["model_version.created", "model_version.created"]);
    let arguments = json!({"webhook_id": ID, "events": events, "dry_run": true});
    let result = call(&mlflow, "update_webhook", arguments);
    assert!(success(&result)["would"].as_str().unwrap().contains("what it has already"), "{result}");
}

#[test]
fn what_cannot_be_right_is_told_before_mlflow_is_asked() {
    let hook = |more: Value| {
        let mut hook = json!({"name": "hook", "url": "https://hooks.test", "events": ["prompt.created"]});
        for (name, value) in more.as_object().unwrap() {
            hook[name] = value.clone();
        }
        hook
    };
    for (tool, arguments, says) in [
        (
            "create_webhook",
            hook(json!({"url": "https://ann:word@hooks.test"})),
            "Requests are signed with \"secret\"",
        ),
        ("create_webhook", hook(json!({"events": []})), "\"events\" is empty"),
        ("create_webhook", hook(json!({"events": ["model.created"]})), "\"registered_model.created\""),
        ("update_webhook", json!({"webhook_id": ID}), "there is nothing to change"),
        ("update_webhook", json!({"webhook_id": ID, "name": " "}), "\"name\" is empty"),
        ("get_webhook", json!({"webhook_id": "../models"}), "which is no UUID"),
    ] {
        let result = call(&Mlflow::untouched(), tool, arguments);
        assert!(failure(&result).contains(says), "{result}");
    }
}

#[test]
fn nothing_here_passes_for_harmless_but_looking() {
    for entry in tools::admin::TOOLS {
        let looks = entry.spec.name.starts_with("list_") || entry.spec.name.starts_with("get_");
        assert_eq!(entry.spec.effect == Effect::Read, looks, "{}", entry.spec.name);
        assert_eq!(entry.spec.effect.risk() >= Risk::Medium, !looks, "{}", entry.spec.name);
    }
}
