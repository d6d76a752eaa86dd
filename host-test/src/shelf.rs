//! What guests keep besides counts: small things that are public and dear to fetch.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Things that are kept at a time, and the largest of them in bytes, with its name.
const THINGS: usize = 64;
const LARGEST: usize = 128 << 10;

/// Bytes by name, shared by all instances.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<HashMap<String, Vec<u8>>>);

impl Shelf {
    /// What is under a name.
    pub(crate) fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Puts it under a name; false if there is no room for it.
    pub(crate) fn put(&self, name: String, content: Vec<u8>) -> bool {
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = things.len() < THINGS || things.contains_key(&name);
        let fits = room && name.len() + content.len() <= LARGEST;
        if fits {
            things.insert(name, content);
        }
        fits
    }

    /// Removes it.
    pub(crate) fn remove(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_or_too_much_is_not_kept_and_what_is_there_stays() {
        let shelf = Shelf::default();
        assert!(!shelf.put("large".to_owned(), vec![0; LARGEST]));
        for index in 0..THINGS {
            assert!(shelf.put(index.to_string(), vec![1]));
        }
        assert!(!shelf.put("one more".to_owned(), vec![1]));
        assert!(shelf.put("0".to_owned(), vec![2]));
        assert_eq!(
            (shelf.get("0"), shelf.get("1"), shelf.get("large")),
            (Some(vec![2]), Some(vec![1]), None)
        );
        shelf.remove("0");
        assert!(shelf.get("0").is_none() && shelf.put("one more".to_owned(), vec![1]));
    }
}
