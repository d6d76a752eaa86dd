//! What training logs, written through tools: what is sent, and what is found out before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::furnished::{changes, furnished};
use support::{Mlflow, answer, call, failure, success};

/// The body of the only change.
fn sent(mlflow: &Mlflow) -> Value {
    let changes = changes(mlflow);
    assert_eq!(changes.len(), 1, "{changes:?}");
    let place = mlflow.lines().iter().position(|line| *line == changes[0]).unwrap();
    serde_json::from_slice(mlflow.seen()[place].body()).unwrap()
}

#[test]
fn metrics_are_sent_as_numbers_with_step_and_time() {
    let mlflow = furnished();
    let arguments = json!({
        "run_id": "7", "metrics": {"auc": "0.75", "f1": "NaN", "acc": 1}, "step": 3,
        "points": [{"key": "loss", "value": "-Infinity", "step": 4}], "timestamp": 5
    });
    let result = call(&mlflow, "log_metrics", arguments);
    let answer = success(&result);
    assert_eq!((&answer["logged"], &answer["new_metrics"]), (&json!(4), &json!(["acc", "f1", "loss"])));
    assert_eq!(
        sent(&mlflow),
        json!({"run_id": "7", "metrics": [
            {"key": "acc", "value": 1.0, "timestamp": 5, "step": 3},
            {"key": "auc", "value": 0.75, "timestamp": 5, "step": 3},
            {"key": "f1", "value": "NaN", "timestamp": 5, "step": 3},
            {"key": "loss", "value": "-Infinity", "timestamp": 5, "step": 4},
        ]})
    );
}

#[test]
fn new_metrics_beyond_the_first_are_counted() {
    let metrics: serde_json::Map<_, _> = (10..35).map(|index| (format!("m{index}"), json!(1))).collect();
    let arguments = json!({"run_id": "7", "metrics": metrics});
    let result = call(&furnished(), "log_metrics", arguments.clone());
    let answer = success(&result);
    assert_eq!(answer["new_metrics"].as_array().unwrap().len(), 20);
    assert_eq!((&answer["logged"], &answer["more_new_metrics"]), (&json!(25), &json!(5)));
    let mut dry = arguments;
    dry["dry_run"] = json!(true);
    let result = call(&furnished(), "log_metrics", dry);
    let would = success(&result)["would"].as_str().unwrap();
    assert!(would.ends_with("\"m29\" and 5 more."), "{would}");
}

#[test]
fn what_is_no_number_is_refused_before_mlflow_makes_it_zero() {
    for value in [json!("abc"), json!("0,5"), json!(true), json!([1]), json!(null)] {
        let arguments = json!({"run_id": "7", "metrics": {"auc": value}});
        let result = call(&Mlflow::untouched(), "log_metrics", arguments);
        assert!(failure(&result).contains("\"auc\" must be a number"), "{result}");
    }
    let arguments = json!({"run_id": "7", "points": [{"key": "auc", "value": 1, "stp": 2}]});
    let result = call(&Mlflow::untouched(), "log_metrics", arguments);
    assert!(failure(&result).contains("cannot have the member \"stp\""), "{result}");
}

#[test]
fn too_much_or_nothing_at_once_is_refused_before_it_is_sent() {
    let many = |count: usize| -> Value {
        (0..count).map(|index| (format!("k{index}"), json!("1"))).collect::<serde_json::Map<_, _>>().into()
    };
    for (tool, argument, most) in
        [("log_metrics", "metrics", 1_000), ("log_params", "params", 100), ("log_tags", "tags", 100)]
    {
        success(&call(&furnished(), tool, json!({"run_id": "7", argument: many(most)})));
        for count in [0, most + 1] {
            let result = call(&Mlflow::untouched(), tool, json!({"run_id": "7", argument: many(count)}));
            assert!(failure(&result).contains("nothing was changed"), "{result}");
        }
    }
}

