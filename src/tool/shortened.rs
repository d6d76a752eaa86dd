//! The answer of a change, kept to what an answer may hold.
//!
//! It tells what was there before, and how that is restored: as long as whoever wrote it (100 000 characters of a tag). The
//! change is made by then, so there can be no error for it: the longest texts are cut, and end in how long they are.

use serde_json::Value;

use super::Budget;
use super::preview::cut;
use crate::mcp::Json;

/// No text is cut to less, in characters.
const LEAST: usize = 50;

/// The answer, its longest texts cut as far as is needed.
#[must_use]
pub(super) fn shortened(answer: Json, budget: Budget) -> Json {
    let fits = |answer: &Json| answer.as_str().chars().count() <= budget.characters();
    if fits(&answer) {
        return answer;
    }
    let whole = answer.value();
    let mut most = budget.characters() / 4;
    loop {
        let short = Json::of(&cut_texts(&whole, most));
        if fits(&short) || most <= LEAST {
            return short;
        }
        most = (most / 2).max(LEAST);
    }
}

fn cut_texts(value: &Value, most: usize) -> Value {
    match value {
        Value::String(text) => Value::String(cut(text, most)),
        Value::Array(items) => items.iter().map(|item| cut_texts(item, most)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), member(name, value, most))).collect()
        }
        other => other.clone(),
    }
}

/// Half a call is none; there can be several.
fn member(name: &str, value: &Value, most: usize) -> Value {
    match value {
        Value::String(call) if name == "undo" && call.chars().count() > most => Value::String(format!(
            "None in this answer: the call has {} characters, with what was there before.",
            call.chars().count()
        )),
        Value::Array(calls) if name == "undo" => calls.iter().map(|call| member(name, call, most)).collect(),
        _ => cut_texts(value, most),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn short(answer: &Value, characters: usize) -> Value {
        let budget = Budget::of_items(characters);
        let short = shortened(Json::of(answer), budget);
        assert!(short.as_str().chars().count() <= characters, "{}", short.as_str());
        short.value()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let answer = json!({"value": "ü".repeat(950), "undo": "set {}"});
        assert_eq!(short(&answer, 1_000), answer);
    }

    #[test]
    fn long_texts_are_cut_and_a_call_is_whole_or_left_out() {
        let long = "ü".repeat(5_000);
        let answer =
            json!({"key": "k", "value": "short", "previous_value": long, "undo": format!("set {long}")});
        let expected = json!({
            "key": "k",
            "value": "short",
            "previous_value": format!("{}... (5000 characters)", "ü".repeat(250)),
            "undo": "None in this answer: the call has 5004 characters, with what was there before."
        });
        assert_eq!(short(&answer, 1_000), expected);
        let several = short(&json!({"undo": ["first {}", answer["undo"]]}), 1_000);
        assert_eq!(several["undo"], json!(["first {}", expected["undo"]]));
    }

    #[test]
    fn many_texts_are_cut_until_all_are_in_it() {
        let previous: serde_json::Map<_, _> =
            (0..100).map(|index| (format!("k{index}"), json!("x".repeat(8_000)))).collect();
        let short = short(&json!({"previous": previous}), 39_200);
        assert_eq!(short["previous"].as_object().map(serde_json::Map::len), Some(100));
        let value = short["previous"]["k7"].as_str().unwrap_or_default();
        assert!(value.ends_with("x... (8000 characters)"), "{value}");
    }
}
