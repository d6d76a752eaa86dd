//! The tools for scorers and webhooks over answers that a real server gave, whose jobs asked an imitated LLM.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::recorded::{fixture, recorded};
use support::{call, failure, success};

const NEWEST: &str = "3.17.2";
const NAME: &str = "polite größe";
/// As ids are in fixtures.
const ID: &str = "54e20df0-78d8-dce9-5527-ed73133dc4f1";

fn body(name: &str) -> Value {
    fixture(NEWEST, name)["response"]["body"].clone()
}

/// What the tool says where MLflow gives these answers.
fn said(names: &[&str], tool: &str, arguments: Value) -> Value {
    success(&call(&recorded(NEWEST, names), tool, arguments)).clone()
}

#[test]
fn scorers_are_told_with_all_that_was_registered() {
    let place = json!({"experiment_id": "9"});
    let of_one = json!({"experiment_id": "9", "name": NAME});
    let listed = said(&["scorers-list"], "list_scorers", place.clone());
    let shown = json!({"name": NAME, "version": 2, "kind": "instructions", "description": "Manners.",
        "model": "openai:/gpt-4.1-mini", "session_level": false, "creation_time": 1_767_603_600_000_i64});
    assert_eq!(listed["result"], json!([shown]));
    let versions = said(&["scorers-versions"], "list_scorer_versions", of_one.clone());
    let versions = versions["result"].as_array().unwrap();
    assert_eq!(versions.iter().map(|one| &one["version"]).collect::<Vec<_>>(), [2, 1]);
    let newest = said(&["scorers-get"], "get_scorer", of_one.clone());
    assert_eq!(newest["instructions"], "Is {{ outputs }} polite, given {{ inputs }}?");
    assert_eq!((&newest["scorer_id"], &newest["settings"]["mlflow_version"]), (&json!(ID), &json!(NEWEST)));
    let mut first = of_one.clone();
    first["version"] = json!(1);
    let first = said(&["scorers-get-version"], "get_scorer", first);
    assert_eq!((&first["version"], &first["instructions"]), (&json!(1), &json!("Is {{ outputs }} polite?")));
    let mlflow = recorded(NEWEST, &["scorers-list-missing-experiment", "experiments-get-missing"]);
    let missing = call(&mlflow, "list_scorers", json!({"experiment_id": "999999"}));
    assert!(failure(&missing).contains("there is no experiment"), "{missing}");
    let mlflow = recorded(NEWEST, &["scorers-get-missing", "scorers-list"]);
    let missing = call(&mlflow, "get_scorer", json!({"experiment_id": "9", "name": "polite"}));
    assert!(failure(&missing).contains(&format!("Did you mean \"{NAME}\"?")), "{missing}");
    assert_eq!(said(&["scorers-list-empty"], "list_scorers", place)["result"], json!([]));
}

#[test]
fn a_judge_is_registered_and_removed() {
    let judge = json!({"experiment_id": "9", "name": NAME, "instructions": "Is {{ outputs }} polite?"});
    let experiment = ["scorers-get-missing", "experiments-get", "version", "scorers-register-1"];
    let registered = said(&experiment, "register_llm_judge_scorer", judge.clone());
    assert_eq!((&registered["version"], &registered["scorer_id"]), (&json!(1), &json!(ID)));
    let next = said(&["scorers-get", "version", "scorers-register-2"], "register_llm_judge_scorer", judge);
    assert_eq!(next["version"], 2);
    let first = json!({"experiment_id": "9", "name": NAME, "version": "1"});
    let deleted = said(&["scorers-versions", "scorers-delete"], "delete_scorer", first);
    assert_eq!((&deleted["versions"], &deleted["left"]), (&json!([1]), &json!([2])));
}

#[test]
fn what_a_job_says_of_traces_is_told_by_trace() {
    let path = fixture(NEWEST, "jobs-get")["request"]["path_and_query"].clone();
    let id = path.as_str().unwrap().rsplit('/').next().unwrap();
    let told = said(&["jobs-get"], "get_scorer_jobs", json!({"job_ids": [id]}));
    assert_eq!((&told["complete"], &told["jobs"][0]["status"]), (&json!(true), &json!("SUCCEEDED")));
    let real = body("jobs-get")["result"].clone();
    let traces = told["result"].as_array().unwrap();
    assert_eq!(traces.len(), real.as_object().unwrap().len());
    for trace in traces {
        let (ours, theirs) = (&trace["assessments"][0], &real[trace["trace_id"].as_str().unwrap()]);
        let theirs = &theirs["assessments"][0];
        assert_eq!((&ours["name"], &ours["value"]), (&json!(NAME), &json!("no")));
        assert_eq!(ours["rationale"], theirs["rationale"]);
        assert_eq!(ours["assessment_id"], theirs["assessment_id"]);
    }
    let over = call(&recorded(NEWEST, &["jobs-get"]), "cancel_scorer_job", json!({"job_id": id}));
    assert!(failure(&over).contains("is over already (SUCCEEDED)"), "{over}");
    let missing = call(&recorded(NEWEST, &["jobs-get-missing"]), "get_scorer_jobs", json!({"job_ids": [ID]}));
    assert!(failure(&missing).contains("there is no job"), "{missing}");
}

#[test]
fn webhooks_are_told_as_they_are() {
    let events = json!(["model_version.created", "prompt_tag.set"]);
    let one = said(&["webhooks-get"], "get_webhook", json!({"webhook_id": ID}));
    assert_eq!((&one["name"], &one["events"], &one["status"]), (&json!("hook"), &events, &json!("ACTIVE")));
    assert_eq!(one["creation_timestamp"], 1_767_603_600_000_i64);
    assert_eq!(said(&["webhooks-list"], "list_webhooks", json!({}))["result"], json!([one]));
    assert_eq!(said(&["webhooks-list-empty"], "list_webhooks", json!({}))["result"], json!([]));
    let missing =
        call(&recorded(NEWEST, &["webhooks-get-missing"]), "get_webhook", json!({"webhook_id": ID}));
    assert!(failure(&missing).contains("RESOURCE_DOES_NOT_EXIST"), "{missing}");
}

#[test]
fn webhooks_are_made_tried_changed_and_removed() {
    let new = json!({"name": "hook", "url": "http://127.0.0.1:9/hook", "events": ["model_version.created"]});
    let made = said(&["webhooks-create"], "create_webhook", new.clone());
    assert_eq!((&made["webhook_id"], &made["events"][1]), (&json!(ID), &json!("prompt_tag.set")));
    let mlflow = recorded(NEWEST, &["webhooks-create-400"]);
    let refused = call(&mlflow, "create_webhook", new);
    assert!(failure(&refused).contains("Invalid webhook URL scheme: 'ftp'"), "{refused}");
    let one = json!({"webhook_id": ID});
    let tried = said(&["webhooks-get", "webhooks-test"], "test_webhook", one.clone());
    assert_eq!(tried["success"], false);
    assert!(
        tried["error_message"].as_str().unwrap().contains("Failed to test webhook: ConnectionError"),
        "{tried}"
    );
    let change = json!({"webhook_id": ID, "description": "No more.", "status": "DISABLED"});
    let changed = said(&["webhooks-get", "webhooks-update"], "update_webhook", change);
    assert_eq!((&changed["status"], &changed["previous"]["status"]), (&json!("DISABLED"), &json!("ACTIVE")));
    let deleted = said(&["webhooks-get", "webhooks-delete"], "delete_webhook", one);
    assert_eq!(deleted["name"], "hook");
}
