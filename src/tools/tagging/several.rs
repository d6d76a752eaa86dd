//! Several tags that are set at once.

use std::collections::BTreeMap;

use crate::tool::preview::{counted, quoted};

/// What they are before.
pub(crate) struct Several {
    /// What those were that it has with another value.
    pub(crate) previous: BTreeMap<String, String>,
    /// Those that it does not have.
    pub(crate) new_tags: Vec<String>,
}

impl Several {
    /// To those values, from whatever they are among the tags that are known.
    pub(crate) fn set(known: &BTreeMap<String, String>, given: &BTreeMap<String, String>) -> Self {
        let (mut previous, mut new_tags) = (BTreeMap::new(), Vec::new());
        for (key, value) in given {
            match known.get(key) {
                None => new_tags.push(key.clone()),
                Some(known) if known == value => {}
                Some(known) => drop(previous.insert(key.clone(), known.clone())),
            }
        }
        Self { previous, new_tags }
    }

    /// What that changes, in a sentence.
    pub(crate) fn would(&self, of: &str) -> String {
        let changed =
            self.previous.iter().map(|(key, value)| format!("{} (is {})", quoted(key), quoted(value)));
        let changed = match self.previous.len() {
            0 => String::new(),
            _ => format!(", replace {}", changed.collect::<Vec<_>>().join(", ")),
        };
        format!("Set {} of {of}{changed}.", counted(self.new_tags.len(), false, "new tag"))
    }
}
