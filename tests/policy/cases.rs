//! Made-up policies, requests and calls.

use mlflow_mcp::policy::{Only, Restriction};
use mlflow_mcp::spec::{Spec, Toolset};
use mlflow_mcp::tools::{self, Tools};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// Arguments that conditions and calls are about; all are of some tools and none is of all.
const ARGUMENTS: [&str; 3] = ["run_id", "experiment_id", "key"];
const VALUES: [&str; 4] = ["a", "ab", "b", "1"];

pub fn specs() -> Vec<&'static Spec> {
    tools::all().map(|entry| entry.spec).collect()
}

pub fn tool() -> impl Strategy<Value = &'static Spec> {
    select(specs())
}

/// A key that matches some tool.
pub fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => tool().prop_map(|spec| spec.name.to_owned()),
        2 => select(vec!["*", "get_*", "*_run", "*_tag", "delete_*", "se?_*"]).prop_map(str::to_owned),
        1 => select(Toolset::names().collect::<Vec<_>>()).prop_map(|name| format!("toolset:{name}")),
        2 => select(vec!["risk:low", "risk:medium", "risk:high"]).prop_map(str::to_owned),
    ]
}

fn limit() -> impl Strategy<Value = Value> {
    let window = select(vec!["second", "minute", "hour", "day"]);
    let scope = select(vec!["grant", "global"]);
    (window, 1..4_u32, scope, select(vec!["", "shared"])).prop_map(|(window, max, scope, counter)| {
        json!({"window": window, "max": max, "scope": scope, "counter": counter})
    })
}

/// A rule without conditions.
fn plain() -> impl Strategy<Value = Map<String, Value>> {
    let action = select(vec!["", "allow", "confirm", "require_approval", "deny"]);
    (action, vec(limit(), 0..3), any::<bool>()).prop_map(|(action, limits, rated)| {
        let mut rule = Map::new();
        if !action.is_empty() {
            rule.insert("action".to_owned(), json!(action));
        }
        if !limits.is_empty() {
            rule.insert("limits".to_owned(), json!(limits));
        }
        if rated {
            rule.insert("rate_limit".to_owned(), json!({"max": 2, "window": 90}));
        }
        rule
    })
}

fn condition() -> impl Strategy<Value = Map<String, Value>> {
    let values = vec(select(vec!["a", "a*", "b", "1", "?"]), 1..3);
    (select(ARGUMENTS.to_vec()), values)
        .prop_map(|(name, values)| Map::from_iter([(name.to_owned(), json!(values))]))
}

/// A key and a rule, which has conditions only on what the key's tools have.
fn rule() -> impl Strategy<Value = (String, Value)> {
    (key(), plain(), proptest::option::weighted(0.3, condition())).prop_map(|(key, mut rule, condition)| {
        let tried = |rule: &Map<String, Value>| {
            let text = json!({"version": "1", "tools": {key.clone(): rule}}).to_string();
            mlflow_mcp::policy::Policy::parse(&text, &Tools).is_ok()
        };
        if let Some(condition) = condition {
            rule.insert("arguments".to_owned(), Value::Object(condition));
            if !tried(&rule) {
                rule.remove("arguments");
            }
        }
        (key, Value::Object(rule))
    })
}

/// A policy that is valid.
pub fn policy() -> impl Strategy<Value = Value> {
    let fallback = select(vec!["allow", "deny"]);
    (fallback, vec(rule(), 0..7)).prop_map(|(fallback, rules)| {
        let rules: Map<String, Value> = rules.into_iter().collect();
        json!({"version": "1", "default": fallback, "tools": rules})
    })
}

/// What a request may ask for.
pub fn restrictions() -> impl Strategy<Value = Vec<Restriction>> {
    let names: Vec<&'static str> = specs().iter().map(|spec| spec.name).collect();
    let some = subsequence(names.clone(), 0..names.len());
    let others = subsequence(names.clone(), 0..names.len());
    let only = prop_oneof![
        Just(Only::Reads),
        subsequence(Toolset::ALL.to_vec(), 0..=Toolset::ALL.len()).prop_map(Only::Toolsets),
        some.prop_map(Only::Tools),
        others.prop_map(Only::Not),
    ];
    vec(only.prop_map(|only| Restriction { source: "a header", only }), 0..4)
}

/// Arguments in the form in which tools get them.
pub fn arguments() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        select(VALUES.to_vec()).prop_map(|text| json!(text)),
        vec(select(VALUES.to_vec()), 0..3).prop_map(|list| json!(list)),
        Just(json!(1)),
    ];
    let pair = (select(ARGUMENTS.to_vec()).prop_map(str::to_owned), value);
    vec(pair, 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

/// Text that is nearly a policy.
pub fn damaged() -> impl Strategy<Value = String> {
    let pieces =
        select(vec!["{", "}", "\"", "null", "[]", ":", ",", "\u{0}", "*", "1e999", "-1", "\\u", "é"]);
    (policy(), vec((any::<proptest::sample::Index>(), any::<bool>(), pieces), 1..6)).prop_map(
        |(policy, edits)| {
            let mut text: Vec<char> = policy.to_string().chars().collect();
            for (place, insert, piece) in edits {
                let place = place.index(text.len());
                text.splice(place..place + usize::from(!insert), piece.chars());
            }
            text.into_iter().collect()
        },
    )
}

/// Any JSON, with words of the format in it.
pub fn json() -> impl Strategy<Value = Value> {
    let words = vec![
        "version",
        "1",
        "default",
        "deny",
        "tools",
        "get_run",
        "*",
        "risk:high",
        "limits",
        "window",
        "minute",
        "max",
        "arguments",
        "key",
        "rate_limit",
        "store",
        "action",
        "",
        "toolset:x",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(words.clone()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((select(words.clone()).prop_map(str::to_owned), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
