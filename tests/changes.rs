//! What tools that change MLflow do when something is off: nothing, or they say what is uncertain.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::port::HttpError;
use serde_json::{Value, json};
use support::furnished::{calls, changes, furnished};
use support::{Mlflow, answer, call, failure, success};

#[test]
fn a_misspelt_argument_of_a_change_changes_nothing() {
    for (tool, mut arguments) in calls() {
        arguments["dry_rum"] = json!(true);
        let result = call(&Mlflow::untouched(), tool, arguments);
        let text = failure(&result);
        assert!(text.contains("dry_rum") && text.contains("nothing was changed"), "{text}");
    }
}

#[test]
fn what_it_was_before_and_the_call_that_takes_it_back_are_told() {
    let change = |tool: &str, arguments: Value| success(&call(&furnished(), tool, arguments)).clone();
    let answer = change("set_run_tag", json!({"run_id": "7", "key": "team", "value": "nlp"}));
    assert_eq!(answer["previous_value"], "cv");
    assert_eq!(answer["undo"], r#"set_run_tag {"run_id":"7","key":"team","value":"cv"}"#);
    let answer = change("set_experiment_tag", json!({"experiment_id": "7", "key": "new", "value": "x"}));
    assert_eq!(answer["previous_value"], Value::Null);
    assert_eq!(answer["undo"], r#"delete_experiment_tag {"experiment_id":"7","key":"new"}"#);
    let answer =
        change("update_model_version", json!({"name": "churn", "version": 2, "description": "New."}));
    assert_eq!(answer["previous_description"], "The old one.");
    assert_eq!(
        answer["undo"],
        r#"update_model_version {"name":"churn","version":"2","description":"The old one."}"#
    );
    let answer = change("set_model_alias", json!({"name": "churn", "alias": "champion", "version": 3}));
    assert_eq!(answer["undo"], r#"set_model_alias {"name":"churn","alias":"champion","version":"2"}"#);
}

#[test]
fn what_is_deleted_is_not_changed() {
    let deleted = || {
        Mlflow::always(
            200,
            r#"{"run": {"info": {"run_id": "7", "lifecycle_stage": "deleted"}},
                "experiment": {"experiment_id": "7", "name": "e", "lifecycle_stage": "deleted"}}"#,
        )
    };
    for (tool, thing) in [("set_run_tag", "run_id"), ("set_experiment_tag", "experiment_id")] {
        let mlflow = deleted();
        let result = call(&mlflow, tool, json!({thing: "7", "key": "k", "value": "v"}));
        assert!(failure(&result).contains("nothing was changed"), "{result}");
        assert!(changes(&mlflow).is_empty());
    }
}

#[test]
fn the_answer_of_a_change_is_bounded_whatever_was_there_before() {
    let long = "ü".repeat(100_000);
    let model = format!(
        r#"{{"registered_model": {{"name": "churn", "tags": [{{"key": "notes", "value": "{long}"}}]}}}}"#
    );
    let mlflow = Mlflow::new(move |request| {
        let is_read = request.method() == "GET";
        Ok(answer(200, if is_read { model.clone() } else { "{}".to_owned() }))
    });
    let arguments = json!({"name": "churn", "key": "notes", "value": "ä".repeat(90_000)});
    let result = call(&mlflow, "set_registered_model_tag", arguments);
    assert_eq!(changes(&mlflow).len(), 1);
    let answer = success(&result);
    assert!(answer.to_string().chars().count() <= 40_000);
    let ends = |member: &str, end: &str| answer[member].as_str().unwrap().ends_with(end);
    assert!(ends("value", "ä... (90000 characters)") && ends("previous_value", "ü... (100000 characters)"));
    assert!(
        answer["undo"].as_str().unwrap().starts_with("None in this answer: the call has 100"),
        "{answer}"
    );
}

#[test]
fn versions_are_not_archived_where_it_cannot_be_told_which() {
    let mlflow = furnished();
    let arguments = json!({
        "name": r#"both ' and ""#, "version": "3", "stage": "Production", "archive_existing": true
    });
    let result = call(&mlflow, "transition_model_version_stage", arguments);
    assert!(failure(&result).contains("both kinds of quotes; nothing was changed"), "{result}");
    assert!(changes(&mlflow).is_empty());
}

#[test]
fn a_change_is_sent_once_and_its_fate_is_not_made_up() {
    for error in [HttpError::Closed, HttpError::ResponseTimeout, HttpError::Incomplete] {
        let mlflow = Mlflow::new(move |request| match request.method().as_str() {
            "GET" => Ok(answer(200, r#"{"run": {"info": {"run_id": "abc"}}}"#)),
            _ => Err(error),
        });
        let result = call(&mlflow, "set_run_tag", json!({"run_id": "abc", "key": "team", "value": "nlp"}));
        assert_eq!(changes(&mlflow).len(), 1);
        assert!(failure(&result).contains("may have been made all the same"), "{result}");
    }
    let mlflow = Mlflow::failing(HttpError::Unreachable);
    let result = call(&mlflow, "delete_run", json!({"run_id": "abc"}));
    assert!(!failure(&result).contains("may have been made"), "{result}");
}

#[test]
fn tag_values_become_text() {
    for (value, text) in [(json!(5), "5"), (json!(true), "true"), (json!(0.5), "0.5"), (json!("x"), "x")] {
        let mlflow = furnished();
        let arguments = json!({"experiment_id": 7, "key": "k", "value": value});
        let result = call(&mlflow, "set_experiment_tag", arguments);
        assert_eq!(success(&result)["value"], text);
        let sent: Value = serde_json::from_slice(mlflow.seen()[1].body()).unwrap();
        assert_eq!(sent, json!({"experiment_id": "7", "key": "k", "value": text}));
    }
}

#[test]
fn a_tag_that_mlflow_would_cut_is_refused() {
    let arguments = |length: usize| json!({"run_id": "abc", "key": "k", "value": "ü".repeat(length)});
    success(&call(&furnished(), "set_run_tag", arguments(8_000)));
    let result = call(&Mlflow::untouched(), "set_run_tag", arguments(8_001));
    assert!(failure(&result).contains("8001 characters"), "{result}");
}

#[test]
fn the_default_experiment_is_not_deleted() {
    let result = call(&Mlflow::untouched(), "delete_experiment", json!({"experiment_id": 0}));
    assert!(failure(&result).contains("nothing was deleted"), "{result}");
}

/// A registry with one model, whose version 2 is `champion`.
fn registry() -> Mlflow {
    const MODEL: &str =
        r#"{"registered_model": {"name": "churn", "aliases": [{"alias": "champion", "version": "2"}]}}"#;
    const VERSION: &str = r#"{"model_version": {"name": "churn", "version": "2", "source": "models:/m-1",
                               "current_stage": "None", "aliases": ["champion"]}}"#;
    Mlflow::new(|request| {
        Ok(match (request.method().as_str(), request.uri().path()) {
            ("GET", "/api/2.0/mlflow/registered-models/get") => answer(200, MODEL),
            ("GET", "/api/2.0/mlflow/model-versions/get") => answer(200, VERSION),
            _ => answer(200, "{}"),
        })
    })
}

#[test]
fn what_an_alias_names_is_not_deleted() {
    for (tool, arguments) in [
        ("delete_model_version", json!({"name": "churn", "version": 2})),
        ("delete_registered_model", json!({"name": "churn"})),
    ] {
        let mlflow = registry();
        let result = call(&mlflow, tool, arguments);
        let text = failure(&result);
        assert!(text.contains("champion") && text.contains("nothing was deleted"), "{text}");
        assert!(changes(&mlflow).is_empty());
    }
}

#[test]
fn an_alias_that_is_not_there_is_not_deleted_with_success() {
    let mlflow = registry();
    let result = call(&mlflow, "delete_model_alias", json!({"name": "churn", "alias": "campion"}));
    assert!(failure(&result).contains("Its aliases: champion (version 2)."), "{result}");
    assert!(changes(&mlflow).is_empty());
    let result = call(&mlflow, "delete_model_alias", json!({"name": "churn", "alias": "champion"}));
    assert_eq!(success(&result)["version"], "2");
    assert_eq!(changes(&mlflow), ["DELETE /api/2.0/mlflow/registered-models/alias"]);
}

#[test]
fn who_had_the_alias_before_is_told() {
    let move_it = |alias: &str| {
        let arguments = json!({"name": "churn", "alias": alias, "version": 3});
        success(&call(&registry(), "set_model_alias", arguments))["previous_version"].clone()
    };
    assert_eq!(move_it("champion"), "2");
    assert_eq!(move_it("challenger"), Value::Null);
}

#[test]
fn a_model_that_was_created_for_a_version_that_fails_is_removed_again() {
    let copy = |create: u16, version: u16| {
        let mlflow = Mlflow::new(move |request| {
            let refusal = r#"{"error_code": "RESOURCE_ALREADY_EXISTS", "message": "no"}"#;
            Ok(match (request.method().as_str(), request.uri().path()) {
                ("POST", "/api/2.0/mlflow/registered-models/create") if create == 400 => answer(400, refusal),
                ("POST", "/api/2.0/mlflow/model-versions/create") => answer(
                    version,
                    match version {
                        502 => "<html>Bad Gateway</html>",
                        _ => r#"{"error_code": "INTERNAL_ERROR", "message": "no such model"}"#,
                    },
                ),
                ("GET", _) => answer(200, r#"{"model_version": {"name": "churn", "version": "2"}}"#),
                _ => answer(200, "{}"),
            })
        });
        let arguments = json!({"src_model_name": "churn", "src_version": 2, "dst_model_name": "prod"});
        failure(&call(&mlflow, "copy_model_version", arguments));
        changes(&mlflow).iter().any(|line| line == "DELETE /api/2.0/mlflow/registered-models/delete")
    };
    assert!(copy(200, 500), "created here, refused by MLflow");
    assert!(!copy(400, 500), "it was there before");
    assert!(!copy(200, 502), "a proxy's word: the version may be there");
}

#[test]
fn a_stage_that_does_not_exist_is_refused_with_those_that_do() {
    let arguments = json!({"name": "churn", "version": 2, "stage": "Prod"});
    let result = call(&Mlflow::untouched(), "transition_model_version_stage", arguments);
    let text = failure(&result);
    assert!(["None", "Staging", "Production", "Archived"].iter().all(|stage| text.contains(stage)), "{text}");
}
