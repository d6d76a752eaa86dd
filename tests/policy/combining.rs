//! How rules combine, case by case.

use mlflow_mcp::policy::refusal::Denial;
use mlflow_mcp::policy::{DEFAULT, Refusal};
use mlflow_mcp::spec::Risk;
use mlflow_mcp::tools;
use serde_json::{Value, json};

use super::{ask, policy};

/// What becomes of a call of `delete_run` under these rules.
fn outcome(default: &str, rules: Value) -> String {
    let text = json!({"version": "1", "default": default, "tools": rules}).to_string();
    match ask(&policy(&text), "delete_run", &json!({"run_id": "abc"})) {
        Ok(_) => "admitted".to_owned(),
        Err(Refusal::Denied { denial: Denial::Rule { rule, .. }, .. }) => format!("denied by {rule}"),
        Err(Refusal::Denied { denial, .. }) => format!("denied: {denial}"),
        Err(Refusal::Unapproved { rule, confirm: true, .. }) => format!("to be confirmed by {rule}"),
        Err(Refusal::Unapproved { rule, .. }) => format!("to be approved by {rule}"),
        Err(other) => other.to_string(),
    }
}

#[test]
fn the_most_specific_action_decides() {
    let approve = json!({"action": "require_approval"});
    let allow = json!({"action": "allow"});
    let confirm = json!({"action": "confirm"});
    for (rules, expected) in [
        (json!({}), "denied: no rule of the policy is about it, and its default is \"deny\""),
        (json!({"delete_run": {}}), "admitted"),
        (json!({"risk:high": {}}), "admitted"),
        (json!({"risk:high": approve, "delete_run": allow}), "admitted"),
        (json!({"delete_run": allow, "risk:high": approve}), "admitted"),
        (json!({"risk:high": approve, "toolset:core": allow}), "admitted"),
        (json!({"toolset:core": approve, "delete_*": allow}), "admitted"),
        (json!({"delete_*": allow, "delete_run": approve}), "to be approved by delete_run"),
        (json!({"delete_*": allow, "*_run": approve, "*": confirm}), "to be approved by *_run"),
        // Without an action a rule says nothing about approval.
        (json!({"risk:high": approve, "delete_run": {}}), "to be approved by risk:high"),
        (json!({"risk:high": confirm, "delete_run": {"reason": "x"}}), "to be confirmed by risk:high"),
        (
            json!({"risk:low": allow}),
            "denied: no rule of the policy is about it, and its default is \"deny\"",
        ),
    ] {
        assert_eq!(outcome("deny", rules.clone()), expected, "{rules}");
    }
    assert_eq!(outcome("allow", json!({})), "admitted");
    assert_eq!(outcome("allow", json!({"risk:high": {"action": "deny"}})), "denied by risk:high");
}

#[test]
fn deny_wins_however_general_it_is() {
    let (deny, allow) = (json!({"action": "deny"}), json!({"action": "allow"}));
    for key in ["risk:high", "toolset:core", "delete_*", "*"] {
        let rules = json!({"delete_run": allow, key: deny});
        assert_eq!(outcome("allow", rules), format!("denied by {key}"));
    }
}

#[test]
fn conditions_of_all_matching_rules_hold() {
    let rules = |own: &str| json!({"delete_run": {"arguments": {"run_id": own}}, "*": {"arguments": {"run_id": ["a*", "b"]}}});
    // Nothing is said of tools that have no such argument but that they cannot fulfil it.
    assert_eq!(outcome("deny", rules("abc")), "admitted");
    for own in ["b", "abcd", "x"] {
        assert!(outcome("deny", rules(own)).starts_with("denied: the policy's rule \"delete_run\" wants"));
    }
}

#[test]
fn a_tool_without_the_argument_of_a_condition_is_not_listed() {
    let text = r#"{"version": "1", "tools": {"risk:low": {"arguments": {"run_id": "a"}}}}"#;
    let policy = policy(text);
    for entry in tools::all() {
        let has = entry.input_schema()["properties"].get("run_id").is_some();
        let listed = has && entry.spec.effect.risk() == Risk::Low;
        assert_eq!(policy.lists(entry.spec).is_ok(), listed, "{}", entry.spec.name);
    }
}

#[test]
fn by_default_reads_pass_writes_are_limited_and_deletions_need_approval() {
    let policy = policy(DEFAULT);
    for entry in tools::all() {
        let spec = entry.spec;
        assert_eq!(policy.lists(spec), Ok(()), "{}", spec.name);
        match (spec.effect.risk(), ask(&policy, spec.name, &json!({}))) {
            (Risk::Low, Ok(permit)) => assert_eq!(permit.tool(), spec.name),
            (Risk::Medium, Err(Refusal::Uncounted { limit, .. })) => {
                assert_eq!(limit, "30 calls per minute per caller", "{}", spec.name);
            }
            (Risk::High, Err(Refusal::Unapproved { confirm: false, .. })) => {}
            (risk, other) => panic!("{} of {risk:?}: {other:?}", spec.name),
        }
    }
}
