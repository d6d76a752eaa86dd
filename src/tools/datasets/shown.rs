//! JSON that is too long to be shown, cut where it is long.

use serde_json::{Map, Value};

use crate::tool::Budget;
use crate::tool::budget::size;
use crate::tool::cut::clip;
use crate::tool::preview::cut;

/// Items and members that are kept, in the order in which it is tried whether they fit.
const KEPT: [usize; 4] = [200, 50, 15, 5];

/// The value within the budget, and in how many places something is left out: long texts end in `... (N characters)`, and
/// long lists and objects in how many more there are.
pub(super) fn within(value: Value, budget: Budget) -> (Value, usize) {
    if size(&value) <= budget.characters() {
        return (value, 0);
    }
    for kept in KEPT {
        let mut places = 0;
        let shorter = shorter(&value, kept, &mut places);
        if size(&shorter) <= budget.characters() {
            return (shorter, places);
        }
    }
    // Too much of it is nested: what comes first has to do.
    (Value::from(cut(&value.to_string(), budget.share(3).characters())), 1)
}

fn shorter(value: &Value, kept: usize, places: &mut usize) -> Value {
    match value {
        Value::String(text) => {
            let mut text = text.clone();
            *places += usize::from(clip(&mut text));
            Value::String(text)
        }
        Value::Array(items) => {
            let mut list: Vec<Value> =
                items.iter().take(kept).map(|item| shorter(item, kept, places)).collect();
            if items.len() > kept {
                *places += 1;
                list.push(more(items.len() - kept));
            }
            Value::Array(list)
        }
        Value::Object(members) => {
            let mut map = Map::new();
            for (key, member) in members.iter().take(kept) {
                map.insert(key.clone(), shorter(member, kept, places));
            }
            if members.len() > kept {
                *places += 1;
                map.insert("...".to_owned(), more(members.len() - kept));
            }
            Value::Object(map)
        }
        other => other.clone(),
    }
}

fn more(count: usize) -> Value {
    Value::from(format!("... ({count} more)"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_long_is_cut_until_it_fits() {
        let fine = json!({"a": [1, {"b": null}]});
        assert_eq!(within(fine.clone(), Budget::of_items(100)), (fine, 0));
        let text = json!({"question": "ü".repeat(5_000), "n": 1});
        let (shown, places) = within(text, Budget::of_items(400));
        assert_eq!((&shown["n"], places), (&json!(1), 1));
        assert!(shown["question"].as_str().is_some_and(|text| text.ends_with("ü... (5000 characters)")));
        let list = json!({"list": (0..300).collect::<Vec<_>>(), "m": (0..60).map(|n| (n.to_string(), json!(n))).collect::<Map<_, _>>()});
        let (shown, places) = within(list, Budget::of_items(700));
        assert_eq!((shown["list"].as_array().map(Vec::len), places), (Some(51), 2));
        assert_eq!(
            (&shown["list"][50], &shown["m"]["..."]),
            (&json!("... (250 more)"), &json!("... (10 more)"))
        );
    }

    #[test]
    fn whatever_it_is_it_fits() {
        let mut deep = json!("\"".repeat(150));
        for _ in 0..100 {
            deep = json!([deep, deep.to_string().chars().take(50).collect::<String>()]);
        }
        for most in [200, 1_000, 5_000] {
            let (shown, places) = within(deep.clone(), Budget::of_items(most));
            assert!(size(&shown) <= most && places > 0, "{most}: {}", size(&shown));
        }
    }
}
