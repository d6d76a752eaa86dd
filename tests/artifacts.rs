//! Files of runs, and of the models that MLflow 3 keeps beside them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::recorded::{VERSIONS, recorded};
use support::{Mlflow, call, failure, success};

fn about(mlflow: &Mlflow, path: &str) -> Value {
    call(mlflow, "get_run_artifact", json!({"run_id": "abc", "artifact_path": path}))
}

#[test]
fn a_text_is_described_with_its_beginning_in_one_request() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["artifact-range"]);
        let result = about(&mlflow, "/logs/größe 1.log");
        let file = success(&result);
        assert_eq!((&file["size_bytes"], &file["is_dir"]), (&json!(5_000_318), &json!(false)));
        assert_eq!(file["media_type"], "text/plain");
        assert_eq!(file["uri"], "mlflow://run/abc/artifacts/logs/gr%C3%B6%C3%9Fe%201.log");
        assert!(file["preview"].as_str().unwrap().starts_with("2026-01-07 09:00:00"), "{file}");
        assert_eq!(file["truncated"], true);
        assert!(file["note"].as_str().unwrap().contains("start_byte"), "{file}");
        assert_eq!(mlflow.seen()[0].headers()["range"], "bytes=0-1999");
        assert_eq!(mlflow.lines().len(), 1);
        // No path on any disk: whoever asks is somewhere else.
        assert_eq!(file.get("local_path"), None);
    }
}

#[test]
fn text_in_any_encoding_is_shown_and_bytes_are_not() {
    for version in VERSIONS {
        let latin = about(&recorded(version, &["artifact-latin1"]), "legacy/notes-latin1.txt");
        assert!(success(&latin)["preview"].as_str().unwrap().starts_with("Größe"), "{latin}");
        let picture = about(&recorded(version, &["artifact-png-head"]), "plots/ap.png");
        let picture = success(&picture);
        assert_eq!((&picture["media_type"], picture.get("preview")), (&json!("image/png"), None));
        assert!(picture["note"].as_str().unwrap().contains("shows the picture"));
        let empty = about(&recorded(version, &["artifact-empty"]), "logs/stderr.log");
        assert_eq!((&success(&empty)["size_bytes"], &success(&empty)["preview"]), (&json!(0), &json!("")));
    }
}

#[test]
fn a_directory_says_so_and_lists_what_is_in_it() {
    for (version, before) in [("3.17.2", vec![]), ("2.22.5", vec!["runs-get"])] {
        let after = ["artifact-directory", "artifacts-list", "artifacts-list-directory"];
        let mlflow = recorded(version, &[before, after.to_vec()].concat());
        let result = about(&mlflow, "logs");
        let directory = success(&result);
        assert_eq!((&directory["is_dir"], directory.get("size_bytes")), (&json!(true), None));
        let paths: Vec<&Value> =
            directory["files"].as_array().unwrap().iter().map(|file| &file["path"]).collect();
        assert_eq!(paths, ["logs/stderr.log", "logs/train.log"]);
        assert!(directory["note"].as_str().unwrap().contains("get_run_artifacts"), "{directory}");
    }
}

#[test]
fn a_file_of_a_model_that_mlflow_3_keeps_beside_its_run_is_found_by_its_old_path() {
    let names =
        ["artifact-of-model-beside-run", "runs-get-with-model", "logged-models-of-run", "logged-models-file"];
    for tool in ["get_run_artifact", "get_artifact_content"] {
        let mlflow = recorded("3.17.2", &names);
        let arguments = json!({"run_id": "abc", "artifact_path": "churn-gbdt/requirements.txt"});
        let result = call(&mlflow, tool, arguments);
        let file = success(&result);
        assert_eq!(file["artifact_path"], "churn-gbdt/requirements.txt");
        let model_id = file["model_id"].as_str().unwrap();
        let text = file.get("preview").or(file.get("result")).unwrap();
        assert_eq!(text, "mlflow==3.17.2\n");
        let expected = format!(
            "GET /ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files?artifact_file_path=requirements.txt"
        );
        assert_eq!(mlflow.lines()[3], expected);
    }
}

#[test]
fn a_model_beside_its_run_is_listed_under_the_name_it_was_logged_with() {
    let mlflow =
        recorded("3.17.2", &["artifacts-list-with-model", "runs-get-with-model", "logged-models-of-run"]);
    let result = call(&mlflow, "get_run_artifacts", json!({"run_id": "abc"}));
    let root = &success(&result)["result"][0];
    assert_eq!((&root["path"], &root["is_dir"]), (&json!("churn-gbdt"), &json!(true)));
    let names = [
        "artifacts-list-of-model-beside-run",
        "runs-get-with-model",
        "logged-models-of-run",
        "logged-models-files",
    ];
    let result = call(
        &recorded("3.17.2", &names),
        "get_run_artifacts",
        json!({"run_id": "abc", "path": "churn-gbdt"}),
    );
    let files = success(&result)["result"].as_array().unwrap();
    assert_eq!((&files[0]["path"], &files[0]["model_id"]), (&json!("churn-gbdt/MLmodel"), &root["model_id"]));
}

#[test]
fn a_slip_inside_of_a_model_is_told_with_what_is_there() {
    let names = [
        "artifact-of-model-beside-run",
        "runs-get-with-model",
        "logged-models-of-run",
        "logged-models-file-missing",
        "logged-models-files",
    ];
    let result = about(&recorded("3.17.2", &names), "churn-gbdt/MLmode");
    assert!(failure(&result).contains("Did you mean \"churn-gbdt/MLmodel\"?"), "{result}");
    let mut of_directory = names.map(|name| match name {
        "artifact-of-model-beside-run" => "artifacts-list-of-model-beside-run",
        "logged-models-file-missing" => "logged-models-files-none",
        name => name,
    });
    of_directory.sort_by_key(|name| *name == "logged-models-files");
    let mlflow = recorded("3.17.2", &of_directory);
    let result = call(&mlflow, "get_run_artifacts", json!({"run_id": "abc", "path": "churn-gbdt/MLmodel"}));
    assert!(failure(&result).contains("\"churn-gbdt/MLmodel\" is a file"), "{result}");
}

#[test]
fn a_path_that_leads_nowhere_is_an_error_on_every_version() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["artifact-missing", "runs-get", "artifacts-list"]);
        let result = about(&mlflow, "report.mkd");
        assert!(failure(&result).contains("Did you mean \"report.md\"?"), "{version}: {result}");
    }
}

#[test]
fn the_parent_is_shown_as_get_run_shows_it_and_none_as_null() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["runs-get-with-model", "runs-get-parent"]);
        let result = call(&mlflow, "get_parent_run", json!({"run_id": "abc"}));
        let parent = success(&result);
        assert_eq!((&parent["run_name"], parent.get("result")), (&json!("sweep-2026-01-06"), None));
        let run = call(&recorded(version, &["runs-get-parent"]), "get_run", json!({"run_id": "abc"}));
        assert_eq!(parent, success(&run));
        assert!(mlflow.lines()[1].ends_with(&format!("run_id={}", parent["run_id"].as_str().unwrap())));
        let none = call(&recorded(version, &["runs-get"]), "get_parent_run", json!({"run_id": "abc"}));
        assert_eq!(success(&none), &json!({"result": null}));
        let mlflow = recorded(version, &["runs-get-with-model", "runs-get-missing"]);
        let lost = call(&mlflow, "get_parent_run", json!({"run_id": "abc"}));
        assert!(failure(&lost).contains("as its parent, and MLflow has no such run"), "{lost}");
    }
}