#[test]
fn values_that_mlflow_would_cut_are_refused() {
    for (tool, argument, most) in [("log_params", "params", 6_000), ("log_tags", "tags", 8_000)] {
        let long = |length: usize| json!({"run_id": "7", argument: {"k": "ü".repeat(length)}});
        success(&call(&furnished(), tool, long(most)));
        let result = call(&Mlflow::untouched(), tool, long(most + 1));
        assert!(failure(&result).contains("nothing was changed"), "{result}");
    }
}

#[test]
fn a_parameter_that_has_another_value_stops_all_of_them() {
    let mlflow = furnished();
    let arguments = json!({"run_id": "7", "params": {"lr": "0.2", "depth": 3}});
    let result = call(&mlflow, "log_params", arguments);
    assert!(failure(&result).contains(r#"parameter "lr" of run "gbm" (7) is "0.1""#), "{result}");
    assert!(changes(&mlflow).is_empty());
    let mlflow = furnished();
    let result = call(&mlflow, "log_params", json!({"run_id": "7", "params": {"lr": "0.1", "depth": 3}}));
    assert_eq!((&success(&result)["logged"], &success(&result)["unchanged"]), (&json!(1), &json!(1)));
    assert_eq!(sent(&mlflow)["params"], json!([{"key": "depth", "value": "3"}]));
    let mlflow = furnished();
    success(&call(&mlflow, "log_params", json!({"run_id": "7", "params": {"lr": "0.1"}})));
    assert!(changes(&mlflow).is_empty(), "there is nothing to send");
}

#[test]
fn tags_that_are_replaced_are_told_from_new_ones() {
    let result =
        call(&furnished(), "log_tags", json!({"run_id": "7", "tags": {"team": "nlp", "stage": "dev"}}));
    assert_eq!(success(&result)["previous"], json!({"team": "cv"}));
    assert_eq!(success(&result)["new_tags"], json!(["stage"]));
}

#[test]
fn a_run_begins_now_and_belongs_to_a_parent_of_its_experiment() {
    let mlflow = furnished();
    let arguments =
        json!({"experiment_id": "7", "run_name": "child", "parent_run_id": "7", "tags": {"a": "b"}});
    success(&call(&mlflow, "create_run", arguments));
    let body = sent(&mlflow);
    assert_eq!(body["start_time"], 1_800_000_000_000_i64);
    let parent = json!({"key": "mlflow.parentRunId", "value": "7"});
    assert_eq!(body["tags"], json!([{"key": "a", "value": "b"}, parent]));

    let elsewhere = Mlflow::new(|request| {
        let body = match request.uri().path().ends_with("runs/get") {
            true => r#"{"run": {"info": {"run_id": "7", "experiment_id": "9", "run_name": "other"}}}"#,
            false => r#"{"experiment": {"experiment_id": "7", "name": "e"}}"#,
        };
        Ok(answer(200, body))
    });
    let result = call(&elsewhere, "create_run", json!({"experiment_id": "7", "parent_run_id": "7"}));
    assert!(failure(&result).contains("is in experiment 9; nothing was created"), "{result}");
    assert!(changes(&elsewhere).is_empty());
}

#[test]
fn a_run_that_has_ended_keeps_its_end() {
    for (end, expected) in [("", 1_800_000_000_000_i64), (r#", "end_time": "17""#, 17)] {
        let run = format!(r#"{{"run": {{"info": {{"run_id": "7", "status": "RUNNING"{end}}}}}}}"#);
        let mlflow = Mlflow::new(move |_| Ok(answer(200, run.clone())));
        let result = call(&mlflow, "finish_run", json!({"run_id": "7", "status": "failed"}));
        assert_eq!(success(&result)["end_time"], expected);
        assert_eq!(success(&result)["previous_status"], "RUNNING");
        assert_eq!(sent(&mlflow)["status"], "FAILED");
    }
    let result = call(&Mlflow::untouched(), "finish_run", json!({"run_id": "7", "status": "DONE"}));
    assert!(failure(&result).contains("FINISHED"), "{result}");
}

#[test]
fn a_name_that_an_experiment_has_is_refused_with_its_id() {
    for (stage, hint) in [("active", "Use it"), ("deleted", "restore_experiment")] {
        let found = format!(
            r#"{{"experiment": {{"experiment_id": "4", "name": "taken", "lifecycle_stage": "{stage}"}}}}"#
        );
        let mlflow = Mlflow::new(move |_| Ok(answer(200, found.clone())));
        let result = call(&mlflow, "create_experiment", json!({"name": "taken"}));
        let text = failure(&result);
        assert!(text.contains("id 4") && text.contains(hint), "{text}");
        assert!(changes(&mlflow).is_empty());
    }
}

#[test]
fn a_file_that_is_there_is_replaced_on_demand_only() {
    let there = || {
        Mlflow::new(|request| {
            let body = match request.uri().path().ends_with("artifacts/list") {
                true => {
                    r#"{"files": [{"path": "a/b.md", "is_dir": false, "file_size": "7"}, {"path": "a/c", "is_dir": true}]}"#
                }
                false => r#"{"run": {"info": {"run_id": "7"}}}"#,
            };
            Ok(answer(200, body))
        })
    };
    let write = |mlflow: &Mlflow, path: &str, overwrite: bool| {
        let arguments = json!({"run_id": "7", "path": path, "text": "größe", "overwrite": overwrite});
        call(mlflow, "upload_text_artifact", arguments)
    };
    let mlflow = there();
    assert!(failure(&write(&mlflow, "a/b.md", false)).contains("is there already"));
    assert!(failure(&write(&mlflow, "a/c", true)).contains("is a directory"));
    assert!(changes(&mlflow).is_empty());
    let result = write(&mlflow, "a/b.md", true);
    assert_eq!((&success(&result)["replaced"], &success(&result)["size_bytes"]), (&json!(true), &json!(7)));
    let last = mlflow.seen().pop().unwrap();
    assert_eq!(last.uri().query(), Some("run_uuid=7&path=a%2Fb.md"));
    assert_eq!(last.body().as_ref(), "größe".as_bytes());
    assert_eq!(last.headers()["content-type"], "application/octet-stream");
    assert_eq!(last.headers()["content-length"], "7");
    for path in ["../x", "/x", "a//b", "a/", "a/../../x", "%2e%2e/x", "c:\\x"] {
        let result = write(&Mlflow::untouched(), path, true);
        assert!(failure(&result).contains("nothing was written"), "{result}");
    }
}

#[test]
fn what_is_not_deleted_is_not_restored() {
    for (tool, thing) in [("restore_run", "run_id"), ("restore_experiment", "experiment_id")] {
        let mlflow = furnished();
        let result = call(&mlflow, tool, json!({thing: "7"}));
        assert!(failure(&result).contains("is not deleted; nothing was changed"), "{result}");
        assert!(changes(&mlflow).is_empty());
    }
}

#[test]
fn a_tag_that_is_not_there_is_named_with_those_that_are() {
    for (tool, thing) in [("delete_run_tag", "run_id"), ("delete_experiment_tag", "experiment_id")] {
        let mlflow = furnished();
        let result = call(&mlflow, tool, json!({thing: "7", "key": "taem"}));
        assert!(failure(&result).contains("\"team\""), "{result}");
        assert!(changes(&mlflow).is_empty());
    }
}

#[test]
fn a_server_that_is_too_old_is_told_with_the_version_that_can() {
    let old = Mlflow::new(|request| match request.method().as_str() {
        "GET" => Ok(answer(
            200,
            r#"{"experiment": {"experiment_id": "7", "name": "e", "tags": [{"key": "k", "value": "v"}]}}"#,
        )),
        _ => Ok(answer(404, "<!doctype html><title>404 Not Found</title>")),
    });
    let result = call(&old, "delete_experiment_tag", json!({"experiment_id": "7", "key": "k"}));
    assert!(failure(&result).contains("needs MLflow 3.2 or newer"), "{result}");
}
