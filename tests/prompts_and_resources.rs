//! Prompts, resources and completion, as a client sees them in either era.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use mlflow_mcp::port::HttpError;
use mlflow_mcp::{prompts, tools};
use serde_json::{Value, json};
use support::{Mlflow, answer, body, post, serve};

/// The toolsets that are on where nothing else is said: without the registry's prompts.
const DEFAULT: &[(&str, &str)] = &[("MLFLOW_MCP_TOOLSETS", "core,analysis")];

fn legacy(mlflow: &Mlflow, method: &str, params: Value) -> Value {
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let response = serve(mlflow, DEFAULT, post(&[("mcp-protocol-version", "2025-11-25")], &text));
    assert_eq!(response.status(), 200);
    body(&response)
}

fn modern(mlflow: &Mlflow, method: &str, named: &str, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    let text = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let mut headers = vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
    if !named.is_empty() {
        headers.push(("mcp-name", named));
    }
    body(&serve(mlflow, DEFAULT, post(&headers, &text)))
}

fn code(body: &Value) -> i64 {
    body["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {body}"))
}

/// One experiment, two runs, one model.
fn mlflow() -> Mlflow {
    Mlflow::new(|request| {
        let query = request.uri().query().unwrap_or_default();
        Ok(match request.uri().path() {
            "/api/2.0/mlflow/experiments/search" => answer(
                200,
                r#"{"experiments": [{"experiment_id": "7", "name": "nightly"}, {"experiment_id": "70", "name": "Other"}]}"#,
            ),
            "/api/2.0/mlflow/experiments/get" if query.contains("=7") => {
                answer(200, r#"{"experiment": {"experiment_id": "7", "name": "nightly"}}"#)
            }
            "/api/2.0/mlflow/runs/search" => answer(
                200,
                r#"{"runs": [{"info": {"run_id": "abc1", "experiment_id": "7", "run_name": "first", "status": "FINISHED"},
                    "data": {"metrics": [{"key": "val/loss", "value": 1}, {"key": "accuracy", "value": 1}]}},
                    {"info": {"run_id": "abd2", "experiment_id": "7", "run_name": "second", "status": "FAILED"}}]}"#,
            ),
            "/api/2.0/mlflow/runs/get" if query.contains("abc1") => {
                answer(200, r#"{"run": {"info": {"run_id": "abc1", "experiment_id": "7"}}}"#)
            }
            "/get-artifact" if query.contains("config.yml") => answer(200, "a: 1\n"),
            "/get-artifact" if query.contains("plot.png") => answer(200, &b"\x89PNG\r\n\x1a\nrest"[..]),
            "/api/2.0/mlflow/registered-models/search" => {
                answer(200, r#"{"registered_models": [{"name": "churn"}, {"name": "routing"}]}"#)
            }
            "/api/2.0/mlflow/registered-models/get" => answer(
                200,
                r#"{"registered_model": {"name": "churn", "aliases": [{"alias": "champion", "version": "2"}],
                    "latest_versions": [{"name": "churn", "version": "3"}]}}"#,
            ),
            _ => answer(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such thing"}"#),
        })
    })
}

#[test]
fn every_prompt_is_listed_with_its_arguments_and_renders() {
    let nobody = Mlflow::untouched();
    let list = legacy(&nobody, "prompts/list", json!({}));
    let listed = list["result"]["prompts"].as_array().unwrap();
    assert_eq!(listed.len(), prompts::ALL.len());
    for prompt in listed {
        let name = prompt["name"].as_str().unwrap();
        let arguments: serde_json::Map<String, Value> = prompt["arguments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|argument| {
                assert!(!argument["description"].as_str().unwrap().is_empty(), "{name}");
                (argument["name"].as_str().unwrap().to_owned(), json!("the-value"))
            })
            .collect();
        let rendered =
            modern(&nobody, "prompts/get", name, json!({"name": name, "arguments": arguments.clone()}));
        let message = &rendered["result"]["messages"][0];
        assert_eq!(
            (&message["role"], &message["content"]["type"]),
            (&json!("user"), &json!("text")),
            "{rendered}"
        );
        let text = message["content"]["text"].as_str().unwrap();
        assert_eq!(text.contains("the-value"), !arguments.is_empty(), "{name}");
        assert_eq!(rendered["result"]["resultType"], "complete");
    }
}

