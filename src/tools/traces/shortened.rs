//! A JSON value that is too long to be shown, shown as far as it fits, with the places where something is left out.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::tool::budget::size;

/// Less than this says nothing of a part.
const LEAST: usize = 60;

/// The most places that are named.
const NAMED: usize = 20;

/// Where something is left out.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Gap {
    /// What `pointer` leads to it.
    pub pointer: String,
    /// `characters`, `items` or `members`.
    pub unit: &'static str,
    /// How many are shown.
    pub shown: usize,
    /// Of how many.
    pub total: usize,
}

/// The value in about so many characters of JSON, and the gaps in it. `pointer` is where the value itself lies.
pub(super) fn shortened(value: Value, pointer: &str, most: usize) -> (Value, Vec<Gap>) {
    let mut gaps = Vec::new();
    let value = part(value, pointer, most, &mut gaps);
    // Those that lie higher lead to the others.
    gaps.reverse();
    gaps.truncate(NAMED);
    (value, gaps)
}

fn part(value: Value, pointer: &str, most: usize, gaps: &mut Vec<Gap>) -> Value {
    if size(&value) <= most {
        return value;
    }
    match value {
        Value::String(text) => {
            let total = text.chars().count();
            let (shown, length) = piece(&text, 0, most.saturating_sub(30));
            gaps.push(Gap { pointer: pointer.to_owned(), unit: "characters", shown: length, total });
            format!("{shown}... ({total} characters)").into()
        }
        Value::Array(items) => {
            let total = items.len();
            let sizes: Vec<usize> = items.iter().map(|item| size(item) + 1).collect();
            let (shown, share) = shares(&sizes, most);
            let items = items.into_iter().take(shown).enumerate();
            let items =
                items.map(|(index, item)| part(item, &format!("{pointer}/{index}"), share, gaps)).collect();
            if shown < total {
                gaps.push(Gap { pointer: pointer.to_owned(), unit: "items", shown, total });
            }
            Value::Array(items)
        }
        Value::Object(members) => {
            let total = members.len();
            let name = |name: &str| size(&name) + 2;
            let sizes: Vec<usize> = members.iter().map(|(key, value)| size(value) + name(key)).collect();
            let (shown, share) = shares(&sizes, most);
            let mut kept = Map::new();
            for (key, value) in members.into_iter().take(shown) {
                let place = format!("{pointer}/{}", escaped(&key));
                let value = part(value, &place, share.saturating_sub(name(&key)), gaps);
                kept.insert(key, value);
            }
            if shown < total {
                gaps.push(Gap { pointer: pointer.to_owned(), unit: "members", shown, total });
            }
            Value::Object(kept)
        }
        // A number of that length is none.
        other => other,
    }
}

/// How many of the parts are shown, and how long each may be at most, so that together they fit: what is shorter leaves
/// its room to the others.
fn shares(sizes: &[usize], most: usize) -> (usize, usize) {
    let least: usize = sizes.iter().map(|size| (*size).min(LEAST)).sum();
    if least > most {
        let mut used = 0;
        let fits = |size: &&usize| {
            used += (**size).min(LEAST);
            used <= most
        };
        return (sizes.iter().take_while(fits).count(), LEAST);
    }
    // The largest share with which they fit, to within a character.
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
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The characters of a text from one on, as many as make so many characters of JSON, and how many these are.
pub(super) fn piece(text: &str, start: usize, most: usize) -> (String, usize) {
    let (mut used, mut length) = (2, 0);
    let fits = |character: &char| {
        used += match character {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            character if u32::from(*character) < 0x20 => 6,
            _ => 1,
        };
        used <= most
    };
    let shown: String = text.chars().skip(start).take_while(fits).inspect(|_| length += 1).collect();
    (shown, length)
}

#[cfg(test)]
mod tests {
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
        assert!(size(&shown) <= 400, "{}", size(&shown));
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
        assert!(items > 10 && size(&shown) <= 3_600, "{items} {}", size(&shown));
        assert_eq!(gaps[0], Gap { pointer: "/list".to_owned(), unit: "items", shown: items, total: 10_000 });
        assert!(gaps.len() <= NAMED);
    }

    #[test]
    fn a_text_is_read_piece_by_piece() {
        let text = "ä\"\n".repeat(50);
        let (mut start, mut whole) = (0, String::new());
        loop {
            let (shown, length) = piece(&text, start, 20);
            if length == 0 {
                break;
            }
            assert!(size(&shown) <= 20);
            whole += &shown;
            start += length;
        }
        assert_eq!(whole, text);
    }
}
