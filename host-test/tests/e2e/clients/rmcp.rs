//! The official Rust client.

use std::path::PathBuf;
use std::process::Command;

use super::tour::{HANDSHAKE, NEWEST, tour};

/// The program, as `cargo xtask test` built it.
fn client() -> Command {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/rmcp-client/target/debug/mlflow-mcp-rmcp-client");
    Command::new(
        std::env::var_os("MLFLOW_MCP_RMCP_CLIENT").map_or_else(|| PathBuf::from(built), PathBuf::from),
    )
}

#[test]
fn the_rust_client_gets_everything_by_discovery_or_initialize() {
    tour(client(), "auto", NEWEST);
}

#[test]
fn the_rust_client_gets_everything_after_initialize() {
    tour(client(), "legacy", HANDSHAKE);
}

#[test]
fn the_rust_client_gets_everything_by_discovery_alone() {
    tour(client(), NEWEST, NEWEST);
}
