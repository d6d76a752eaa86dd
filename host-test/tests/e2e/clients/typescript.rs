//! The official TypeScript client in its two lines.

use std::process::Command;

use xtask::node::Environment;

use super::tour::{HANDSHAKE, NEWEST, tour};
use crate::world::project;

/// The script of an environment of `xtask/node`.
fn script(environment: &str) -> Command {
    Environment::ensure(&project(), environment).unwrap().script(&format!("{environment}/tour.mjs"))
}

#[test]
fn the_typescript_client_gets_everything_by_discovery() {
    tour(script("typescript"), "auto", NEWEST);
}

#[test]
fn the_typescript_client_gets_everything_after_initialize() {
    tour(script("typescript"), "legacy", HANDSHAKE);
}

#[test]
fn the_typescript_client_gets_everything_pinned_to_the_newest_revision() {
    tour(script("typescript"), NEWEST, NEWEST);
}

#[test]
fn the_first_line_of_the_typescript_client_gets_everything() {
    tour(script("typescript1"), "legacy", HANDSHAKE);
}
