//! What guests count in and keep things on: `wasi:keyvalue`, as far as they need it, in the memory of this process.
//!
//! wasmtime's own `wasi:keyvalue` is of another draft than Spin's, and keeps nothing from one request to the next.

use crate::instance::State;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use wasmtime::component::{HasSelf, Linker, Resource};

wasmtime::component::bindgen!({
    path: "../wit/deps/keyvalue",
    world: "counting",
    with: { "wasi:keyvalue/store.bucket": Bucket },
    imports: { default: trappable },
});

use wasi::keyvalue::{atomics, store};

/// The one store there is.
const STORE: &str = "default";

/// Keys that are kept at a time, and the longest of them in bytes.
const KEYS: usize = 100_000;
const KEY: usize = 1_024;

/// Longer than the longest window that is counted in.
const STALE: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// Numbers by key, shared by all instances. What is not touched for two days may be forgotten.
#[derive(Default)]
pub(crate) struct Counters(Mutex<HashMap<String, Counter>>);

struct Counter {
    value: i64,
    touched: Instant,
}

impl Counters {
    /// Adds to the number under `key` and returns the sum. `None` if it cannot be kept.
    fn add(&self, key: &str, delta: i64) -> Option<i64> {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if !counters.contains_key(key) {
            if counters.len() >= KEYS {
                counters.retain(|_, counter| now.duration_since(counter.touched) < STALE);
            }
            if counters.len() >= KEYS || key.len() > KEY {
                return None;
            }
        }
        let counter = counters.entry(key.to_owned()).or_insert(Counter { value: 0, touched: now });
        counter.value = counter.value.checked_add(delta)?;
        counter.touched = now;
        Some(counter.value)
    }

    fn remove(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// A guest's handle of the store.
#[expect(unreachable_pub, reason = "the bindings re-export it")]
pub struct Bucket;

/// Lets guests count.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    store::add_to_linker::<State, HasSelf<State>>(linker, |state| state)?;
    atomics::add_to_linker::<State, HasSelf<State>>(linker, |state| state)
}

impl store::Host for State {
    fn open(&mut self, identifier: String) -> wasmtime::Result<Result<Resource<Bucket>, store::Error>> {
        if identifier != STORE {
            return Ok(Err(store::Error::NoSuchStore));
        }
        Ok(Ok(self.table().push(Bucket)?))
    }
}

impl store::HostBucket for State {
    fn get(
        &mut self,
        bucket: Resource<Bucket>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, store::Error>> {
        self.table().get(&bucket)?;
        Ok(Ok(self.shelf().get(&key)))
    }

    fn set(
        &mut self,
        bucket: Resource<Bucket>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), store::Error>> {
        self.table().get(&bucket)?;
        let kept = self.shelf().put(key, value);
        Ok(if kept { Ok(()) } else { Err(store::Error::Other("there is no room for this value".to_owned())) })
    }

    fn delete(
        &mut self,
        bucket: Resource<Bucket>,
        key: String,
    ) -> wasmtime::Result<Result<(), store::Error>> {
        self.table().get(&bucket)?;
        self.counters().remove(&key);
        self.shelf().remove(&key);
        Ok(Ok(()))
    }

    fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table().delete(bucket)?;
        Ok(())
    }
}

impl atomics::Host for State {
    fn increment(
        &mut self,
        bucket: Resource<Bucket>,
        key: String,
        delta: i64,
    ) -> wasmtime::Result<Result<i64, store::Error>> {
        self.table().get(&bucket)?;
        let sum = self.counters().add(&key, delta);
        Ok(sum.ok_or_else(|| store::Error::Other("this counter cannot be kept".to_owned())))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn of_additions_at_the_same_time_each_gets_a_sum_of_its_own() {
        let counters = Counters::default();
        let add = || (0..100).map(|_| counters.add("k", 1).unwrap()).collect::<Vec<_>>();
        let mut sums: Vec<i64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(add)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        sums.sort_unstable();
        assert_eq!(sums, (1..=800).collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_be_kept_is_not_counted() {
        let counters = Counters::default();
        assert_eq!(counters.add(&"k".repeat(KEY + 1), 1), None);
        assert_eq!(counters.add("k", i64::MAX), Some(i64::MAX));
        assert_eq!(counters.add("k", 1), None);
        for index in 1..KEYS {
            counters.add(&index.to_string(), 1).unwrap();
        }
        assert_eq!(counters.add("one more", 1), None);
        assert_eq!(counters.add("1", 1), Some(2));
        counters.remove("2");
        assert_eq!(counters.add("one more", 1), Some(1));
    }
}
