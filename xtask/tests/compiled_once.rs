//! What takes longest to compile is compiled once, for the host and for the build script that compiles the component.
//!
//! Cargo builds a crate a second time where anything below it has other features there than here, however little it is.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// The two crates that minutes go into.
const SLOWEST: [&str; 2] = ["wasmtime", "cranelift-codegen"];

/// All that cargo would compile for a command.
struct Graph(Vec<Value>);

impl Graph {
    fn of(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).args(["--unit-graph", "-Z", "unstable-options"]);
        // It only tells. Cargo has no stable way to ask for it.
        command.env("RUSTC_BOOTSTRAP", "1").current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let graph: Value = serde_json::from_slice(&output.stdout).unwrap();
        Self(graph["units"].as_array().unwrap().clone())
    }

    fn name(&self, unit: usize) -> &str {
        self.0[unit]["target"]["name"].as_str().unwrap()
    }

    /// The compilations of a library.
    fn compilations(&self, of: &str) -> Vec<usize> {
        let is = |unit: &usize| {
            let Value::String(mode) = &self.0[*unit]["mode"] else { return false };
            let library = self.0[*unit]["target"]["kind"][0] == "lib";
            mode == "build" && library && self.name(*unit) == of.replace('-', "_")
        };
        (0..self.0.len()).filter(is).collect()
    }

    fn dependencies(&self, unit: usize) -> impl Iterator<Item = usize> {
        let all = self.0[unit]["dependencies"].as_array().unwrap();
        all.iter().map(|one| usize::try_from(one["index"].as_u64().unwrap()).unwrap())
    }

    /// Why two compilations of a crate are not one: what differs at the bottom of them, as lines to read.
    fn difference(&self, one: usize, other: usize, lines: &mut BTreeSet<String>) {
        let own = |unit: usize| ["features", "profile", "platform"].map(|member| &self.0[unit][member]);
        if own(one) != own(other) {
            let [features, others] = [one, other].map(|unit| self.0[unit]["features"].to_string());
            lines.insert(format!("{}: {features} here, {others} there", self.name(one)));
            return;
        }
        for (below, beside) in self.dependencies(one).zip(self.dependencies(other)) {
            if below != beside && self.name(below) == self.name(beside) {
                self.difference(below, beside, lines);
            }
        }
    }
}

fn assert_compiled_once(arguments: &[&str]) {
    let graph = Graph::of(arguments);
    for slow in SLOWEST {
        let compilations = graph.compilations(slow);
        assert!(!compilations.is_empty(), "cargo {arguments:?} compiles no {slow}");
        let mut lines = BTreeSet::new();
        if let [one, other, ..] = compilations[..] {
            graph.difference(one, other, &mut lines);
        }
        assert_eq!(
            compilations.len(),
            1,
            "cargo {arguments:?} compiles {slow} {} times; even out in host-test/Cargo.toml: {lines:#?}",
            compilations.len()
        );
    }
}

#[test]
fn the_runtime_is_compiled_once_for_the_product() {
    assert_compiled_once(&["build", "--profile", "host", "--package", "mlflow-mcp-host"]);
}

#[test]
fn the_runtime_is_compiled_once_for_the_tests() {
    let features = "mlflow-mcp-host/e2e,mlflow-mcp/conformance-fixtures";
    assert_compiled_once(&["test", "--no-run", "--workspace", "--features", features]);
}
