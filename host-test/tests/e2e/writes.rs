//! Tools that change MLflow, read back with MLflow's own Python client: what a dry run leaves alone, what the change does,
//! and what the call in the answer takes back. `xtask/python/writing` says what is compared.

use mlflow_mcp::spec::{Effect, Toolset};
use serde_json::Value;
use xtask::mlflow::{Server, Version};

use super::clients::{printed, script};
use super::world::{Hosted, project};

const ALLOW_ALL: &str = r#"{"version": "1", "default": "allow"}"#;

/// Changes an MLflow that is empty before, by every tool of the toolset that changes something.
fn every_change_is_read_back(version: Version, toolset: Toolset) {
    let (mlflow, llm) = match (version, toolset) {
        (Version::Newest, Toolset::Scorers) => Server::judging(&project()).unwrap(),
        _ => (Server::empty(&project(), version).unwrap(), String::new()),
    };
    let hosted = Hosted::start(&[
        ("MLFLOW_TRACKING_URI", &mlflow.uri()),
        ("MLFLOW_MCP_POLICY", ALLOW_ALL),
        ("MLFLOW_MCP_TOOLSETS", "all"),
    ]);
    let mut check = script(version.environment(), "check_writes.py");
    check.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true");
    check.env("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true");
    // Where the server asks, the script answers.
    check.env("OPENAI_API_BASE", llm);
    check.args([toolset.name(), "--url", &hosted.url(), "--tracking-uri", &mlflow.uri()]);
    let summary = printed(&mut check);
    println!("{summary}");
    let calls: Value = serde_json::from_str(&summary).unwrap();
    for entry in mlflow_mcp::tools::all() {
        if entry.spec.toolset == toolset && entry.spec.effect != Effect::Read {
            assert!(calls.get(entry.spec.name).is_some(), "{} was never called: {summary}", entry.spec.name);
        }
    }
}

#[test]
fn what_is_logged_is_read_back_on_the_newest_mlflow() {
    every_change_is_read_back(Version::Newest, Toolset::Logging);
}

#[test]
fn what_is_logged_is_read_back_on_mlflow_2() {
    every_change_is_read_back(Version::Two, Toolset::Logging);
}

#[test]
fn changes_of_models_are_read_back_on_the_newest_mlflow() {
    every_change_is_read_back(Version::Newest, Toolset::Models);
}

#[test]
fn changes_of_models_are_read_back_on_mlflow_2() {
    every_change_is_read_back(Version::Two, Toolset::Models);
}

#[test]
fn changes_of_prompts_are_read_back_on_the_newest_mlflow() {
    every_change_is_read_back(Version::Newest, Toolset::Prompts);
}

#[test]
fn changes_of_prompts_are_read_back_on_mlflow_2() {
    every_change_is_read_back(Version::Two, Toolset::Prompts);
}

#[test]
fn changes_of_datasets_are_read_back_on_the_newest_mlflow() {
    every_change_is_read_back(Version::Newest, Toolset::Datasets);
}

#[test]
fn mlflow_2_is_told_to_have_no_evaluation_datasets() {
    every_change_is_read_back(Version::Two, Toolset::Datasets);
}

#[test]
fn judges_and_what_they_say_are_read_back_on_the_newest_mlflow() {
    every_change_is_read_back(Version::Newest, Toolset::Scorers);
}

#[test]
fn judges_need_a_newer_mlflow_than_2() {
    every_change_is_read_back(Version::Two, Toolset::Scorers);
}

#[test]
fn webhooks_are_read_back_on_the_newest_mlflow() {
    every_change_is_read_back(Version::Newest, Toolset::Admin);
}

#[test]
fn webhooks_need_a_newer_mlflow_than_2() {
    every_change_is_read_back(Version::Two, Toolset::Admin);
}

#[test]
fn what_is_logged_is_read_back_on_mlflow_3_5() {
    every_change_is_read_back(Version::Early, Toolset::Logging);
}

#[test]
fn changes_of_models_are_read_back_on_mlflow_3_5() {
    every_change_is_read_back(Version::Early, Toolset::Models);
}

#[test]
fn changes_of_prompts_are_read_back_on_mlflow_3_5() {
    every_change_is_read_back(Version::Early, Toolset::Prompts);
}

#[test]
fn changes_of_datasets_are_read_back_on_mlflow_3_5() {
    every_change_is_read_back(Version::Early, Toolset::Datasets);
}

#[test]
fn judges_are_read_back_on_mlflow_3_5() {
    every_change_is_read_back(Version::Early, Toolset::Scorers);
}

#[test]
fn webhooks_are_read_back_on_mlflow_3_5() {
    every_change_is_read_back(Version::Early, Toolset::Admin);
}

#[test]
fn changes_of_traces_are_read_back_on_the_newest_mlflow() {
    every_change_is_read_back(Version::Newest, Toolset::Traces);
}

#[test]
fn changes_of_traces_are_read_back_on_mlflow_3_5() {
    every_change_is_read_back(Version::Early, Toolset::Traces);
}
