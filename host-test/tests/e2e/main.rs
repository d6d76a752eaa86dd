//! The released component under our host, in front of a real MLflow: every tool, real clients, long runs, and
//! everything that can be wrong with an MLflow. `cargo xtask test` runs them; they need what it sets up.

#![allow(unreachable_pub, reason = "modules of one test program")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod analysis;
mod approval;
mod artifact_analysis;
mod artifact_tools;
mod callers;
mod changes;
mod check;
mod client_credentials;
mod clients;
mod compat;
mod component;
mod core;
mod diagnosis;
mod endurance;
mod experiment_tools;
mod failures;
mod foreign;
mod functions;
mod http;
mod jco;
mod leaks;
mod logged_model_tools;
mod oauth;
mod official;
mod older;
mod policy;
mod progress;
mod prompts_and_resources;
mod registry_tools;
mod release;
mod run_tools;
mod spin;
mod stdio;
mod stub;
mod traces;
mod wasmcloud;
mod wasmtime_cli;
mod wassette;
mod world;
mod writes;

/// A tool without a test against a real MLflow does not pass: the name must stand in one of these files.
#[test]
fn every_tool_is_tried_against_a_real_mlflow() {
    let tests = [
        include_str!("../../../xtask/python/check_numbers.py"),
        include_str!("../../../xtask/python/writing/datasets.py"),
        include_str!("../../../xtask/python/writing/logging.py"),
        include_str!("../../../xtask/python/writing/model_info.py"),
        include_str!("../../../xtask/python/writing/models.py"),
        include_str!("../../../xtask/python/writing/prompts.py"),
        include_str!("../../../xtask/python/writing/run_datasets.py"),
        include_str!("../../../xtask/python/writing/scorers.py"),
        include_str!("../../../xtask/python/writing/webhooks.py"),
        include_str!("analysis.rs"),
        include_str!("artifact_analysis.rs"),
        include_str!("artifact_tools.rs"),
        include_str!("changes/registry.rs"),
        include_str!("changes/runs_and_experiments.rs"),
        include_str!("changes/stage.rs"),
        include_str!("diagnosis.rs"),
        include_str!("experiment_tools.rs"),
        include_str!("logged_model_tools.rs"),
        include_str!("official.rs"),
        include_str!("registry_tools.rs"),
        include_str!("run_tools.rs"),
        include_str!("traces.rs"),
    ];
    let untried: Vec<&str> = mlflow_mcp::tools::all()
        .map(|entry| entry.spec.name)
        .filter(|name| !tests.iter().any(|text| text.contains(&format!("\"{name}\""))))
        .collect();
    assert!(untried.is_empty(), "tools without a test against a real MLflow: {untried:?}");
}
