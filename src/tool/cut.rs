//! What is too long to be shown whole: how it is cut, and how that is said.
//!
//! A list keeps the items that fit ([`Budget::keep`]). One thing alone that is too long is cut by [`Cut`]: long values
//! first, then whole entries, as many as must. Of JSON that can have any shape the long parts are [`shortened`], down to
//! their texts, and each text ends in how long it is ([`beginning`]).

pub(super) mod change;
mod text;
mod value;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Budget;
use super::budget::size;

pub use text::{beginning, clip, clip_values, piece};
pub use value::{Gap, named, shortened};

/// Characters of JSON for saying what is left out.
const OMITTED: usize = 150;

/// What is left out, and how many of it; `clipped_values` end in `... (N characters)`.
pub type Omitted = BTreeMap<&'static str, usize>;

const CLIPPED_VALUES: &str = "clipped_values";

/// A cut through one thing. Whoever makes it says in which order the parts go; no more goes than must.
#[derive(Debug, Default)]
pub struct Cut {
    excess: usize,
    omitted: Omitted,
}

impl Cut {
    /// Cuts a long text.
    #[must_use]
    pub fn text(mut self, text: &mut String) -> Self {
        self.count(CLIPPED_VALUES, usize::from(clip(text)));
        self
    }

    /// Cuts the long ones among texts.
    #[must_use]
    pub fn texts(mut self, texts: &mut BTreeMap<String, String>) -> Self {
        self.count(CLIPPED_VALUES, clip_values(texts));
        self
    }

    /// From here on entries go, until the whole, which now takes so many characters, fits.
    #[must_use]
    pub fn down_to(mut self, budget: Budget, whole: usize) -> Self {
        self.excess = (whole + OMITTED).saturating_sub(budget.characters());
        self
    }

    /// Drops entries from the end.
    #[must_use]
    pub fn entries<V: Serialize>(mut self, what: &'static str, entries: &mut BTreeMap<String, V>) -> Self {
        let all = entries.len();
        while self.excess > 0
            && let Some((name, value)) = entries.pop_last()
        {
            // Quotes are counted with the name and value; colon and comma are two more.
            self.excess = self.excess.saturating_sub(size(&name) + size(&value) + 2);
        }
        self.count(what, all - entries.len());
        self
    }

    /// Drops items from the end.
    #[must_use]
    pub fn items<T: Serialize>(mut self, what: &'static str, items: &mut Vec<T>) -> Self {
        let all = items.len();
        while self.excess > 0
            && let Some(item) = items.pop()
        {
            self.excess = self.excess.saturating_sub(size(&item) + 1);
        }
        self.count(what, all - items.len());
        self
    }

    /// Makes the parts share what they may still take together; what goes from any depth of a part has its name.
    #[must_use]
    pub fn values(mut self, parts: Vec<(&'static str, &mut Value)>) -> Self {
        if self.excess == 0 {
            return self;
        }
        let sizes: Vec<usize> = parts.iter().map(|(_, part)| size(part)).collect();
        let all: usize = sizes.iter().sum();
        let (_, share) = value::shares(&sizes, all.saturating_sub(self.excess));
        let mut left = 0;
        for (name, part) in parts {
            let (shown, gaps) = shortened(part.take(), "", share);
            for gap in gaps {
                match gap.is_of_text() {
                    true => self.count(CLIPPED_VALUES, 1),
                    false => self.count(name, gap.total - gap.shown),
                }
            }
            left += size(&shown);
            *part = shown;
        }
        self.excess = (self.excess + left).saturating_sub(all);
        self
    }

    /// What is gone.
    #[must_use]
    pub fn omitted(self) -> Omitted {
        self.omitted
    }

    fn count(&mut self, what: &'static str, gone: usize) {
        if gone > 0 {
            *self.omitted.entry(what).or_default() += gone;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Thing {
        about: String,
        tags: BTreeMap<String, String>,
        rows: Vec<String>,
        omitted: Omitted,
    }

    fn thing(long: usize, many: usize) -> Thing {
        let value = "ü".repeat(long);
        Thing {
            about: value.clone(),
            tags: (0..many).map(|n| (format!("tag_{n:04}"), value.clone())).collect(),
            rows: vec![value; many],
            omitted: Omitted::new(),
        }
    }

    fn cut(mut thing: Thing, budget: Budget) -> Thing {
        let cut = Cut::default().text(&mut thing.about).texts(&mut thing.tags);
        let cut = cut.down_to(budget, size(&thing));
        thing.omitted = cut.entries("tags", &mut thing.tags).items("rows", &mut thing.rows).omitted();
        thing
    }

    #[test]
    fn long_values_are_cut_before_anything_goes() {
        let short = cut(thing(3_000, 2), Budget::of_answer(10_000));
        assert_eq!(short.omitted, Omitted::from([("clipped_values", 3)]));
        assert!(short.about.ends_with("ü... (3000 characters)"));
        assert_eq!((short.tags.len(), short.rows.len()), (2, 2));
    }

    #[test]
    fn of_any_json_the_long_parts_give_way_and_the_whole_fits() {
        let columns: Vec<Value> = (0..500).map(|n| json!({"name": n, "type": "double"})).collect();
        let mut parts =
            [Value::from(columns), json!({"deep": ["x".repeat(9_000), 1]}), json!({"short": true})];
        let short = parts[2].clone();
        let (budget, whole) = (Budget::of_items(6_000), size(&parts));
        let [columns, text, fine] = &mut parts;
        let cut = Cut::default().down_to(budget, whole);
        let omitted = cut.values(vec![("inputs", columns), ("text", text), ("fine", fine)]).omitted();
        let left = parts[0].as_array().map_or(0, Vec::len);
        assert_eq!(omitted, Omitted::from([("inputs", 500 - left), ("clipped_values", 1)]));
        assert!(left > 50 && parts[2] == short && parts[1]["deep"][1] == 1);
        assert!((5_600..=6_000).contains(&(size(&parts) + size(&omitted))), "{}", size(&parts));
    }

    #[test]
    fn what_fits_is_left_alone() {
        let mut value = json!(["x".repeat(300)]);
        let cut = Cut::default().down_to(Budget::of_items(1_000), size(&value));
        assert_eq!(cut.values(vec![("value", &mut value)]).omitted(), Omitted::new());
        assert_eq!(value[0].as_str().map(str::len), Some(300));
    }

    #[test]
    fn parts_go_in_the_order_that_was_said_and_what_is_left_fits() {
        let budget = Budget::of_answer(10_000);
        let short = cut(thing(150, 80), budget);
        assert!(short.tags.is_empty() && !short.rows.is_empty());
        assert_eq!(short.omitted.get("tags"), Some(&80));
        assert_eq!(short.omitted.get("rows"), Some(&(80 - short.rows.len())));
        assert!(size(&short) <= budget.characters(), "{}", size(&short));
    }
}
