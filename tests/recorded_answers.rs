//! Tools over answers that real servers gave, the newest and the oldest that is supported.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::recorded::{VERSIONS, fixture, recorded, response};
use support::{Mlflow, call, failure, success};

#[test]
fn a_run_is_the_same_record_on_both_servers() {
    for version in VERSIONS {
        let result = call(&recorded(version, &["runs-get"]), "get_run", json!({"run_id": "a"}));
        let run = success(&result);
        let real = &fixture(version, "runs-get")["response"]["body"]["run"];
        assert_eq!(run["run_name"], real["info"]["run_name"]);
        for pair in real["data"]["metrics"].as_array().unwrap() {
            assert_eq!(run["metrics"][pair["key"].as_str().unwrap()], pair["value"]);
        }
        assert!(!run["params"].as_object().unwrap().is_empty());
    }
}

#[test]
fn a_run_says_of_its_data_sets_where_they_are_what_they_hold_and_what_for() {
    for version in VERSIONS {
        let result = call(&recorded(version, &["runs-get"]), "get_run", json!({"run_id": "a"}));
        let shown = success(&result)["inputs"].as_array().unwrap();
        let real = &fixture(version, "runs-get")["response"]["body"]["run"]["inputs"]["dataset_inputs"];
        assert_eq!(shown.len(), 2);
        for (one, other) in shown.iter().zip(real.as_array().unwrap()) {
            for member in ["name", "digest", "source_type", "source", "schema", "profile"] {
                assert_eq!(one[member], other["dataset"][member], "{version} {member}");
            }
        }
    }
    let mut real = fixture("3.17.2", "runs-get");
    let inputs = &mut real["response"]["body"]["run"]["inputs"];
    inputs["dataset_inputs"][1]["dataset"]["schema"] = json!("x".repeat(3_000));
    inputs["model_inputs"] = json!([{"model_id": "m-1"}]);
    let result = call(&Mlflow::new(move |_| Ok(response(&real))), "get_run", json!({"run_id": "a"}));
    let run = success(&result);
    assert_eq!(run["inputs"][1]["schema"], format!("{}... (3000 characters)", "x".repeat(2_000)));
    assert_eq!((&run["omitted"], &run["model_inputs"]), (&json!({"clipped_values": 1}), &json!(["m-1"])));
}

#[test]
fn an_experiment_is_the_same_by_its_id_and_by_its_name() {
    for version in VERSIONS {
        let by_id =
            call(&recorded(version, &["experiments-get"]), "get_experiment", json!({"experiment_id": 1}));
        let by_name = recorded(version, &["experiments-get-by-name"]);
        let by_name = call(&by_name, "get_experiment_by_name", json!({"name": "churn-classifier"}));
        assert_eq!(success(&by_id), success(&by_name));
        assert_eq!(success(&by_id)["tags"]["owner"], "ada");
        let missing = recorded(version, &["experiments-get-missing"]);
        let missing = call(&missing, "get_experiment", json!({"experiment_id": "999999"}));
        assert!(failure(&missing).contains("there is no experiment with id \"999999\""), "{missing}");
    }
}

#[test]
fn deleted_runs_are_listed_where_they_are_asked_for() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["runs-search-deleted"]);
        let result =
            call(&mlflow, "get_runs", json!({"experiment_id": "1", "view_type": "DELETED_ONLY", "limit": 5}));
        let shown = success(&result)["result"].as_array().unwrap();
        assert!(!shown.is_empty() && shown.iter().all(|run| run["lifecycle_stage"] == "deleted"), "{result}");
        let asked: Value = serde_json::from_slice(mlflow.seen()[0].body()).unwrap();
        assert_eq!(asked["run_view_type"], "DELETED_ONLY");
    }
}

#[test]
fn nan_and_clamped_infinities_are_shown_as_mlflow_has_them() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["runs-get-not-a-number"]);
        let result = call(&mlflow, "get_run_metrics", json!({"run_id": "a"}));
        let metrics = success(&result).as_object().unwrap();
        assert!(metrics.values().any(|value| value == "NaN"), "{metrics:?}");
        assert!(metrics.values().any(|value| value == f64::MAX), "{metrics:?}");
    }
}

