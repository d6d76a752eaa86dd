//! Changes that are cut off at any of the requests they are made of: nothing half done, or the answer says what stands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use http::Response;
use mlflow_mcp::port::HttpError;
use support::furnished::{calls, changes, furnished, interrupted};
use support::{Mlflow, answer, call, failure, success};

/// What a request meets instead of an answer.
type Fault = fn() -> Result<Response<bytes::Bytes>, HttpError>;

/// What can happen to a request, and whether MLflow may have acted on it all the same.
fn faults() -> Vec<(&'static str, bool, Fault)> {
    vec![
        ("unreachable", false, || Err(HttpError::Unreachable)),
        ("no answer in time", true, || Err(HttpError::ResponseTimeout)),
        ("an answer that breaks off", true, || Err(HttpError::Incomplete)),
        ("MLflow's own no", false, || {
            Ok(answer(400, r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "not like that"}"#))
        }),
        ("a proxy that gives up", true, || Ok(answer(502, "<html>Bad Gateway</html>"))),
    ]
}

/// The requests of a call on an MLflow where nothing goes wrong, and which of them is the first that changes something.
fn course(tool: &str, arguments: &serde_json::Value) -> (usize, usize) {
    let mlflow = furnished();
    success(&call(&mlflow, tool, arguments.clone()));
    let first_change = &changes(&mlflow)[0];
    let all = mlflow.lines();
    (all.len(), all.iter().position(|line| line == first_change).unwrap())
}

#[test]
fn nothing_is_changed_when_a_look_before_fails() {
    for (tool, arguments) in calls() {
        let (_, first_change) = course(tool, &arguments);
        for number in 0..first_change {
            for (name, _, fault) in faults() {
                let mlflow = interrupted(number, fault);
                let result = call(&mlflow, tool, arguments.clone());
                if result["isError"] == true {
                    assert!(changes(&mlflow).is_empty(), "{tool}, {name} at {number}: {:?}", mlflow.lines());
                }
                let text = result.to_string();
                assert!(!text.contains("may have been made"), "{tool}, {name} at {number}: {text}");
            }
        }
    }
}

#[test]
fn a_change_that_fails_is_sent_once_and_the_answer_says_whether_it_may_stand() {
    for (tool, arguments) in calls() {
        let (requests, first_change) = course(tool, &arguments);
        for number in first_change..requests {
            for (name, may_stand, fault) in faults() {
                let mlflow = interrupted(number, fault);
                let result = call(&mlflow, tool, arguments.clone());
                let sent = changes(&mlflow);
                if !sent.contains(&mlflow.lines()[number]) {
                    // It only reads what was changed: that is done, and must not be done again.
                    assert!(success(&result)["note"].is_string(), "{tool}, {name} at {number}: {result}");
                    continue;
                }
                let text = failure(&result);
                let again = sent.iter().filter(|line| **line == mlflow.lines()[number]).count();
                assert_eq!(again, 1, "{tool}, {name} at {number}: {sent:?}");
                if number == first_change {
                    assert_eq!(sent.len(), 1, "{tool}, {name} at {number} goes on: {sent:?}");
                }
                if may_stand && name != "a proxy that gives up" {
                    assert!(text.contains("may have been made"), "{tool}, {name} at {number}: {text}");
                }
            }
        }
    }
}

/// The tools whose change takes more than one request, so that a part of it can stand: each has tests of its own.
#[test]
fn only_registering_takes_more_than_one_change() {
    let several: Vec<&str> = calls()
        .into_iter()
        .filter(|(tool, arguments)| {
            let mlflow: Mlflow = furnished();
            success(&call(&mlflow, tool, arguments.clone()));
            changes(&mlflow).len() > 1
        })
        .map(|(tool, _)| tool)
        .collect();
    assert_eq!(several, ["register_model", "copy_model_version", "register_prompt"]);
}
