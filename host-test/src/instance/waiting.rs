//! Instances that wait for their next request.

use super::{Caller, Instance};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Instances between two requests, in the order in which they came.
pub(super) struct Waiting {
    kept: Mutex<VecDeque<Kept>>,
    most: usize,
}

struct Kept {
    instance: Instance,
    caller: Caller,
    since: Instant,
}

impl Waiting {
    /// Room for so many instances.
    pub(super) fn new(most: usize) -> Waiting {
        Waiting { kept: Mutex::default(), most }
    }

    /// An instance that has worked for this caller only, the last one that did: its memory is still in the caches.
    pub(super) fn take(&self, caller: Caller) -> Option<Instance> {
        self.with(|kept| {
            let index = kept.iter().rposition(|kept| kept.caller == caller)?;
            Some(kept.remove(index)?.instance)
        })
    }

    /// Keeps an instance that has worked for this caller; the one that has waited longest makes room for it.
    pub(super) fn put(&self, caller: Caller, instance: Instance) {
        let kept = Kept { instance, caller, since: Instant::now() };
        let displaced = self.with(|all| {
            let displaced = if all.len() >= self.most { all.pop_front() } else { None };
            all.push_back(kept);
            displaced
        });
        // Outside of the lock: to take an instance down takes time.
        drop(displaced);
    }

    /// Drops the instances that have waited for so long.
    pub(super) fn sweep(&self, time: Duration) {
        let old = self.with(|all| {
            let old = all.iter().take_while(|kept| kept.since.elapsed() >= time).count();
            all.drain(..old).collect::<Vec<_>>()
        });
        drop(old);
    }

    fn with<T>(&self, work: impl FnOnce(&mut VecDeque<Kept>) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
