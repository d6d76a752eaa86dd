//! The official clients, doing what evaluation users ask for: given only an invocation id, find its runs in every
//! experiment, compare their metrics, read their configuration.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use xtask::python::Environment;

use super::world::{World, project};

/// Runs a client script and gives what it found.
pub fn run(environment: &str, script: &str, arguments: &[&str]) -> Value {
    let project = project();
    let python = Environment::ensure(&project, environment).unwrap().python();
    let output = Command::new(python).arg(project.python_file(script)).args(arguments).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script} {arguments:?}: {err}");
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{script} printed {out}"))
}

/// The whole workflow in one way of opening; the script checks each step.
pub fn workflow(world: &World, url: &str, mode: &str) {
    let invocations = world.manifest["invocations"].as_array().unwrap();
    let ids: Vec<&str> = invocations.iter().map(|one| one["invocation_id"].as_str().unwrap()).collect();
    let experiments: BTreeSet<&str> = invocations
        .iter()
        .flat_map(|one| one["experiment_ids"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    let experiments = Vec::from_iter(experiments).join(",");
    let ids = ids.join(",");
    let arguments = ["--url", url, "--mode", mode, "--invocation", &ids, "--experiments", &experiments];
    let summary = run("clients", "invocation_workflow.py", &arguments);
    let text = summary.to_string();
    for invocation in invocations {
        for made in invocation["runs"].as_array().unwrap() {
            let run_id = made["run_id"].as_str().unwrap();
            assert!(text.contains(run_id), "{mode}: run {run_id} was not found: {text}");
        }
    }
}

#[test]
fn the_official_client_finds_an_invocation_by_discovery() {
    let world = World::shared();
    workflow(&world, &world.hosted.url(), "auto");
}

#[test]
fn the_official_client_finds_an_invocation_after_initialize() {
    let world = World::shared();
    workflow(&world, &world.hosted.url(), "legacy");
}

#[test]
fn the_official_client_finds_an_invocation_pinned_to_the_newest_revision() {
    let world = World::shared();
    workflow(&world, &world.hosted.url(), "2026-07-28");
}

#[test]
fn the_first_line_of_the_official_client_works_too() {
    let world = World::shared();
    run("clients1", "legacy_client.py", &["--url", &world.hosted.url()]);
}
