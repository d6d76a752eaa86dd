//! The [`Counter`] port: in the host's store over `wasi:keyvalue`, and within the instance.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use wasip2::clocks::wall_clock;

use crate::port::{Count, Counter, CounterError, LocalFuture};

/// The window of a length that is running, by the host's clock.
#[derive(Clone, Copy)]
struct Window {
    length: u64,
    /// Windows since 1970.
    index: u64,
    left: Duration,
}

impl Window {
    fn now(length: Duration) -> Self {
        let length = length.as_secs().max(1);
        let now = wall_clock::now();
        let gone = Duration::new(now.seconds % length, now.nanoseconds);
        Self { length, index: now.seconds / length, left: Duration::from_secs(length).saturating_sub(gone) }
    }
}

/// What was taken is remembered for so many seconds.
const DAY: u64 = 24 * 60 * 60;

/// Counts within this instance, where the policy says so on purpose.
pub(super) struct Instance;

thread_local! {
    static COUNTS: RefCell<HashMap<(u64, String), (u64, u64)>> = RefCell::default();
    /// What was taken, and in which second since 1970.
    static TAKEN: RefCell<HashMap<String, u64>> = RefCell::default();
}

impl Counter for Instance {
    fn add<'a>(&'a self, key: &'a str, length: Duration) -> LocalFuture<'a, Result<Count, CounterError>> {
        let window = Window::now(length);
        let total = COUNTS.with_borrow_mut(|counts| {
            let (index, total) = counts.entry((window.length, key.to_owned())).or_default();
            if *index != window.index {
                (*index, *total) = (window.index, 0);
            }
            *total += 1;
            *total
        });
        Box::pin(std::future::ready(Ok(Count { total, left: window.left })))
    }

    fn take<'a>(&'a self, key: &'a str) -> LocalFuture<'a, Result<bool, CounterError>> {
        let now = wall_clock::now().seconds;
        let first = TAKEN.with_borrow_mut(|taken| {
            taken.retain(|_, since| now.saturating_sub(*since) <= DAY);
            taken.insert(key.to_owned(), now).is_none()
        });
        Box::pin(std::future::ready(Ok(first)))
    }

    fn is_there(&self) -> bool {
        true
    }
}

#[cfg(feature = "store")]
pub(super) use store::{NAMESPACE, STORE, Store, bindings};

#[cfg(feature = "store")]
mod store {
    use std::time::Duration;

    use super::Window;
    use bindings::wasi::keyvalue::atomics::increment;
    use bindings::wasi::keyvalue::store::{Bucket, Error, open};

    use crate::port::{Count, Counter, CounterError, LocalFuture};

    #[allow(
        unsafe_code,
        missing_docs,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        reason = "generated"
    )]
    pub(in super::super) mod bindings {
        wit_bindgen::generate!({path: "wit/deps/keyvalue", world: "counting"});
    }

    /// The one store of Spin's that needs no further configuration; our host has no other.
    pub(in super::super) const STORE: &str = "default";

    /// What all our keys begin with.
    pub(in super::super) const NAMESPACE: &str = "mlflow-mcp";

    /// Counts in the host's store.
    pub(in super::super) struct Store;

    impl Counter for Store {
        fn add<'a>(&'a self, key: &'a str, length: Duration) -> LocalFuture<'a, Result<Count, CounterError>> {
            let window = Window::now(length);
            let total = add(key, window).map_err(failure);
            Box::pin(std::future::ready(total.map(|total| Count { total, left: window.left })))
        }

        fn take<'a>(&'a self, key: &'a str) -> LocalFuture<'a, Result<bool, CounterError>> {
            let name = format!("{NAMESPACE}/taken/{key}");
            let takers = open(STORE).and_then(|bucket| increment(&bucket, &name, 1)).map_err(failure);
            Box::pin(std::future::ready(takers.map(|takers| takers == 1)))
        }

        fn is_there(&self) -> bool {
            !matches!(open(STORE), Err(Error::NoSuchStore | Error::AccessDenied))
        }
    }

    fn failure(error: Error) -> CounterError {
        match error {
            Error::NoSuchStore | Error::AccessDenied => CounterError::NoStore,
            Error::Other(_) => CounterError::Failed,
        }
    }

    fn add(key: &str, window: Window) -> Result<u64, Error> {
        let bucket = open(STORE)?;
        let total = increment(&bucket, &name(key, window.length, Some(window.index)), 1)?;
        if total == 1 {
            forget(&bucket, key, window)?;
        }
        u64::try_from(total).map_err(|_| Error::Other("a count below zero".to_owned()))
    }

    /// Removes the windows of that key that are over, but for the last: another host's clock may still be in it. Under
    /// the key without a window stands the newest one that was begun; it is only ever used to tidy up.
    fn forget(bucket: &Bucket, key: &str, window: Window) -> Result<(), Error> {
        let newest = name(key, window.length, None);
        let before = u64::try_from(increment(bucket, &newest, 0)?).unwrap_or(0);
        if before >= window.index {
            return Ok(());
        }
        let ended = if before + 1 == window.index {
            [before.checked_sub(1), None]
        } else {
            [before.checked_sub(1), Some(before)]
        };
        for index in ended.into_iter().flatten() {
            bucket.delete(&name(key, window.length, Some(index)))?;
        }
        increment(bucket, &newest, i64::try_from(window.index - before).unwrap_or(0)).map(drop)
    }

    fn name(key: &str, length: u64, index: Option<u64>) -> String {
        match index {
            Some(index) => format!("{NAMESPACE}/{length}/{index}/{key}"),
            None => format!("{NAMESPACE}/{length}/newest/{key}"),
        }
    }
}
