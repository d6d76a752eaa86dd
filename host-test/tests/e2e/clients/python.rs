//! The official Python client in its two lines, and FastMCP's.

use std::collections::BTreeSet;
use std::process::Command;

use xtask::python::Environment;

use super::printed;
use super::tour::{HANDSHAKE, NEWEST, tour, tour_by_stdio};
use crate::world::{World, project};

/// A script of `xtask/python` in its environment.
pub fn script(environment: &str, file: &str) -> Command {
    let project = project();
    let mut command = Command::new(Environment::ensure(&project, environment).unwrap().python());
    command.arg(project.python_file(file));
    command
}

/// What evaluation users ask for: given only an invocation id, find its runs in every experiment, compare their
/// metrics, read their configuration. The script checks each step.
pub fn workflow(world: &World, url: &str, mode: &str) {
    let invocations = world.manifest["invocations"].as_array().unwrap();
    let ids: Vec<&str> = invocations.iter().map(|one| one["invocation_id"].as_str().unwrap()).collect();
    let experiments: BTreeSet<&str> = invocations
        .iter()
        .flat_map(|one| one["experiment_ids"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    let experiments = Vec::from_iter(experiments).join(",");
    let mut client = script("clients", "invocation_workflow.py");
    client.args(["--url", url, "--mode", mode, "--invocation", &ids.join(",")]);
    let summary = printed(client.args(["--experiments", &experiments]));
    for invocation in invocations {
        for made in invocation["runs"].as_array().unwrap() {
            let run_id = made["run_id"].as_str().unwrap();
            assert!(summary.contains(run_id), "{mode}: run {run_id} was not found: {summary}");
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
fn the_official_client_gets_everything_by_discovery() {
    tour(script("clients", "tour_mcp.py"), "auto", NEWEST);
}

#[test]
fn the_official_client_gets_everything_after_initialize() {
    tour(script("clients", "tour_mcp.py"), "legacy", HANDSHAKE);
}

#[test]
fn the_official_client_gets_everything_pinned_to_the_newest_revision() {
    tour(script("clients", "tour_mcp.py"), NEWEST, NEWEST);
}

#[test]
fn the_first_line_of_the_official_client_gets_everything() {
    tour(script("clients1", "tour_mcp1.py"), "legacy", HANDSHAKE);
}

#[test]
fn fastmcp_gets_everything_by_discovery() {
    tour(script("clients", "tour_fastmcp.py"), "auto", NEWEST);
}

#[test]
fn fastmcp_gets_everything_after_initialize() {
    tour(script("clients", "tour_fastmcp.py"), "legacy", HANDSHAKE);
}

#[test]
fn fastmcp_gets_everything_pinned_to_the_newest_revision() {
    tour(script("clients", "tour_fastmcp.py"), NEWEST, NEWEST);
}

#[test]
fn over_stdio_the_official_client_gets_everything_in_every_way_of_opening() {
    for (mode, revision) in [("auto", NEWEST), ("legacy", HANDSHAKE), (NEWEST, NEWEST)] {
        tour_by_stdio(script("clients", "tour_mcp.py"), mode, revision);
    }
}

#[test]
fn over_stdio_the_first_line_of_the_official_client_gets_everything() {
    tour_by_stdio(script("clients1", "tour_mcp1.py"), "legacy", HANDSHAKE);
}
