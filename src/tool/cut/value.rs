//! A JSON value that is too long, shown as far as it fits: what is short stays whole, and what is long shares the room.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::text::{marked, piece};
use crate::tool::budget::size;

/// Less than this says nothing of a part.
const LEAST: usize = 60;

/// What a text has at its end that is cut, and the quotes: with up to ten digits.
const MARK: usize = 30;

/// The most gaps that are named.
const NAMED: usize = 20;

const CHARACTERS: &str = "characters";

/// Where something is left out.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Gap {
    /// What `pointer` leads to it.
    pub pointer: String,
    /// `characters`, `items` or `members`; `gaps` where there are more than are named.
    pub unit: &'static str,
    /// How many are shown.
    pub shown: usize,
    /// Of how many.
    pub total: usize,
}

impl Gap {
    pub(super) fn is_of_text(&self) -> bool {
        self.unit == CHARACTERS
    }
}

/// The value in so many characters of JSON, [`MARK`] at least, and the gaps in it: those that lie higher come first.
/// `pointer` is where the value itself lies.
#[must_use]
pub fn shortened(value: Value, pointer: &str, most: usize) -> (Value, Vec<Gap>) {
    let mut gaps = Vec::new();
    let value = part(value, pointer, most, &mut gaps);
    gaps.reverse();
    (value, gaps)
}

/// The first gaps, as many as an answer names, and then how many there are.
#[must_use]
pub fn named(mut gaps: Vec<Gap>) -> Vec<Gap> {
    let total = gaps.len();
    if total > NAMED {
        gaps.truncate(NAMED);
        gaps.push(Gap { pointer: String::new(), unit: "gaps", shown: NAMED, total });
    }
    gaps
}

fn part(value: Value, pointer: &str, most: usize, gaps: &mut Vec<Gap>) -> Value {
    if size(&value) <= most {
        return value;
    }
    let (shown, unit, total, value) = match value {
        Value::String(text) => {
            let total = text.chars().count();
            let (beginning, shown) = piece(&text, 0, most.saturating_sub(MARK) + 2);
            (shown, CHARACTERS, total, marked(&beginning, total).into())
        }
        Value::Array(items) => {
            let total = items.len();
            // Commas and brackets are counted.
            let sizes: Vec<usize> = items.iter().map(|item| size(item) + 1).collect();
            let (shown, share) = shares(&sizes, most.saturating_sub(2));
            let items = items.into_iter().take(shown).enumerate();
            let items = items.map(|(index, item)| part(item, &format!("{pointer}/{index}"), share - 1, gaps));
            (shown, "items", total, items.collect())
        }
        Value::Object(members) => {
            let total = members.len();
            let name = |name: &str| size(&name) + 2;
            let sizes: Vec<usize> = members.iter().map(|(key, value)| size(value) + name(key)).collect();
            let (fitting, share) = shares(&sizes, most.saturating_sub(2));
            let mut kept = Map::new();
            for ((key, value), size) in members.into_iter().zip(sizes).take(fitting) {
                let room = share.saturating_sub(name(&key));
                // A name alone can be too long.
                if size <= share || room >= MARK {
                    let value = part(value, &format!("{pointer}/{}", escaped(&key)), room, gaps);
                    kept.insert(key, value);
                }
            }
            (kept.len(), "members", total, Value::Object(kept))
        }
        // A number of that length is none.
        other => return other,
    };
    if shown < total {
        gaps.push(Gap { pointer: pointer.to_owned(), unit, shown, total });
    }
    value
}

/// How many of the parts are shown, and how long each may be at most, so that together they fit: what is shorter leaves
/// its room to the others.
pub(super) fn shares(sizes: &[usize], most: usize) -> (usize, usize) {
    let least: usize = sizes.iter().map(|size| (*size).min(LEAST)).sum();
    if least > most {
        let mut used = 0;
        let fits = |size: &&usize| {
            used += (**size).min(LEAST);
            used <= most
        };
        return (sizes.iter().take_while(fits).count(), LEAST);
    }
    // The largest share with which they fit.
    let (mut low, mut high) = (LEAST, most);
    while low < high {
        let share = low + (high - low).div_ceil(2);
        if sizes.iter().map(|size| (*size).min(share)).sum::<usize>() <= most {
            low = share;
        } else {
            high = share - 1;
        }
    }
    (sizes.len(), low)
}

