//! What is wrong with a policy, in words.

use mlflow_mcp::policy::Policy;
use mlflow_mcp::tools::Tools;

fn wrong(text: &str) -> String {
    match Policy::parse(text, &Tools) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_policy_in_the_format_of_gateways_is_read() {
    let text = r#"{"version": "1", "default": "deny", "tools": {
        "get_run": {},
        "set_experiment_tag": {"limits": [{"counter": "set_experiment_tag_rate", "window": "minute", "max": 30, "scope": "grant"}]},
        "delete_run": {"action": "deny", "reason": "Runs are kept."},
        "get_runs": {"rate_limit": {"max": 10, "window": 60}},
        "delete_experiment": {"action": "require_approval"}
    }}"#;
    Policy::parse(text, &Tools).unwrap();
}

#[test]
fn unknown_names_keys_and_values_are_named_with_the_nearest_valid_one() {
    let rule = |rule: &str| format!(r#"{{"version": "1", "tools": {{"set_run_tag": {rule}}}}}"#);
    let key = |key: &str| format!(r#"{{"version": "1", "tools": {{"{key}": {{}}}}}}"#);
    for (text, place, near) in [
        (key("delete_rum"), "there is no tool \"delete_rum\"", "\"delete_run\""),
        (key("toolset:cor"), "there is no toolset \"cor\"", "\"core\""),
        (key("risk:hihg"), "there is no risk class \"hihg\"", "\"high\""),
        (
            r#"{"version": "1", "defualt": "deny"}"#.to_owned(),
            "the policy has no key \"defualt\"",
            "\"default\"",
        ),
        (r#"{"version": "1", "default": "alow"}"#.to_owned(), "\"default\" cannot be \"alow\"", "\"allow\""),
        (r#"{"version": "1", "store": "instances"}"#.to_owned(), "\"store\" cannot be", "\"instance\""),
        (rule(r#"{"acton": "deny"}"#), "\"tools\".\"set_run_tag\" has no key \"acton\"", "\"action\""),
        (
            rule(r#"{"action": "denny"}"#),
            "\"tools\".\"set_run_tag\".\"action\" cannot be \"denny\"",
            "\"deny\"",
        ),
        (
            rule(r#"{"limits": [{"window": "minutes", "max": 1}]}"#),
            "\"0\".\"window\" cannot be",
            "\"minute\"",
        ),
        (
            rule(r#"{"limits": [{"window": "day", "max": 1, "scope": "grants"}]}"#),
            "\"scope\" cannot be",
            "\"grant\"",
        ),
        (rule(r#"{"rate_limit": {"max": 1, "windows": 1}}"#), "has no key \"windows\"", "\"window\""),
        (rule(r#"{"arguments": {"runid": "a"}}"#), "there is no argument \"runid\"", "\"run_id\""),
    ] {
        let message = wrong(&text);
        assert!(message.contains(place), "{text}: {message}");
        assert!(message.contains(&format!("Did you mean {near}?")), "{text}: {message}");
    }
}

#[test]
fn what_is_missing_or_of_another_kind_is_said_with_its_place() {
    let limit =
        |limit: &str| format!(r#"{{"version": "1", "tools": {{"get_run": {{"limits": [{limit}]}}}}}}"#);
    for (text, says) in [
        (String::new(), "is not JSON"),
        ("{".to_owned(), "is not JSON"),
        ("[]".to_owned(), "the policy must be an object, not a list"),
        ("{}".to_owned(), "the policy needs the key \"version\". Valid: \"1\"."),
        (r#"{"version": 1}"#.to_owned(), "\"version\" cannot be a number. Valid: \"1\"."),
        (r#"{"version": "2"}"#.to_owned(), "\"version\" cannot be \"2\""),
        (r#"{"version": "1", "tools": []}"#.to_owned(), "\"tools\" must be an object, not a list"),
        (
            r#"{"version": "1", "tools": {"get_run": null}}"#.to_owned(),
            "\"get_run\" must be an object, not null",
        ),
        (
            r#"{"version": "1", "tools": {"get_run": {"action": null}}}"#.to_owned(),
            "\"action\" cannot be null",
        ),
        (limit(r#"{"window": "day"}"#), "needs the key \"max\""),
        (limit(r#"{"window": "day", "max": 0}"#), "\"max\" must be a whole number from 1"),
        (limit(r#"{"window": "day", "max": 1.5}"#), "\"max\" must be a whole number from 1"),
        (limit(r#"{"window": "day", "max": -1}"#), "\"max\" must be a whole number from 1"),
        (
            r#"{"version": "1", "tools": {"get_run": {"rate_limit": {"max": 1, "window": 86401}}}}"#
                .to_owned(),
            "\"window\" must be a whole number from 1 to 86400",
        ),
        (r#"{"version": "1", "tools": {"get_run": {"arguments": {"run_id": []}}}}"#.to_owned(), "empty"),
        (
            r#"{"version": "1", "tools": {"get_run": {"arguments": {"run_id": {}}}}}"#.to_owned(),
            "a value or a list",
        ),
        (r#"{"version": "1", "tools": {"x*": {}}}"#.to_owned(), "\"x*\" matches no tool"),
        (r#"{"version": "1", "tools": {"tools:core": {}}}"#.to_owned(), "write toolset:NAME, risk:CLASS"),
    ] {
        let message = wrong(&text);
        assert!(message.contains(says), "{text}: {message}");
    }
}

#[test]
fn what_two_readers_would_read_differently_is_refused() {
    for text in [
        r#"{"version": "1", "tools": {"delete_run": {"action": "deny"}, "delete_run": {}}}"#,
        r#"{"version": "1", "default": "deny", "default": "allow"}"#,
        r#"{"version": "1", "tools": {"get_run": {"action": "deny", "action": "allow"}}}"#,
        r#"{"version": "1", "tools": {"get_run": {"arguments": {"run_id": "a", "run_id": "*"}}}}"#,
    ] {
        let message = wrong(text);
        assert!(message.contains("twice") || message.contains("duplicate"), "{message}");
    }
}
