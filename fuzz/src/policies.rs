//! What is true of every policy text, and of every policy.

use mlflow_mcp::policy::{Call, Caller, Consent, Only, Policy, Restriction};
use mlflow_mcp::port::{Counters, NoStore};
use mlflow_mcp::spec::Effect;
use mlflow_mcp::tools::{self, Tools};
use serde_json::{Map, Value, json};

use crate::world::run;

/// Checks a text: it is a policy, every word of which is known, or what is wrong is said.
pub fn check(text: &str) {
    match Policy::parse(text, &Tools) {
        Err(error) => assert!(!error.to_string().trim().is_empty(), "nothing is said of {text:?}"),
        Ok(policy) => {
            let value: Value = serde_json::from_str(text).expect("a policy is JSON");
            known(&value);
            laws(&policy, text);
            let again = Policy::parse(&value.to_string(), &Tools).expect("the same without white space");
            for entry in tools::all() {
                assert_eq!(again.standing(entry.spec), policy.standing(entry.spec), "{text}");
            }
        }
    }
}

/// Nothing that is not known is let through unread.
fn known(policy: &Value) {
    let members = policy.as_object().expect("a policy is an object");
    let keys = ["$schema", "version", "default", "store", "tools"];
    assert!(members.keys().all(|key| keys.contains(&key.as_str())), "{policy}");
    for key in policy["tools"].as_object().into_iter().flat_map(Map::keys) {
        let class = key.starts_with("risk:") || key.starts_with("toolset:");
        assert!(class || key.contains(['*', '?']) || tools::find(key).is_some(), "{key:?} in {policy}");
    }
}

fn laws(policy: &Policy, text: &str) {
    let reads = Restriction { source: "a header", only: Only::Reads };
    let narrowed = policy.clone().narrowed([reads]);
    let some: String = text.chars().take(20).collect();
    for entry in tools::all() {
        let spec = entry.spec;
        let listed = policy.lists(spec).is_ok();
        assert_eq!(listed, policy.standing(spec).is_ok(), "{} {text}", spec.name);
        assert_eq!(
            narrowed.lists(spec).is_ok(),
            listed && spec.effect == Effect::Read,
            "{} {text}",
            spec.name
        );
        let names = entry.arguments().into_iter();
        let arguments: Map<String, Value> = names.map(|name| (name, json!(some))).collect();
        let caller = Caller::anyone();
        let counters = Counters { host: &NoStore, instance: &NoStore };
        let call = Call { spec, arguments, caller: &caller, consent: Consent::Claimed };
        let admitted = run(policy.admit(call, counters)).is_ok();
        assert!(listed || !admitted, "{} is not listed, and admitted: {text}", spec.name);
    }
}
