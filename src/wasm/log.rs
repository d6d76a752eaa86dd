//! The [`Log`] port over `wasi:cli/stderr`.

use std::io::Write as _;

use crate::port::Log;

/// Standard error: hosts show it to the operator, or keep it.
pub(super) struct Stderr;

impl Log for Stderr {
    fn line(&self, line: &str) {
        // In one piece, so that lines of calls at the same time do not mix. Where nobody takes it, nobody reads it.
        let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
    }
}