#[test]
fn prompts_name_only_tools_that_exist() {
    let names: BTreeSet<&str> = tools::all().map(|entry| entry.spec.name).collect();
    for prompt in prompts::ALL {
        let given = prompt.arguments.iter().map(|argument| (argument.name.to_string(), "x".to_owned()));
        let text = prompt.render(given.collect()).unwrap();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let is_tool = ["get_", "search_", "query_", "set_", "register_", "delete_", "compare_"]
                .iter()
                .any(|verb| word.starts_with(verb) && word.len() > verb.len());
            assert!(!is_tool || names.contains(word), "{} names {word}, which is no tool", prompt.name);
        }
    }
}

#[test]
fn a_prompt_says_which_argument_is_missing_or_unknown() {
    let nobody = Mlflow::untouched();
    for (params, what) in [
        (json!({"name": "diagnose_rum"}), "did you mean \"diagnose_run\"?"),
        (json!({"name": "diagnose_run"}), "\"run_id\" is missing"),
        (json!({"name": "diagnose_run", "arguments": {"run_id": " "}}), "\"run_id\" is missing"),
        (json!({"name": "diagnose_run", "arguments": {"run_id": "a", "x": "b"}}), "no argument \"x\""),
        (json!({"name": "diagnose_run", "arguments": {"run_id": 3}}), "prompts/get"),
        (json!({}), "prompts/get"),
    ] {
        let body = legacy(&nobody, "prompts/get", params);
        assert_eq!(code(&body), -32602);
        assert!(body["error"]["message"].as_str().unwrap().contains(what), "{body}");
    }
}

#[test]
fn what_was_last_worked_on_is_listed_after_the_server_itself() {
    let list = legacy(&mlflow(), "resources/list", json!({}));
    let uris: Vec<&str> = list["result"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["uri"].as_str().unwrap())
        .collect();
    assert_eq!(
        uris,
        [
            "mlflow://server",
            "mlflow://experiment/7",
            "mlflow://experiment/70",
            "mlflow://run/abc1",
            "mlflow://run/abd2"
        ]
    );
    for resource in list["result"]["resources"].as_array().unwrap() {
        for member in ["name", "title", "description", "mimeType"] {
            assert!(resource[member].is_string(), "{resource} has no {member}");
        }
    }
}

