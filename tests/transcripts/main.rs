//! One file per revision of the protocol with whole HTTP exchanges: what a client of that revision sends, and what
//! the core answers with an MLflow behind it that gives recorded answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod client;
mod steps;
#[path = "../support/mod.rs"]
mod support;
mod wire;

use client::{Ask, Client};
use mlflow_mcp::mcp::{Answer, Version, respond};
use support::golden::{golden, project};
use support::outlet::Recorder;
use support::recorded::recorded;
use support::{now, server};

/// The MLflow whose recorded answers are given.
const MLFLOW: &str = "3.17.2";

/// One tool needs a person's approval, and all others are admitted.
const VARIABLES: [(&str, &str); 3] = [
    // Those that are on by themselves: without the registry's prompts.
    ("MLFLOW_MCP_TOOLSETS", "core,analysis"),
    (
        "MLFLOW_MCP_POLICY",
        r#"{"version": "1", "default": "allow", "tools": {"set_run_tag": {"action": "require_approval"}}}"#,
    ),
    ("MLFLOW_MCP_SEAL_KEY", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
];

/// One exchange.
struct Step {
    title: &'static str,
    ask: Ask,
    /// What MLflow answers, by the names of the fixtures.
    mlflow: &'static [&'static str],
}

/// Compares what happens on the wire with the transcript.
fn check(version: Version) {
    let client = Client::of(version);
    let mut text = wire::head(version, MLFLOW);
    for step in steps::all(&client) {
        let (mlflow, outlet) = (recorded(MLFLOW, step.mlflow), Recorder::new(usize::MAX));
        let (access, server) = server(&mlflow, &VARIABLES);
        let answer = now(respond(server, &access, None, &outlet, step.ask.request()));
        text += &wire::title(step.title, step.mlflow);
        text += &wire::sent(&step.ask);
        text += &match answer {
            Answer::Whole(response) => wire::answered(&response),
            Answer::Streamed => wire::streamed(&outlet),
        };
    }
    golden(&project(&format!("tests/golden/transcripts/{version}.txt")), &text);
}

#[test]
fn the_wire_of_2024_11_05_is_as_its_transcript_shows_it() {
    check(Version::V2024_11_05);
}

#[test]
fn the_wire_of_2025_03_26_is_as_its_transcript_shows_it() {
    check(Version::V2025_03_26);
}

#[test]
fn the_wire_of_2025_06_18_is_as_its_transcript_shows_it() {
    check(Version::V2025_06_18);
}

#[test]
fn the_wire_of_2025_11_25_is_as_its_transcript_shows_it() {
    check(Version::V2025_11_25);
}

#[test]
fn the_wire_of_2026_07_28_is_as_its_transcript_shows_it() {
    check(Version::V2026_07_28);
}
