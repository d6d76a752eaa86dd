//! The [`Shelf`] port within this instance, which may live for one request only.

use std::cell::RefCell;
use std::collections::HashMap;

use bytes::Bytes;

use crate::port::Shelf;

/// This instance's memory.
pub(super) struct Memory;

thread_local! {
    static KEPT: RefCell<HashMap<String, Bytes>> = RefCell::default();
}

impl Shelf for Memory {
    fn get(&self, name: &str) -> Option<Bytes> {
        KEPT.with_borrow(|kept| kept.get(name).cloned())
    }

    fn put(&self, name: &str, content: Bytes) {
        KEPT.with_borrow_mut(|kept| kept.insert(name.to_owned(), content));
    }
}
