//! The [`Clock`] port over `wasi:clocks/monotonic-clock`.

use std::time::Duration;

use wasip2::clocks::monotonic_clock;

use crate::port::Clock;

/// The host's monotonic clock.
pub(super) struct WasiClock;

impl Clock for WasiClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }
}