#[test]
fn what_mlflow_says_of_a_bad_filter_reaches_the_caller_word_for_word() {
    for version in VERSIONS {
        for name in [
            "or",
            "text-on-metric",
            "greater-on-param",
            "unknown-attribute",
            "unquoted-param",
            "list-on-status",
        ] {
            let name = format!("runs-search-400-{name}");
            let said = &fixture(version, &name)["response"]["body"]["message"];
            let mlflow = recorded(version, &[&name]);
            let result = call(&mlflow, "query_runs", json!({"experiment_id": "1", "query": "x"}));
            let text = failure(&result);
            assert!(text.contains(said.as_str().unwrap()), "{version} {name}: {text}");
        }
    }
}

#[test]
fn a_missing_file_is_told_with_what_is_there_whatever_the_server_answers() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["artifact-missing", "runs-get", "artifacts-list"]);
        let arguments = json!({"run_id": "a", "artifact_path": "report.mkd"});
        let result = call(&mlflow, "get_artifact_content", arguments);
        assert!(failure(&result).contains("Did you mean \"report.md\"?"), "{version}: {result}");
    }
}

#[test]
fn a_directory_is_told_from_a_file_whatever_the_server_answers() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["artifact-directory", "runs-get", "artifacts-list"]);
        let result = call(&mlflow, "get_artifact_content", json!({"run_id": "a", "artifact_path": "logs"}));
        assert!(failure(&result).contains("\"logs\" is a directory"), "{version}: {result}");
        let mlflow = recorded(version, &["artifacts-list-of-file", "runs-get", "artifacts-list"]);
        let result = call(&mlflow, "get_run_artifacts", json!({"run_id": "a", "path": "report.md"}));
        assert!(failure(&result).contains("\"report.md\" is a file"), "{version}: {result}");
    }
}

#[test]
fn an_empty_file_is_empty_and_a_start_behind_the_end_is_told() {
    for version in VERSIONS {
        let read = |name, start| {
            let arguments = json!({"run_id": "a", "artifact_path": "x", "start_byte": start});
            call(&recorded(version, &[name]), "get_artifact_content", arguments)
        };
        let empty = read("artifact-empty", 0);
        assert_eq!((&success(&empty)["result"], &success(&empty)["total_bytes"]), (&json!(""), &json!(0)));
        let beyond = read("artifact-range-beyond", 100_000);
        assert!(failure(&beyond).contains("has 149 bytes"), "{beyond}");
        let latin = read("artifact-latin1", 0);
        assert_eq!(success(&latin)["encoding"], "latin-1");
    }
}

#[test]
fn an_unknown_metric_names_those_of_the_run() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["metric-history-sampled-unknown", "runs-get-not-a-number"]);
        let result = call(&mlflow, "get_run_metric", json!({"run_id": "a", "metric_name": "los"}));
        assert!(failure(&result).contains("Did you mean \"loss\"?"), "{version}: {result}");
    }
}

#[test]
fn an_unknown_experiment_name_suggests_the_nearest() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["experiments-get-by-name-missing", "experiments-search"]);
        let result = call(&mlflow, "get_experiment_by_name", json!({"name": "suport-agent"}));
        assert!(failure(&result).contains("Did you mean \"support-agent\"?"), "{version}: {result}");
    }
}

#[test]
fn what_keeps_us_out_is_told_with_what_to_set() {
    for (name, what) in [
        ("foreign-host", "--allowed-hosts \"mlflow.test:5000\""),
        ("auth-missing", "MLFLOW_TRACKING_USERNAME"),
        ("auth-wrong", "MLFLOW_TRACKING_USERNAME"),
        ("auth-forbidden", "MLflow does not permit this: Permission denied"),
        ("unknown-route", "static prefix"),
    ] {
        let answer = fixture("3.17.2", name);
        let mlflow = Mlflow::new(move |_| Ok(response(&answer)));
        let result = call(&mlflow, "search_experiments", json!({}));
        assert!(failure(&result).contains(what), "{name}: {result}");
    }
}

#[test]
fn every_point_is_paged_through_even_where_the_server_knows_no_pages() {
    for version in VERSIONS {
        let mut arguments = json!({"run_id": "a", "metric_name": "loss", "sample": false, "max_points": 4});
        let first = call(&recorded(version, &["metric-history-page-1"]), "get_run_metric", arguments.clone());
        arguments["page_token"] = success(&first)["next_page_token"].clone();
        let second = call(&recorded(version, &["metric-history-page-2"]), "get_run_metric", arguments);
        let steps =
            [&first, &second].map(|page| success(page)["result"].as_array().unwrap().clone()).concat();
        let steps: Vec<&Value> = steps.iter().map(|point| &point["step"]).collect();
        assert_eq!(steps, [0, 1, 2, 3, 4, 5, 6], "{version}");
        assert_eq!(success(&second).get("next_page_token"), None);
    }
}
