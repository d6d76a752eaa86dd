//! The component under a host that we did not write, which has no store: its portable build.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use xtask::mlflow::Version;
use xtask::python::Environment;

use super::approval::{KEY, answer};
use super::changes::Bench;
use super::clients::workflow;
use super::endurance::call_over_and_over;
use super::http;
use super::world::{World, portable_component_file, project};

/// `wasmtime serve`, killed when dropped.
struct WasmtimeServe {
    process: Child,
    address: SocketAddr,
}

impl WasmtimeServe {
    fn start(tracking_uri: &str) -> Self {
        Self::with(&[("MLFLOW_TRACKING_URI", tracking_uri)])
    }

    fn with(variables: &[(&str, &str)]) -> Self {
        let programs = Environment::ensure(&project(), "wasmtime").unwrap().programs();
        let mut process = Command::new(programs.join("wasmtime"))
            .args(["serve", "-S", "cli", "--addr", "127.0.0.1:0"])
            .args(variables.iter().map(|(name, value)| format!("--env={name}={value}")))
            .arg(portable_component_file())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split("http://").nth(1)?.trim_end_matches('/').parse().ok())
            .expect("wasmtime says where it serves");
        // Its standard error must be read on, or it stops when the pipe is full.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { process, address }
    }
}

impl WasmtimeServe {
    fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }
}

impl Drop for WasmtimeServe {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn wasmtime_serve_answers_with_the_same_component() {
    let world = World::shared();
    let wasmtime = WasmtimeServe::start(&world.mlflow.uri());
    let arguments = json!({"run_id": world.text("/runs/baseline")});
    let there = http::call(wasmtime.address, "get_run", &arguments);
    assert_eq!(there, world.hosted.call("get_run", &arguments));
    workflow(&world, &format!("http://{}/mcp", wasmtime.address), "auto");
}

#[test]
fn on_a_host_without_a_store_reads_work_and_writes_say_why_not() {
    let world = World::shared();
    let wasmtime = WasmtimeServe::start(&world.mlflow.uri());
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
    let keyless = WasmtimeServe::with(&[(uri.0, &uri.1)]);
    let refused = answer(&keyless.url(), "", "accept", "delete_run", &deletion);
    assert!(refused["text"].as_str().unwrap().contains("MLFLOW_MCP_SEAL_KEY"), "{refused}");
    let wasmtime = WasmtimeServe::with(&[(uri.0, &uri.1), ("MLFLOW_MCP_SEAL_KEY", KEY)]);
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
    let wasmtime = WasmtimeServe::start(&world.mlflow.uri());
    call_over_and_over(&world, wasmtime.address);
}
