//! Real clients in front of the component. Each lists, calls, reads, gets and completes, in every way of opening that
//! it knows; `tour` says what with, and what must come of it.

mod inspector;
mod python;
mod rmcp;
mod tour;
mod typescript;

use std::process::Command;
use std::time::Duration;

use xtask::process::quiet;

pub use python::{script, workflow};

/// Bounds a client that waits for something that never comes; the slowest takes some seconds.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a client prints; one that ends with an error fails the test.
pub fn printed(client: &mut Command) -> String {
    let printed = quiet(client, PATIENCE).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(printed).unwrap()
}
