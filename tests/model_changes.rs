//! Registered models, versions and logged models that are changed: what is sent, and what is found out before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::furnished::{changes, furnished};
use support::{Mlflow, answer, call, failure, success};

const ID: &str = "m-00000000000000000000000000000000";

/// The body of the only change.
fn sent(mlflow: &Mlflow) -> Value {
    let changes = changes(mlflow);
    assert_eq!(changes.len(), 1, "{changes:?}");
    let place = mlflow.lines().iter().position(|line| *line == changes[0]).unwrap();
    serde_json::from_slice(mlflow.seen()[place].body()).unwrap()
}

#[test]
fn a_name_that_is_taken_is_refused_before_anything_is_sent() {
    for (tool, arguments) in [
        ("create_registered_model", json!({"name": "churn"})),
        ("rename_registered_model", json!({"name": "bare", "new_name": "churn"})),
    ] {
        let mlflow = furnished();
        let result = call(&mlflow, tool, arguments);
        assert!(failure(&result).contains("\"churn\" already; nothing was changed"), "{result}");
        assert!(changes(&mlflow).is_empty());
    }
}

#[test]
fn a_renamed_model_tells_how_it_gets_its_name_back() {
    let mlflow = furnished();
    let result = call(&mlflow, "rename_registered_model", json!({"name": "churn", "new_name": "new"}));
    assert_eq!(success(&result)["undo"], r#"rename_registered_model {"name":"new","new_name":"churn"}"#);
    assert_eq!(sent(&mlflow), json!({"name": "churn", "new_name": "new"}));
}

#[test]
fn tags_of_versions_tell_what_they_were() {
    let arguments = json!({"name": "churn", "version": 2, "key": "team", "value": "nlp"});
    let result = call(&furnished(), "set_model_version_tag", arguments);
    assert_eq!(success(&result)["previous_value"], "cv");
    let result =
        call(&furnished(), "delete_model_version_tag", json!({"name": "churn", "version": 2, "key": "team"}));
    assert_eq!(
        success(&result)["undo"],
        r#"set_model_version_tag {"name":"churn","version":"2","key":"team","value":"cv"}"#
    );
}

#[test]
fn a_logged_model_is_created_pending_and_finalized_with_its_id_in_path_and_body() {
    let mlflow = furnished();
    let arguments = json!({"experiment_id": "7", "name": "gbm", "source_run_id": "7", "params": {"lr": 0.1}});
    let result = call(&mlflow, "create_logged_model", arguments);
    assert_eq!(success(&result)["status"], "LOGGED_MODEL_PENDING");
    assert_eq!(sent(&mlflow)["params"], json!([{"key": "lr", "value": "0.1"}]));
    let mlflow = furnished();
    success(&call(&mlflow, "finalize_logged_model", json!({"model_id": ID, "status": "failed"})));
    assert_eq!(changes(&mlflow), [format!("PATCH /api/2.0/mlflow/logged-models/{ID}")]);
    assert_eq!(sent(&mlflow), json!({"model_id": ID, "status": "LOGGED_MODEL_UPLOAD_FAILED"}));
}

#[test]
fn a_parameter_of_a_logged_model_that_has_another_value_stops_all_of_them() {
    let mlflow = furnished();
    let arguments = json!({"model_id": ID, "params": {"lr": "0.2", "depth": 3}});
    assert!(failure(&call(&mlflow, "log_logged_model_params", arguments)).contains("nothing was logged"));
    assert!(changes(&mlflow).is_empty());
    let mlflow = furnished();
    success(&call(
        &mlflow,
        "log_logged_model_params",
        json!({"model_id": ID, "params": {"lr": 0.1, "depth": 3}}),
    ));
    assert_eq!(sent(&mlflow)["params"], json!([{"key": "depth", "value": "3"}]));
}

#[test]
fn tags_of_logged_models_are_told_apart_and_their_names_are_encoded_in_paths() {
    let arguments = json!({"model_id": ID, "tags": {"team": "nlp", "stage": "dev"}});
    let result = call(&furnished(), "set_logged_model_tags", arguments);
    assert_eq!(
        (&success(&result)["previous"], &success(&result)["new_tags"]),
        (&json!({"team": "cv"}), &json!(["stage"]))
    );
    let odd = Mlflow::new(|_| {
        Ok(answer(
            200,
            r#"{"model": {"info": {"model_id": "m-1", "tags": [{"key": "a/../b?c", "value": "v"}]}}}"#,
        ))
    });
    success(&call(&odd, "delete_logged_model_tag", json!({"model_id": "m-1", "key": "a/../b?c"})));
    assert_eq!(changes(&odd), ["DELETE /api/2.0/mlflow/logged-models/m-1/tags/a%2F..%2Fb%3Fc"]);
}

#[test]
fn a_server_without_logged_models_is_told_so() {
    let old = Mlflow::new(|request| match request.uri().path().ends_with("experiments/get") {
        true => Ok(answer(200, r#"{"experiment": {"experiment_id": "7", "name": "e"}}"#)),
        false => Ok(answer(404, "<!doctype html><title>404 Not Found</title>")),
    });
    for (tool, arguments) in [
        ("create_logged_model", json!({"experiment_id": "7"})),
        ("finalize_logged_model", json!({"model_id": ID})),
        ("set_logged_model_tags", json!({"model_id": ID, "tags": {"a": "b"}})),
    ] {
        let result = call(&old, tool, arguments);
        assert!(failure(&result).contains("MLflow has them since 3.0"), "{result}");
    }
}
