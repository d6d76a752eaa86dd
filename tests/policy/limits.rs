//! Limits, counted exactly.

use std::time::Duration;

use mlflow_mcp::policy::{Call, Caller, Consent, DEFAULT, Permit, Policy, Refusal};
use mlflow_mcp::port::{CounterError, Counters, NoStore};
use serde_json::{Map, json};

use super::support::now;
use super::support::store::Store;
use super::{admit, ask, claimed, policy, spec};

fn by(policy: &Policy, store: &Store, tool: &str, caller: &Caller) -> Result<Permit, Refusal> {
    admit(policy, store, Call { spec: spec(tool), arguments: Map::new(), caller, consent: Consent::None })
}

fn admitted(policy: &Policy, store: &Store, tool: &str, caller: &Caller, calls: usize) -> usize {
    (0..calls).filter(|_| by(policy, store, tool, caller).is_ok()).count()
}

#[test]
fn of_200_writes_in_a_minute_30_pass_per_tool_and_caller() {
    let (policy, store) = (policy(DEFAULT), Store::default());
    let (ann, bob) = (Caller::named("ann"), Caller::named("bob"));
    assert_eq!(admitted(&policy, &store, "set_run_tag", &ann, 200), 30);
    assert_eq!(admitted(&policy, &store, "set_run_tag", &bob, 200), 30);
    assert_eq!(admitted(&policy, &store, "set_experiment_tag", &ann, 200), 30);
    store.seconds.set(60);
    assert_eq!(admitted(&policy, &store, "set_run_tag", &ann, 200), 30);
}

#[test]
fn a_refusal_says_when_to_try_again() {
    let (policy, store) = (policy(DEFAULT), Store::default());
    store.seconds.set(60 * 7 + 37);
    assert_eq!(admitted(&policy, &store, "set_run_tag", &Caller::anyone(), 30), 30);
    let refusal = by(&policy, &store, "set_run_tag", &Caller::anyone()).unwrap_err();
    assert!(
        matches!(refusal, Refusal::Limited { retry_after, .. } if retry_after == Duration::from_secs(23))
    );
    assert_eq!(
        refusal.to_string(),
        "the policy's rule \"risk:medium\" admits 30 calls per minute per caller, and they are used up; nothing was changed"
    );
    assert_eq!(refusal.hint(), "Try again in 23 s.");
}

#[test]
fn counters_of_the_same_name_are_shared_and_global_ones_by_all_callers() {
    let limit = |scope| json!({"limits": [{"counter": "tags", "window": "hour", "max": 5, "scope": scope}]});
    let text = |scope| json!({"version": "1", "tools": {"set_run_tag": limit(scope), "set_experiment_tag": limit(scope)}});
    let (ann, bob) = (Caller::named("ann"), Caller::named("bob"));
    for (scope, of_bob) in [("grant", 5), ("global", 0)] {
        let (policy, store) = (policy(&text(scope).to_string()), Store::default());
        assert_eq!(admitted(&policy, &store, "set_run_tag", &ann, 3), 3);
        assert_eq!(admitted(&policy, &store, "set_experiment_tag", &ann, 9), 2);
        assert_eq!(admitted(&policy, &store, "set_run_tag", &bob, 9), of_bob, "{scope}");
    }
}

#[test]
fn a_caller_that_is_refused_uses_up_neither_longer_windows_nor_what_is_everybodys() {
    let limits = json!([{"window": "day", "max": 6}, {"window": "minute", "max": 2, "scope": "global"},
        {"window": "minute", "max": 2}]);
    let policy = policy(&json!({"version": "1", "tools": {"set_run_tag": {"limits": limits}}}).to_string());
    let store = Store::default();
    let (ann, bob) = (Caller::named("ann"), Caller::named("bob"));
    assert_eq!(admitted(&policy, &store, "set_run_tag", &ann, 100), 2);
    store.seconds.set(60);
    assert_eq!(admitted(&policy, &store, "set_run_tag", &ann, 1), 1);
    assert_eq!(admitted(&policy, &store, "set_run_tag", &bob, 100), 1);
    for minute in 2..9 {
        store.seconds.set(60 * minute);
        let expected = if minute == 2 { 2 } else { usize::from(minute == 3) };
        assert_eq!(admitted(&policy, &store, "set_run_tag", &ann, 100), expected, "{minute}");
    }
}

