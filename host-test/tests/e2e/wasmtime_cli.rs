//! The component under a host that we did not write, which has no store: its portable build.

use std::process::Command;

use serde_json::json;
use xtask::mlflow::Version;
use xtask::python::Environment;

use super::approval::{KEY, answer};
use super::changes::Bench;
use super::clients::workflow;
use super::endurance::call_over_and_over;
use super::foreign::Foreign;
use super::http;
use super::world::{World, portable_component_file, project};

/// `wasmtime serve`.
fn serve(tracking_uri: &str) -> Foreign {
    serve_with(&[("MLFLOW_TRACKING_URI", tracking_uri)])
}

fn serve_with(variables: &[(&str, &str)]) -> Foreign {
    let programs = Environment::ensure(&project(), "wasmtime").unwrap().programs();
    let mut command = Command::new(programs.join("wasmtime"));
    command.args(["serve", "-S", "cli", "--addr", "127.0.0.1:0"]);
    command.args(variables.iter().map(|(name, value)| format!("--env={name}={value}")));
    command.arg(portable_component_file());
    Foreign::start(command, "http://")
}

#[test]
fn wasmtime_serve_answers_with_the_same_component() {
    let world = World::shared();
    let wasmtime = serve(&world.mlflow.uri());
    let arguments = json!({"run_id": world.text("/runs/baseline")});
    let there = http::call(wasmtime.address, "get_run", &arguments);
    assert_eq!(there, world.hosted.call("get_run", &arguments));
    workflow(&world, &wasmtime.url(), "auto");
}

#[test]
fn on_a_host_without_a_store_reads_work_and_writes_say_why_not() {
    let world = World::shared();
    let wasmtime = serve(&world.mlflow.uri());
    let read = http::call(wasmtime.address, "get_experiments", &json!({}));
    assert_eq!(read["isError"], false, "{read}");
    let tag = json!({"run_id": world.text("/runs/baseline"), "key": "a", "value": "b"});
    let refused = http::call(wasmtime.address, "set_run_tag", &tag);
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("this host has no store") && text.contains("\"store\": \"instance\""), "{text}");
}

#[test]
fn on_a_host_without_a_store_a_person_has_one_minute_and_without_a_key_nobody_is_asked() {
    let bench = Bench::of(Version::Newest);
    let (_, run) = bench.run("asked without a store");
    let uri = ("MLFLOW_TRACKING_URI", bench.mlflow_uri());
    let deletion = json!({"run_id": run});
    let keyless = serve_with(&[(uri.0, &uri.1)]);
    let refused = answer(&keyless.url(), "", "accept", "delete_run", &deletion);
    assert!(refused["text"].as_str().unwrap().contains("MLFLOW_MCP_SEAL_KEY"), "{refused}");
    let wasmtime = serve_with(&[(uri.0, &uri.1), ("MLFLOW_MCP_SEAL_KEY", KEY)]);
    let declined = answer(&wasmtime.url(), "", "decline", "delete_run", &deletion);
    assert!(
        declined["read"][0].as_str().unwrap().ends_with("good for this call, within 60 seconds."),
        "{declined}"
    );
    assert_eq!((&declined["came"], bench.stage(&run).as_str()), (&json!("failed"), "active"));
    let approved = answer(&wasmtime.url(), "", "accept", "delete_run", &deletion);
    assert_eq!((&approved["came"], bench.stage(&run).as_str()), (&json!("done"), "deleted"), "{approved}");
}

#[test]
fn two_thousand_calls_in_a_row_all_succeed_through_wasmtime_serve() {
    let world = World::shared();
    let wasmtime = serve(&world.mlflow.uri());
    call_over_and_over(&world, wasmtime.address);
}
