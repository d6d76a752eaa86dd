//! What tools that change MLflow do when something is off: nothing, or they say what is uncertain.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::port::HttpError;
use mlflow_mcp::spec::Effect;
use mlflow_mcp::tools;
use serde_json::{Map, Value, json};
use support::{Mlflow, call, failure, success};

/// Arguments that satisfy a tool's schema.
fn plausible(schema: &Value) -> Map<String, Value> {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let value = |name: &str| match schema["properties"][name]["enum"][0].as_str() {
        Some(first) => first.to_owned(),
        None if name == "model_uri" => format!("models:/m-{}", "0".repeat(32)),
        None => "7".to_owned(),
    };
    required.map(|name| (name.to_owned(), json!(value(name)))).collect()
}

#[test]
fn a_misspelt_argument_of_a_change_changes_nothing() {
    for entry in tools::all().filter(|entry| entry.spec.effect != Effect::Read) {
        let mut arguments = plausible(&entry.describe().input_schema);
        arguments.insert("dry_rum".to_owned(), json!(true));
        let result = call(&Mlflow::untouched(), entry.spec.name, Value::Object(arguments));
        let text = failure(&result);
        assert!(text.contains("dry_rum") && text.contains("nothing was changed"), "{text}");
    }
}

#[test]
fn a_change_is_sent_once_and_its_fate_is_not_made_up() {
    for error in [HttpError::Closed, HttpError::ResponseTimeout, HttpError::Incomplete] {
        let mlflow = Mlflow::failing(error);
        let result = call(&mlflow, "set_run_tag", json!({"run_id": "abc", "key": "team", "value": "nlp"}));
        assert_eq!(mlflow.seen().len(), 1);
        assert!(failure(&result).contains("may have been made all the same"), "{result}");
    }
    let mlflow = Mlflow::failing(HttpError::Unreachable);
    let result = call(&mlflow, "delete_run", json!({"run_id": "abc"}));
    assert!(!failure(&result).contains("may have been made"), "{result}");
}

#[test]
fn tag_values_become_text() {
    for (value, text) in [(json!(5), "5"), (json!(true), "true"), (json!(0.5), "0.5"), (json!("x"), "x")] {
        let mlflow = Mlflow::always(200, "{}");
        let arguments = json!({"experiment_id": 7, "key": "k", "value": value});
        let result = call(&mlflow, "set_experiment_tag", arguments);
        assert_eq!(success(&result)["value"], text);
        let sent: Value = serde_json::from_slice(mlflow.seen()[0].body()).unwrap();
        assert_eq!(sent, json!({"experiment_id": "7", "key": "k", "value": text}));
    }
}

#[test]
fn a_tag_that_mlflow_would_cut_is_refused() {
    let arguments = |length: usize| json!({"run_id": "abc", "key": "k", "value": "ü".repeat(length)});
    success(&call(&Mlflow::always(200, "{}"), "set_run_tag", arguments(8_000)));
    let result = call(&Mlflow::untouched(), "set_run_tag", arguments(8_001));
    assert!(failure(&result).contains("8001 characters"), "{result}");
}

#[test]
fn the_default_experiment_is_not_deleted() {
    let result = call(&Mlflow::untouched(), "delete_experiment", json!({"experiment_id": 0}));
    assert!(failure(&result).contains("nothing was deleted"), "{result}");
}