#[test]
fn limits_of_all_matching_rules_hold_and_one_count_counts_a_call_once() {
    let rule = |max| json!({"limits": [{"counter": "w", "window": "hour", "max": max}]});
    let text = json!({"version": "1", "tools": {"risk:medium": rule(4), "set_run_tag": rule(9)}});
    let (policy, store) = (policy(&text.to_string()), Store::default());
    assert_eq!(admitted(&policy, &store, "set_run_tag", &Caller::anyone(), 20), 4);
}

#[test]
fn a_rate_limit_has_a_window_of_its_own() {
    let text = r#"{"version": "1", "tools": {"get_run": {"rate_limit": {"max": 3, "window": 90}}}}"#;
    let (policy, store) = (policy(text), Store::default());
    assert_eq!(admitted(&policy, &store, "get_run", &Caller::anyone(), 9), 3);
    store.seconds.set(89);
    assert_eq!(admitted(&policy, &store, "get_run", &Caller::anyone(), 9), 0);
    store.seconds.set(90);
    assert_eq!(admitted(&policy, &store, "get_run", &Caller::anyone(), 9), 3);
}

#[test]
fn a_call_that_is_refused_for_another_reason_is_not_counted() {
    let rule =
        json!({"action": "confirm", "limits": [{"window": "day", "max": 1}], "arguments": {"run_id": "a"}});
    let policy = policy(&json!({"version": "1", "tools": {"set_run_tag": rule}}).to_string());
    let store = Store::default();
    let ask = |run: &str, confirmed| {
        let arguments = Map::from_iter([("run_id".to_owned(), json!(run))]);
        admit(
            &policy,
            &store,
            Call {
                spec: spec("set_run_tag"),
                arguments,
                caller: &Caller::anyone(),
                consent: claimed(confirmed),
            },
        )
    };
    assert!(matches!(ask("b", true).unwrap_err(), Refusal::Denied { .. }));
    assert!(matches!(ask("a", false).unwrap_err(), Refusal::Unapproved { confirm: true, .. }));
    assert!(store.counts.borrow().is_empty());
    assert!(ask("a", true).is_ok());
    assert!(matches!(ask("a", true).unwrap_err(), Refusal::Limited { .. }));
}

#[test]
fn without_a_store_what_is_limited_is_refused_and_all_else_works() {
    let policy = policy(DEFAULT);
    assert!(ask(&policy, "get_run", &json!({"run_id": "a"})).is_ok());
    let refusal = ask(&policy, "set_run_tag", &json!({})).unwrap_err();
    assert!(matches!(refusal, Refusal::Uncounted { error: CounterError::NoStore, .. }));
    let text = format!("{refusal}. {}", refusal.hint());
    assert!(text.contains("this host has no store") && text.contains("\"store\": \"instance\""), "{text}");
}

#[test]
fn a_policy_may_count_within_the_instance_on_purpose() {
    let rule = json!({"limits": [{"window": "day", "max": 1}]});
    let policy =
        policy(&json!({"version": "1", "store": "instance", "tools": {"set_run_tag": rule}}).to_string());
    let store = Store::default();
    let ask = || {
        let caller = Caller::anyone();
        let call = Call {
            spec: spec("set_run_tag"),
            arguments: Map::new(),
            caller: &caller,
            consent: Consent::None,
        };
        now(policy.admit(call, Counters { host: &NoStore, instance: &store })).is_ok()
    };
    assert!(ask() && !ask());
}
