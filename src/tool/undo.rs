//! How a change is taken back: the call that does it, as it stands.

use serde_json::{Map, Value, json};

/// The name of a tool and its arguments as JSON: `set_run_tag {"run_id":"...","key":"team","value":"nlp"}`. It is complete,
/// so that it can be made without a further look.
#[must_use]
pub fn undo(tool: &str, arguments: &[(&str, &str)]) -> String {
    let arguments: Map<String, Value> =
        arguments.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    format!("{tool} {}", Value::Object(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_is_complete() {
        let long = "ü\"\n".repeat(4_000);
        let undo = undo("set_run_tag", &[("run_id", "7"), ("value", &long)]);
        let arguments = undo.strip_prefix("set_run_tag ").map(serde_json::from_str::<Value>);
        assert_eq!(arguments.and_then(Result::ok), Some(json!({"run_id": "7", "value": long})));
    }
}
