//! What goes first where one thing alone is too long to be shown: long values are cut, then whole entries go.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Budget;
use super::budget::size;

/// The longest value in a thing that is too large to be shown whole, in characters.
const CLIPPED: usize = 200;

/// Characters of JSON for saying what is left out.
const OMITTED: usize = 150;

/// What is left out, and how many of it; `clipped_values` end in `... (N characters)`.
pub type Omitted = BTreeMap<&'static str, usize>;

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
        self.count("clipped_values", usize::from(clip(text)));
        self
    }

    /// Cuts the long ones among texts.
    #[must_use]
    pub fn texts(mut self, texts: &mut BTreeMap<String, String>) -> Self {
        self.count("clipped_values", clip_values(texts));
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
        let dropped = drop_entries(entries, &mut self.excess);
        self.count(what, dropped);
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

/// Cuts the long ones among texts; how many.
pub fn clip_values(texts: &mut BTreeMap<String, String>) -> usize {
    texts.values_mut().map(clip).filter(|clipped| *clipped).count()
}

/// Cuts a text if it is long; whether it was.
pub fn clip(text: &mut String) -> bool {
    let characters = text.chars().count();
    if characters <= CLIPPED {
        return false;
    }
    if let Some((at, _)) = text.char_indices().nth(CLIPPED) {
        text.truncate(at);
    }
    text.push_str(&format!("... ({characters} characters)"));
    true
}

/// Drops entries from the end until nothing is in excess; how many.
pub fn drop_entries<V: Serialize>(entries: &mut BTreeMap<String, V>, excess: &mut usize) -> usize {
    let mut dropped = 0;
    while *excess > 0 {
        let Some((name, value)) = entries.pop_last() else { break };
        // Quotes are counted with the name and value; colon and comma are two more.
        *excess = excess.saturating_sub(size(&name) + size(&value) + 2);
        dropped += 1;
    }
    dropped
}

#[cfg(test)]
mod tests {
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
    fn parts_go_in_the_order_that_was_said_and_what_is_left_fits() {
        let budget = Budget::of_answer(10_000);
        let short = cut(thing(150, 80), budget);
        assert!(short.tags.is_empty() && !short.rows.is_empty());
        assert_eq!(short.omitted.get("tags"), Some(&80));
        assert_eq!(short.omitted.get("rows"), Some(&(80 - short.rows.len())));
        assert!(size(&short) <= budget.characters(), "{}", size(&short));
    }
}
