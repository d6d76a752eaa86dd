//! Prompts of MLflow's prompt registry, served as prompts of the protocol.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::prompts;
use serde_json::{Value, json};
use support::furnished::furnished;
use support::{Mlflow, answer, body, post, serve};

/// What a method of the protocol answers.
fn ask(mlflow: &Mlflow, toolsets: &str, method: &str, params: Value) -> Value {
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let headers = [("mcp-protocol-version", "2025-11-25")];
    body(&serve(mlflow, &[("MLFLOW_MCP_TOOLSETS", toolsets)], post(&headers, &text)))
}

fn listed(answer: &Value) -> Vec<&str> {
    let prompts = answer["result"]["prompts"].as_array().unwrap();
    prompts.iter().map(|prompt| prompt["name"].as_str().unwrap()).collect()
}

#[test]
fn prompts_of_the_registry_are_prompts_of_the_protocol() {
    let list = ask(&furnished(), "all", "prompts/list", json!({}));
    let ours = prompts::ALL.len();
    assert_eq!(listed(&list)[ours..], ["greeting"]);
    let greeting = &list["result"]["prompts"][ours];
    assert_eq!((&greeting["title"], &greeting["description"]), (&json!("greeting"), &json!("Says hello.")));
    let argument = |name: &str| json!({"name": name, "description": format!("What takes the place of {{{{{name}}}}}."), "required": true});
    assert_eq!(greeting["arguments"], json!([argument("name"), argument("style")]));

    let get = |name: &str, arguments: Value| {
        let params = json!({"name": name, "arguments": arguments});
        ask(&furnished(), "all", "prompts/get", params)
    };
    let newest = get("greeting", json!({"name": "Zoë", "style": "{{name}}"}));
    let said = |text: &str| json!({"role": "user", "content": {"type": "text", "text": text}});
    assert_eq!(newest["result"]["messages"], json!([said("Be {{name}}."), said("Greet Zoë.")]));
    assert_eq!(newest["result"]["description"], "Version 2 of prompt \"greeting\" in MLflow's registry.");
    for name in ["prompts:/greeting/1", "prompts:/greeting@production"] {
        let first = get(name, json!({"name": "Zoë", "city": "Graz"}));
        assert_eq!(first["result"]["messages"], json!([said("Hello Zoë,\nof Graz.")]));
    }
    for (name, arguments, says) in [
        ("greeting", json!({"name": "Zoë"}), "what is given lacks \"style\""),
        ("greeting", json!({"name": "Zoë", "stile": "x"}), "did you mean \"style\"?"),
        ("new", json!({}), "there is no prompt named \"new\""),
        ("churn", json!({}), "is a registered model, not a prompt"),
    ] {
        let error = &get(name, arguments)["error"];
        assert_eq!(error["code"], -32602, "{error}");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
}

#[test]
fn what_a_chat_says_keeps_its_order_and_its_sides() {
    let chat = json!([
        {"role": "system", "content": "Be kind."},
        {"role": "assistant", "content": [{"type": "text", "text": "Hi."}, {"type": "image_url", "image_url": "x"}]},
        {"role": "user"}
    ]);
    let prompt = json!({"registered_model": {
        "name": "chat", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}],
        "latest_versions": [{"name": "chat", "version": "1", "tags": [
            {"key": "_mlflow_prompt_type", "value": "chat"}, {"key": "mlflow.prompt.text", "value": chat.to_string()}
        ]}]
    }});
    let mlflow = Mlflow::new(move |_| Ok(answer(200, prompt.to_string())));
    let got = ask(&mlflow, "all", "prompts/get", json!({"name": "chat"}));
    let messages = got["result"]["messages"].as_array().unwrap().iter();
    let said: Vec<_> = messages.map(|one| (one["role"].as_str().unwrap(), &one["content"]["text"])).collect();
    let picture = json!("{\"image_url\":\"x\",\"type\":\"image_url\"}");
    let (kind, hi) = (json!("Be kind."), json!("Hi."));
    assert_eq!((said[0], said[1]), (("user", &kind), ("assistant", &hi)));
    assert_eq!(said[2].0, "assistant");
    let sorted: Value = serde_json::from_str(said[2].1.as_str().unwrap()).unwrap();
    assert_eq!(sorted, serde_json::from_str::<Value>(picture.as_str().unwrap()).unwrap());
    assert_eq!(said.len(), 3);
}

#[test]
fn a_prompt_with_a_name_of_ours_is_listed_by_its_uri_and_one_without_a_template_is_not() {
    let version = |text: &str| json!([{"name": "x", "version": "1", "tags": [{"key": "mlflow.prompt.text", "value": text}]}]);
    let found = json!({"registered_models": [
        {"name": "diagnose_run", "latest_versions": version("{{a}}")},
        {"name": "none"},
        {"name": "jinja", "latest_versions": version("{% if a %}{{ a }}{% endif %}")},
    ], "next_page_token": "more"});
    let mlflow = Mlflow::new(move |_| Ok(answer(200, found.to_string())));
    let list = ask(&mlflow, "all", "prompts/list", json!({}));
    let ours = prompts::ALL.len();
    assert_eq!(listed(&list)[ours..], ["prompts:/diagnose_run"]);
    let cursor = &list["result"]["nextCursor"];
    assert!(cursor.is_string(), "{list}");
    mlflow.forget();
    let more = ask(&mlflow, "all", "prompts/list", json!({"cursor": cursor}));
    assert_eq!(listed(&more), ["prompts:/diagnose_run"], "ours come once");
    assert!(mlflow.lines()[0].contains("page_token=more"), "{:?}", mlflow.lines());
}

#[test]
fn the_registry_is_served_to_whoever_may_call_its_tools() {
    let nobody = Mlflow::untouched();
    let list = ask(&nobody, "core,analysis", "prompts/list", json!({}));
    assert_eq!(listed(&list).len(), prompts::ALL.len());
    let cursor = ask(&nobody, "core,analysis", "prompts/list", json!({"cursor": "x"}));
    assert_eq!(cursor["error"]["code"], -32602);
    let get = ask(&nobody, "core,analysis", "prompts/get", json!({"name": "greeting"}));
    assert!(get["error"]["message"].as_str().unwrap().contains("there is no prompt \"greeting\""), "{get}");

    let deny =
        r#"{"version": "1", "default": "allow", "rules": [{"tools": ["render_prompt"], "action": "deny"}]}"#;
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": "prompts/list", "params": {}}).to_string();
    let headers = [("mcp-protocol-version", "2025-11-25")];
    let list = body(&serve(&nobody, &[("MLFLOW_MCP_POLICY", deny)], post(&headers, &text)));
    assert_eq!(listed(&list).len(), prompts::ALL.len());
}

#[test]
fn without_mlflow_our_own_prompts_are_listed() {
    let gone = Mlflow::always(500, "{}");
    let list = ask(&gone, "all", "prompts/list", json!({}));
    assert_eq!(listed(&list).len(), prompts::ALL.len());
}

#[test]
fn a_prompt_that_is_too_long_is_refused_whole() {
    let prompt = json!({"registered_model": {
        "name": "long", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}],
        "latest_versions": [{"name": "long", "version": "1", "tags": [
            {"key": "mlflow.prompt.text", "value": "x".repeat(50_000)}
        ]}]
    }});
    let mlflow = Mlflow::new(move |_| Ok(answer(200, prompt.to_string())));
    let got = ask(&mlflow, "all", "prompts/get", json!({"name": "long"}));
    assert!(got["error"]["message"].as_str().unwrap().contains("render_prompt"), "{got}");
}
