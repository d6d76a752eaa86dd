//! The answer of a change, kept to what an answer may hold.
//!
//! It tells what was there before, and how that is restored: as long as whoever wrote it (100 000 characters of a tag). The
//! change is made by then, so there can be no error for it, and all its members are promised: none goes. Calls that take it
//! back stay whole where they can, since half a call is none; the longest of the other texts are cut.

use serde_json::Value;

use super::beginning;
use crate::mcp::Json;
use crate::tool::Budget;
use crate::tool::budget::size;

/// The member that has the call, or several.
const UNDO: &str = "undo";

/// No text is cut to less, in characters.
const LEAST: usize = 50;

/// The answer, its longest texts cut as far as is needed.
#[must_use]
pub(in crate::tool) fn kept(answer: Json, budget: Budget) -> Json {
    let fits = |answer: &Json| answer.as_str().chars().count() <= budget.characters();
    if fits(&answer) {
        return answer;
    }
    let mut whole = answer.value();
    let undo = whole.get_mut(UNDO).map(Value::take);
    let shortened = |room: usize| {
        let undo = undo.clone().map(|undo| calls(undo, &mut { room }));
        let mut most = budget.share(2).characters();
        loop {
            let mut short = cut(&whole, most);
            if let Some((place, undo)) = short.get_mut(UNDO).zip(undo.clone()) {
                *place = undo;
            }
            let short = Json::of(&short);
            if fits(&short) || most <= LEAST {
                return short;
            }
            most = (most / 2).max(LEAST);
        }
    };
    // The calls say what was there before, too.
    let short = shortened(budget.minus(budget.share(4).characters()).characters());
    if fits(&short) { short } else { shortened(0) }
}

/// The calls that fit, and of the others a sentence.
fn calls(undo: Value, room: &mut usize) -> Value {
    match undo {
        Value::String(call) if size(&call) > *room => Value::String(format!(
            "None in this answer: the call has {} characters, with what was there before.",
            call.chars().count()
        )),
        Value::String(call) => {
            *room -= size(&call);
            Value::String(call)
        }
        Value::Array(several) => several.into_iter().map(|call| calls(call, room)).collect(),
        other => other,
    }
}

fn cut(value: &Value, most: usize) -> Value {
    match value {
        Value::String(text) => Value::String(beginning(text, most)),
        Value::Array(items) => items.iter().map(|item| cut(item, most)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), cut(value, most))).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn short(answer: &Value, characters: usize) -> Value {
        let short = kept(Json::of(answer), Budget::of_items(characters));
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
            "previous_value": format!("{}... (5000 characters)", "ü".repeat(500)),
            "undo": "None in this answer: the call has 5004 characters, with what was there before."
        });
        assert_eq!(short(&answer, 1_000), expected);
        let several = short(&json!({"undo": ["first {}", answer["undo"]]}), 1_000);
        assert_eq!(several["undo"], json!(["first {}", expected["undo"]]));
    }

    #[test]
    fn a_call_stays_whole_where_what_it_restores_can_be_cut() {
        let long = "ü".repeat(600);
        let answer = json!({"previous_value": long, "undo": format!("set {long}")});
        let short = short(&answer, 1_000);
        assert_eq!(short["undo"], answer["undo"]);
        let previous = short["previous_value"].as_str().unwrap_or_default();
        assert!(previous.ends_with("ü... (600 characters)"), "{previous}");
    }

    #[test]
    fn many_short_texts_take_the_place_of_the_call() {
        let previous: Map<_, _> = (0..80).map(|index| (format!("k{index}"), json!("x".repeat(80)))).collect();
        let answer = json!({"previous": previous, "undo": "u".repeat(5_000)});
        let short = short(&answer, 7_500);
        assert!(short["undo"].as_str().is_some_and(|undo| undo.starts_with("None in this answer")));
        assert_eq!(short["previous"].as_object().map(Map::len), Some(80));
    }

    #[test]
    fn many_texts_are_cut_until_all_are_in_it() {
        let previous: Map<_, _> =
            (0..100).map(|index| (format!("k{index}"), json!("x".repeat(8_000)))).collect();
        let short = short(&json!({"previous": previous}), 39_200);
        assert_eq!(short["previous"].as_object().map(Map::len), Some(100));
        let value = short["previous"]["k7"].as_str().unwrap_or_default();
        assert!(value.ends_with("x... (8000 characters)"), "{value}");
    }
}