#[test]
fn without_mlflow_the_lists_still_work() {
    let down = Mlflow::failing(HttpError::Unreachable);
    let list = legacy(&down, "resources/list", json!({}));
    assert_eq!(list["result"]["resources"].as_array().unwrap().len(), 1);
    let server = legacy(&down, "resources/read", json!({"uri": "mlflow://server"}));
    let text = server["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(text.contains("unhealthy") && text.contains("Start MLflow"), "{text}");
    let reference = json!({"type": "ref/prompt", "name": "diagnose_run"});
    let params = json!({"ref": reference, "argument": {"name": "run_id", "value": "a"}});
    let completion = legacy(&down, "completion/complete", params);
    assert_eq!(completion["result"]["completion"]["values"], json!([]));
}

#[test]
fn lists_and_reads_say_how_long_they_keep_and_for_whom() {
    for (method, named, params, scope) in [
        ("prompts/list", "", json!({}), "public"),
        ("resources/templates/list", "", json!({}), "public"),
        ("resources/list", "", json!({}), "private"),
        ("resources/read", "mlflow://run/abc1", json!({"uri": "mlflow://run/abc1"}), "private"),
    ] {
        let body = modern(&mlflow(), method, named, params.clone());
        assert_eq!(body["result"]["cacheScope"], scope, "{method}: {body}");
        assert!(body["result"]["ttlMs"].is_u64());
        let old = legacy(&mlflow(), method, params);
        assert!(old["result"].get("ttlMs").is_none() && old["result"].get("resultType").is_none());
    }
}

#[test]
fn every_form_of_uri_is_read() {
    for (uri, media_type, holds) in [
        ("mlflow://experiment/7", "application/json", "nightly"),
        ("mlflow://run/abc1", "application/json", "abc1"),
        ("mlflow://run/abc1/artifacts/config.yml", "application/octet-stream", "a: 1"),
        ("mlflow://registered-model/churn", "application/json", "champion"),
    ] {
        let body = legacy(&mlflow(), "resources/read", json!({"uri": uri}));
        let content = &body["result"]["contents"][0];
        assert_eq!((&content["uri"], &content["mimeType"]), (&json!(uri), &json!(media_type)), "{body}");
        assert!(content["text"].as_str().unwrap().contains(holds), "{body}");
    }
    let picture = legacy(&mlflow(), "resources/read", json!({"uri": "mlflow://run/a/artifacts/plot.png"}));
    let content = &picture["result"]["contents"][0];
    assert_eq!((&content["mimeType"], content.get("text")), (&json!("image/png"), None));
    assert_eq!(content["blob"], "iVBORw0KGgpyZXN0");
}

#[test]
fn what_is_not_there_is_not_found_as_each_era_wants_it() {
    for uri in
        ["mlflow://run/nope", "mlflow://nope/1", "https://example.org", "mlflow://model-version/churn/9"]
    {
        let old = legacy(&mlflow(), "resources/read", json!({"uri": uri}));
        assert_eq!(code(&old), -32002, "{uri}");
        let new = modern(&mlflow(), "resources/read", uri, json!({"uri": uri}));
        assert_eq!((code(&new), &new["error"]["data"]["uri"]), (-32602, &json!(uri)));
    }
    let down = Mlflow::failing(HttpError::Unreachable);
    let failed = legacy(&down, "resources/read", json!({"uri": "mlflow://run/abc1"}));
    assert_eq!(code(&failed), -32603);
    let denied = Mlflow::always(403, r#"{"error_code": "PERMISSION_DENIED", "message": "not yours"}"#);
    let denied = legacy(&denied, "resources/read", json!({"uri": "mlflow://run/abc1"}));
    assert_eq!((code(&denied), &denied["error"]["data"]["uri"]), (403, &json!("mlflow://run/abc1")));
    assert!(failed["error"]["message"].as_str().unwrap().contains("Start MLflow"));
}

#[test]
fn arguments_are_completed_from_what_mlflow_has() {
    let complete = |reference: Value, name: &str, value: &str, others: Value| {
        let params = json!({"ref": reference, "argument": {"name": name, "value": value}, "context": {"arguments": others}});
        legacy(&mlflow(), "completion/complete", params)["result"]["completion"]["values"].take()
    };
    let prompt = |name: &str| json!({"type": "ref/prompt", "name": name});
    let template = |uri: &str| json!({"type": "ref/resource", "uri": uri});
    let best = || prompt("find_best_run");
    assert_eq!(complete(best(), "experiment_id", "7", json!({})), json!(["7", "70"]));
    assert_eq!(complete(best(), "experiment_id", "night", json!({})), json!(["7"]));
    assert_eq!(complete(best(), "metric", "VAL", json!({"experiment_id": "7"})), json!(["val/loss"]));
    assert_eq!(complete(prompt("diagnose_run"), "run_id", "abd", json!({})), json!(["abd2"]));
    let by_name = template("mlflow://experiment-by-name/{experiment_name}");
    assert_eq!(complete(by_name, "experiment_name", "o", json!({})), json!(["Other"]));
    let version = || template("mlflow://model-version/{model_name}/{version}");
    assert_eq!(complete(version(), "model_name", "ch", json!({})), json!(["churn"]));
    assert_eq!(complete(version(), "version", "", json!({"model_name": "churn"})), json!(["2", "3"]));
    assert_eq!(
        complete(template("mlflow://run/{run_id}/artifacts/{+path}"), "path", "c", json!({})),
        json!([])
    );
}

#[test]
fn completing_what_does_not_exist_is_invalid() {
    for params in [
        json!({"ref": {"type": "ref/prompt", "name": "nope"}, "argument": {"name": "x", "value": ""}}),
        json!({"ref": {"type": "ref/prompt", "name": "diagnose_run"}, "argument": {"name": "x", "value": ""}}),
        json!({"ref": {"type": "ref/resource", "uri": "mlflow://x/{y}"}, "argument": {"name": "y", "value": ""}}),
        json!({"ref": {"type": "ref/tool", "name": "x"}, "argument": {"name": "y", "value": ""}}),
        json!({"argument": {"name": "y", "value": ""}}),
    ] {
        assert_eq!(
            code(&legacy(&Mlflow::untouched(), "completion/complete", params.clone())),
            -32602,
            "{params}"
        );
    }
}
