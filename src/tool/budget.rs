//! How much an answer may hold.
//!
//! Hosts cut or refuse what is too long (Claude Code above 25 000 tokens, most well before 50 000
//! characters), and do it without a word to the model. So every answer keeps to a bound of its own, by
//! whole items, and says what is left out.

use serde::Serialize;

/// Characters of JSON kept for what surrounds the items.
const ENVELOPE: usize = 800;

/// The characters that the items of an answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget(usize);

impl Budget {
    /// For an answer of at most so many characters.
    #[must_use]
    pub fn of_answer(characters: usize) -> Self {
        Self(characters.saturating_sub(ENVELOPE))
    }

    /// For items of so many characters.
    #[must_use]
    pub fn of_items(characters: usize) -> Self {
        Self(characters)
    }

    /// The characters for the items.
    #[must_use]
    pub fn characters(self) -> usize {
        self.0
    }

    /// What is left after so many characters.
    #[must_use]
    pub fn minus(self, characters: usize) -> Self {
        Self(self.0.saturating_sub(characters))
    }

    /// One of so many equal parts.
    #[must_use]
    pub fn share(self, parts: usize) -> Self {
        Self(self.0 / parts.max(1))
    }

    /// How many of the items fit, from the first on; each costs its JSON and a comma.
    pub fn fitting<T: Serialize>(self, items: &[T]) -> usize {
        let mut used = 0;
        items
            .iter()
            .take_while(|item| {
                used += size(item) + 1;
                used <= self.0
            })
            .count()
    }

    /// Keeps the first of the items, as many as fit; how many do not.
    pub fn keep<T: Serialize>(self, items: &mut Vec<T>) -> usize {
        let all = items.len();
        items.truncate(self.fitting(items));
        all - items.len()
    }
}

/// Characters of a value's JSON.
pub fn size(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(usize::MAX / 2, |text| text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_items_fit_or_do_not() {
        let items = vec!["12345678"; 10];
        assert_eq!(Budget(33).fitting(&items), 3);
        assert_eq!(Budget(32).fitting(&items), 2);
        assert_eq!(Budget(5).fitting(&items), 0);
        assert_eq!(Budget(1_000).fitting(&items), 10);
        let mut kept = items.clone();
        assert_eq!((Budget(33).keep(&mut kept), kept.len()), (7, 3));
        assert_eq!((Budget(33).keep(&mut kept), kept.len()), (0, 3));
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(size(&"größe"), 7);
    }
}
