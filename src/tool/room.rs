//! Making room among parts of any shape.

use serde_json::Value;

use super::budget::size;
use super::cut::{Omitted, clip};

/// Characters of JSON for saying what is left out.
const OMITTED: usize = 200;

/// Takes so many characters away where there are most: long texts are cut, then items go from the ends of the largest
/// parts. What went is counted by the part's name.
#[must_use]
pub fn make(mut parts: Vec<(&'static str, &mut Value)>, excess: usize) -> Omitted {
    let mut excess = excess + OMITTED;
    let mut omitted = Omitted::new();
    parts.sort_by_cached_key(|(_, part)| size(part));
    while excess > 0
        && let Some((name, part)) = parts.pop()
    {
        let before = size(part);
        let clipped = clip_texts(part);
        if clipped > 0 {
            *omitted.entry("clipped_values").or_default() += clipped;
        }
        excess = excess.saturating_sub(before.saturating_sub(size(part)));
        let gone = drop_items(part, &mut excess);
        if gone > 0 {
            *omitted.entry(name).or_default() += gone;
        }
    }
    omitted
}

/// Cuts the long ones among all texts within; how many.
fn clip_texts(value: &mut Value) -> usize {
    match value {
        Value::String(text) => usize::from(clip(text)),
        Value::Array(items) => items.iter_mut().map(clip_texts).sum(),
        Value::Object(members) => members.values_mut().map(clip_texts).sum(),
        _ => 0,
    }
}

fn drop_items(value: &mut Value, excess: &mut usize) -> usize {
    let mut gone = 0;
    while *excess > 0 {
        let dropped = match value {
            Value::Array(items) => items.pop().map(|item| size(&item) + 1),
            Value::Object(members) => {
                let last = members.keys().next_back().cloned();
                last.and_then(|name| members.remove(&name).map(|item| size(&name) + size(&item) + 2))
            }
            _ => None,
        };
        let Some(dropped) = dropped else { break };
        *excess = excess.saturating_sub(dropped);
        gone += 1;
    }
    gone
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_largest_part_gives_way_and_short_ones_stay_whole() {
        let mut columns = json!((0..500).map(|n| json!({"name": n, "type": "double"})).collect::<Vec<_>>());
        let mut flavors = json!({"sklearn": {"pickled_model": "model.pkl"}});
        let (before, kept) = (size(&columns), flavors.clone());
        let omitted = make(vec![("inputs", &mut columns), ("flavors", &mut flavors)], 3_000);
        let left = columns.as_array().map_or(0, Vec::len);
        assert_eq!(omitted, Omitted::from([("inputs", 500 - left)]));
        assert!(left > 0 && size(&columns) + 3_000 <= before && flavors == kept, "{left}");
    }

    #[test]
    fn a_long_text_is_cut_before_anything_goes() {
        let mut metadata = json!({"notes": {"deep": "x".repeat(9_000)}, "owner": "ann"});
        let omitted = make(vec![("metadata", &mut metadata)], 5_000);
        assert_eq!(omitted, Omitted::from([("clipped_values", 1)]));
        assert_eq!(metadata["owner"], "ann");
    }
}
