//! The store of a host, in which time stands still until it is told.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use mlflow_mcp::port::{Clock, Count, Counter, CounterError, LocalFuture};

/// Counts, what was taken, and the clock they go by.
#[derive(Default)]
pub struct Store {
    /// Since 1970.
    pub seconds: Cell<u64>,
    /// By key, length of the window, and window.
    pub counts: RefCell<HashMap<(String, u64, u64), u64>>,
    /// The keys.
    pub taken: RefCell<HashSet<String>>,
    /// Set while it does nothing.
    pub fails: Cell<Option<CounterError>>,
}

impl Store {
    pub fn sleep(&self, seconds: u64) {
        self.seconds.set(self.seconds.get() + seconds);
    }

    fn done<'a, T: 'a>(&self, value: T) -> LocalFuture<'a, Result<T, CounterError>> {
        Box::pin(std::future::ready(self.fails.get().map_or(Ok(value), Err)))
    }
}

impl Counter for Store {
    fn add<'a>(&'a self, key: &'a str, window: Duration) -> LocalFuture<'a, Result<Count, CounterError>> {
        let (now, length) = (self.seconds.get(), window.as_secs());
        let mut counts = self.counts.borrow_mut();
        let total = counts.entry((key.to_owned(), length, now / length)).or_default();
        *total += 1;
        self.done(Count { total: *total, left: Duration::from_secs(length - now % length) })
    }

    fn take<'a>(&'a self, key: &'a str) -> LocalFuture<'a, Result<bool, CounterError>> {
        self.done(self.taken.borrow_mut().insert(key.to_owned()))
    }

    fn is_there(&self) -> bool {
        self.fails.get() != Some(CounterError::NoStore)
    }
}

impl Clock for Store {
    fn now(&self) -> Duration {
        self.wall()
    }

    fn wall(&self) -> Duration {
        Duration::from_secs(self.seconds.get())
    }

    fn pause(&self, time: Duration) -> LocalFuture<'_, ()> {
        self.sleep(time.as_secs());
        Box::pin(std::future::ready(()))
    }
}