/// A reference token of RFC 6901.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_stays_as_it_is() {
        let value = json!({"a": [1, 2, {"b": "c"}], "d": null});
        assert_eq!(shortened(value.clone(), "", 100), (value, Vec::new()));
    }

    #[test]
    fn the_long_part_is_cut_and_the_short_ones_are_whole() {
        let value =
            json!({"messages": [{"role": "user", "content": "x".repeat(5_000)}], "model": "m", "a/b~": 1});
        let (shown, gaps) = shortened(value, "/inputs", 400);
        assert!((380..=400).contains(&size(&shown)), "{}", size(&shown));
        assert_eq!(
            (&shown["model"], &shown["a/b~"], &shown["messages"][0]["role"]),
            (&json!("m"), &json!(1), &json!("user"))
        );
        assert_eq!(gaps.len(), 1);
        assert_eq!((gaps[0].pointer.as_str(), gaps[0].total), ("/inputs/messages/0/content", 5_000));
        let text = shown["messages"][0]["content"].as_str().unwrap_or_default();
        assert!(text.ends_with("... (5000 characters)") && text.starts_with(&"x".repeat(gaps[0].shown)));
    }

    #[test]
    fn of_too_many_parts_the_first_are_shown() {
        let value = json!({"list": (0..10_000).map(|n| json!({"n": n, "text": "y".repeat(100)})).collect::<Vec<_>>()});
        let (shown, gaps) = shortened(value, "", 3_000);
        let items = shown["list"].as_array().map_or(0, Vec::len);
        assert!(items > 10 && size(&shown) <= 3_000, "{items} {}", size(&shown));
        assert_eq!(gaps[0], Gap { pointer: "/list".to_owned(), unit: "items", shown: items, total: 10_000 });
    }

    #[test]
    fn of_many_gaps_some_are_named_and_all_are_counted() {
        let texts: Vec<String> = (0..30).map(|_| "x".repeat(100)).collect();
        let (_, gaps) = shortened(json!(texts), "", 2_400);
        assert_eq!(gaps.len(), 30);
        let named = named(gaps.clone());
        assert_eq!(named[..NAMED], gaps[..NAMED]);
        let rest = Gap { pointer: String::new(), unit: "gaps", shown: NAMED, total: 30 };
        assert_eq!(named[NAMED..], [rest]);
    }

    #[test]
    fn a_name_that_does_not_fit_is_left_out() {
        let long = "k".repeat(5_000);
        let (shown, gaps) = shortened(json!({"a": 1, long: 2, "b": 3}), "", 500);
        assert_eq!(shown, json!({"a": 1, "b": 3}));
        assert_eq!(gaps, [Gap { pointer: String::new(), unit: "members", shown: 2, total: 3 }]);
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = || prop_oneof![".{0,12}", "[a\"\\n\u{1}]{80,300}"];
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text().prop_map(Value::from)];
        leaf.prop_recursive(40, 200, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec((text(), inner), 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_it_is_it_fits_and_what_is_missing_is_said(value in values(), most in MARK..2_000) {
            let (shown, gaps) = shortened(value.clone(), "", most);
            prop_assert!(size(&shown) <= most, "{} > {most}", size(&shown));
            prop_assert_eq!(gaps.is_empty(), shown == value);
            for gap in gaps {
                let there = value.pointer(&gap.pointer);
                let total = match there {
                    Some(Value::String(text)) => text.chars().count(),
                    Some(Value::Array(items)) => items.len(),
                    Some(Value::Object(members)) => members.len(),
                    _ => 0,
                };
                prop_assert_eq!(gap.total, total);
                prop_assert!(gap.shown < gap.total);
            }
        }
    }
}
