//! Tags and deletions of runs and experiments.

use serde_json::json;
use xtask::mlflow::Version;

use super::{Bench, tag};

fn tags_are_set_and_replaced(version: Version) {
    let bench = Bench::of(version);
    let (experiment, run) = bench.run("tagged");
    for value in ["nlp", "größe'\"`"] {
        let answer = bench.ok("set_run_tag", json!({"run_id": run, "key": "team", "value": value}));
        assert_eq!((&answer["key"], &answer["value"]), (&json!("team"), &json!(value)));
        let found = bench.get(&format!("/api/2.0/mlflow/runs/get?run_id={run}"));
        assert_eq!(tag(&found["run"]["data"]["tags"], "team"), Some(value));
    }
    bench.ok("set_experiment_tag", json!({"experiment_id": experiment, "key": "rank", "value": 7}));
    let found = bench.get(&format!("/api/2.0/mlflow/experiments/get?experiment_id={experiment}"));
    assert_eq!(tag(&found["experiment"]["tags"], "rank"), Some("7"));
    let unknown = bench.fails("set_run_tag", json!({"run_id": "0".repeat(32), "key": "k", "value": "v"}));
    assert!(unknown.contains("RESOURCE_DOES_NOT_EXIST"), "{unknown}");
    let unknown =
        bench.fails("set_experiment_tag", json!({"experiment_id": 999_999, "key": "k", "value": "v"}));
    assert!(unknown.contains("999999"), "{unknown}");
    let bad = bench.fails("set_run_tag", json!({"run_id": run, "key": "a//b", "value": "v"}));
    assert!(bad.contains("INVALID_PARAMETER_VALUE"), "{bad}");
}

#[test]
fn tags_are_set_and_replaced_on_the_newest_mlflow() {
    tags_are_set_and_replaced(Version::Newest);
}

#[test]
fn tags_are_set_and_replaced_on_mlflow_2() {
    tags_are_set_and_replaced(Version::Two);
}

#[test]
fn tags_are_set_and_replaced_on_mlflow_3_5() {
    tags_are_set_and_replaced(Version::Early);
}

fn deletions_can_be_undone_as_the_answer_says(version: Version) {
    let bench = Bench::of(version);
    let (experiment, run) = bench.run("deleted");
    let answer = bench.ok("delete_run", json!({"run_id": run}));
    assert!(answer["undo"].as_str().unwrap().contains(&format!("restore --run-id {run}")), "{answer}");
    assert_eq!(bench.ok("get_run", json!({"run_id": run}))["lifecycle_stage"], "deleted");
    bench.rest("POST", "/api/2.0/mlflow/runs/restore", &json!({"run_id": run}));
    let answer = bench.ok("delete_experiment", json!({"experiment_id": experiment}));
    assert!(answer["undo"].as_str().unwrap().contains("experiments restore"), "{answer}");
    let found = bench.get(&format!("/api/2.0/mlflow/experiments/get?experiment_id={experiment}"));
    assert_eq!(found["experiment"]["lifecycle_stage"], "deleted");
    let again = bench.fails("delete_experiment", json!({"experiment_id": experiment}));
    assert!(again.contains(&experiment), "{again}");
}

#[test]
fn deletions_can_be_undone_as_the_answer_says_on_the_newest_mlflow() {
    deletions_can_be_undone_as_the_answer_says(Version::Newest);
}

#[test]
fn deletions_can_be_undone_as_the_answer_says_on_mlflow_2() {
    deletions_can_be_undone_as_the_answer_says(Version::Two);
}

#[test]
fn deletions_can_be_undone_as_the_answer_says_on_mlflow_3_5() {
    deletions_can_be_undone_as_the_answer_says(Version::Early);
}
