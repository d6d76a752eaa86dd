//! The [`Clock`] port over `wasi:clocks`.

use std::time::Duration;

use wasip2::clocks::{monotonic_clock, wall_clock};

use crate::port::{Clock, LocalFuture};

/// The host's clocks.
pub(super) struct WasiClock;

impl Clock for WasiClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }

    fn wall(&self) -> Duration {
        let now = wall_clock::now();
        Duration::new(now.seconds, now.nanoseconds)
    }

    fn pause(&self, time: Duration) -> LocalFuture<'_, ()> {
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Box::pin(async move {
            wstd::task::sleep(wstd::time::Duration::from_millis(time)).await;
        })
    }
}
