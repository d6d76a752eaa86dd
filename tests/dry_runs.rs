//! Calls that only tell what they would do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::json;
use support::furnished::{calls, changes, furnished};
use support::{Mlflow, call, call_with, failure, success};

/// What asks for a person's yes to every change and every deletion.
const ASK_FIRST: (&str, &str) = (
    "MLFLOW_MCP_POLICY",
    r#"{"version": "1", "default": "allow", "tools": {"risk:medium": {"action": "require_approval"}, "risk:high": {"action": "require_approval"}}}"#,
);

#[test]
fn a_dry_run_of_any_change_tells_what_it_would_do_and_changes_nothing() {
    for (tool, mut arguments) in calls() {
        let mlflow = furnished();
        success(&call(&mlflow, tool, arguments.clone()));
        assert!(!changes(&mlflow).is_empty(), "{tool} changes something");

        arguments["dry_run"] = json!(true);
        let mlflow = furnished();
        let result = call_with(&mlflow, &[ASK_FIRST], tool, arguments);
        let answer = success(&result);
        assert_eq!(answer["dry_run"], true);
        assert!(answer["would"].as_str().is_some_and(|would| would.len() > 20), "{tool}: {answer}");
        assert!(changes(&mlflow).is_empty(), "{tool}: {:?}", mlflow.lines());
        assert!(!mlflow.seen().is_empty(), "{tool} looks at what it would change");
    }
}

#[test]
fn a_dry_run_fails_where_the_change_would() {
    let arguments = json!({"name": "churn", "dry_run": true});
    let result = call(&furnished(), "delete_registered_model", arguments);
    assert!(failure(&result).contains("champion"), "{result}");
    let refusing =
        Mlflow::always(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such run"}"#);
    let arguments = json!({"run_id": "abc", "key": "k", "value": "v", "dry_run": true});
    assert!(failure(&call(&refusing, "set_run_tag", arguments)).contains("no such run"));
}

#[test]
fn a_tool_that_is_denied_has_no_dry_run() {
    let denied = [(
        "MLFLOW_MCP_POLICY",
        r#"{"version": "1", "default": "allow", "tools": {"set_run_tag": {"action": "deny"}}}"#,
    )];
    let arguments = json!({"run_id": "7", "key": "k", "value": "v", "dry_run": true});
    let mlflow = Mlflow::untouched();
    failure(&call_with(&mlflow, &denied, "set_run_tag", arguments));
}

#[test]
fn a_policy_can_admit_dry_runs_only() {
    let policy = r#"{"version": "1", "tools": {"set_run_tag": {"action": "allow", "arguments": {"dry_run": ["true"]}}}}"#;
    let try_it = |mlflow: &Mlflow, dry_run: bool| {
        let arguments = json!({"run_id": "7", "key": "k", "value": "v", "dry_run": dry_run});
        call_with(mlflow, &[("MLFLOW_MCP_POLICY", policy)], "set_run_tag", arguments)
    };
    success(&try_it(&furnished(), true));
    assert!(failure(&try_it(&Mlflow::untouched(), false)).contains("dry_run"));
}
