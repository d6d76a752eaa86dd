//! What of a call's arguments is shown: which things it is about, and a digest of everything.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::line::{length, short};
use crate::sorted::ordered;

/// Arguments that say which thing of MLflow's a call is about. What is written to it, filters and other texts are not
/// among them.
const IDS: [&str; 12] = [
    "run_id",
    "run_ids",
    "experiment_id",
    "experiment_ids",
    "model_id",
    "name",
    "model_name",
    "src_model_name",
    "dst_model_name",
    "version",
    "src_version",
    "alias",
];

/// The longest of one value, and of all of them, in bytes of a line.
const ONE: usize = 200;
const ALL: usize = 800;
/// Values of a list.
const OF_A_LIST: usize = 10;

/// Those of the arguments that are ids, each shortened to what fits.
pub(super) fn ids(arguments: &Map<String, Value>, hide: impl Fn(&str) -> String) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut used = 0;
    for name in IDS {
        let Some(value) = arguments.get(name).and_then(|value| brief(value, &hide)) else { continue };
        used += name.len() + length(&value);
        if used <= ALL {
            shown.insert(name.to_owned(), value);
        }
    }
    shown
}

/// A text, a number, or a list of them.
fn brief(value: &Value, hide: &impl Fn(&str) -> String) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::String(short(&hide(text), ONE))),
        Value::Number(_) => Some(value.clone()),
        Value::Array(items) => {
            let texts = items.iter().filter(|item| item.is_string() || item.is_number());
            let mut shown: Vec<Value> = texts.take(OF_A_LIST).filter_map(|item| brief(item, hide)).collect();
            if items.len() > shown.len() {
                shown.push(Value::String("...".to_owned()));
            }
            Some(Value::Array(shown))
        }
        _ => None,
    }
}

/// The SHA-256, in hex digits, of the arguments as JSON without white space whose members stand in the order of their
/// names, on every level.
pub(super) fn digest(arguments: &Map<String, Value>) -> String {
    let text = Value::Object(arguments.clone());
    let text = ordered(text).to_string();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn shown(value: Value) -> Value {
        Value::Object(ids(&object(value), str::to_owned))
    }

    #[test]
    fn things_are_named_and_nothing_else_is_shown() {
        let about = json!({"run_id": "a", "version": 3, "run_ids": ["a", 7], "name": "m"});
        let mut call = about.clone();
        for other in ["key", "value", "query", "filter_string", "description", "page_token", "tags"] {
            call[other] = json!("hush");
        }
        assert_eq!(shown(call), json!({"run_id": "a", "run_ids": ["a", 7], "name": "m", "version": 3}));
        assert_eq!(shown(json!({"run_id": {"a": "b"}, "name": true, "alias": null})), json!({}));
    }

    #[test]
    fn long_ones_are_cut_and_said_to_be() {
        let many: Vec<String> = (0..12).map(|index| format!("{index}")).collect();
        let shown = shown(json!({"run_ids": many, "name": "\u{1}".repeat(1_000)}));
        assert_eq!(shown["run_ids"].as_array().map(Vec::len), Some(11));
        assert_eq!(shown["run_ids"][10], "...");
        let name = shown["name"].as_str().unwrap_or_default();
        assert!(name.ends_with("...") && length(&shown["name"]) <= ONE, "{name}");
    }

    #[test]
    fn all_of_them_together_are_bounded() {
        let everything = IDS.map(|name| (name.to_owned(), json!("ü".repeat(500)))).into_iter().collect();
        let shown = ids(&everything, str::to_owned);
        assert!((3..IDS.len()).contains(&shown.len()) && length(&Value::Object(shown)) < ALL + 100);
    }

    #[test]
    fn the_digest_is_of_what_was_said_and_not_of_how_it_was_ordered() {
        let one = digest(&object(json!({"a": {"x": 1, "y": [2]}, "b": "c"})));
        assert_eq!(one, digest(&object(json!({"b": "c", "a": {"y": [2], "x": 1}}))));
        assert_ne!(one, digest(&object(json!({"b": "c", "a": {"y": [1], "x": 2}}))));
        // printf '{}' | sha256sum
        let of_none = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(digest(&Map::new()), of_none);
    }
}
