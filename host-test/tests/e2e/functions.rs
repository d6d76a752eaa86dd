//! The component in which every tool is a function, under a host in another language than ours, and in a program of ours.

mod embedder;

use std::collections::BTreeMap;
use std::process::Command;

use embedder::Embedder;
use serde_json::{Value, json};
use xtask::component::Component;
use xtask::mlflow::{Server, Version};
use xtask::python::Environment;
use xtask::scratch::Scratch;

use super::world::{Hosted, World, project, tools_component_file};

#[test]
fn every_tool_answers_the_same_as_a_function_and_over_http() {
    let project = project();
    let python = Environment::ensure(&project, "embedder").unwrap().python();
    let (mlflow, sample) = Server::with_sample(&project, Version::Newest).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ("MLFLOW_MCP_TOOLSETS", "all")]);
    let scratch = Scratch::new("functions").unwrap();
    let manifest = scratch.path().join("manifest.json");
    std::fs::write(&manifest, sample.manifest.to_string()).unwrap();
    let output = Command::new(python)
        .arg(project.python_file("compare_doors.py"))
        .args(["--url", &hosted.url(), "--tracking-uri", &mlflow.uri(), "--manifest"])
        .arg(manifest)
        .arg("--component")
        .arg(tools_component_file())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{out}");
    assert!(output.status.success(), "{err}");
}

#[test]
fn a_program_of_ours_gets_the_same_answers_from_one_instance() {
    let world = World::shared();
    let uri = world.mlflow.uri();
    let mut embedder = Embedder::load(&tools_component_file(), &[("MLFLOW_TRACKING_URI", &uri)]);
    let (run, churn) = (world.text("/runs/baseline"), world.text("/experiments/churn/id"));
    let run_ids = world.manifest["runs"]["sweep_children"].as_array().unwrap();
    let run_ids: Vec<&str> = run_ids.iter().map(|id| id.as_str().unwrap()).take(3).collect();
    let calls = [
        ("health", json!({})),
        ("get_experiments", json!({})),
        ("get_run", json!({"run_id": run})),
        (
            "query_runs",
            json!({"experiment_id": churn, "query": "", "limit": 2, "order_by": ["start_time DESC"]}),
        ),
        ("get_best_run", json!({"experiment_id": churn, "metric": "test/auc", "ascending": true})),
        ("compare_runs", json!({"experiment_id": churn, "run_ids": run_ids})),
        ("get_run", json!({"run_id": "0".repeat(32)})),
        ("get_best_run", json!({"experiment_id": churn, "metric": "no/such/metric"})),
    ];
    for (tool, arguments) in calls {
        let given = arguments.as_object().unwrap().iter();
        let names: Vec<_> = given.map(|(name, value)| (name.replace('_', "-"), text(value))).collect();
        let given: BTreeMap<&str, String> =
            names.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let called = embedder.call(&format!("mlflow-{}", tool.replace('_', "-")), &given);
        match called {
            Ok(text) => {
                let answer: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(answer, world.ok(tool, arguments.clone()), "{tool} {arguments}");
            }
            Err(text) => assert_eq!(text, world.fails(tool, arguments.clone()), "{tool} {arguments}"),
        }
    }
    // What a policy does not admit is not done for a program either.
    let deleted = BTreeMap::from([("run-id", "0".repeat(32))]);
    let refused = embedder.call("mlflow-delete-run", &deleted).unwrap_err();
    assert!(refused.contains("approv"), "{refused}");
}

/// A JSON value as the embedder takes it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// A host that makes a tool of each function would make one of a handler, too.
#[test]
fn the_component_of_functions_exports_nothing_else() {
    let component = Component::read(&tools_component_file()).unwrap();
    let mut tools: Vec<String> = mlflow_mcp::tools::all()
        .map(|entry| format!("mlflow-{}", entry.spec.name.replace('_', "-")))
        .collect();
    tools.sort();
    assert_eq!(component.exports, tools);
    let kept = |name: &&String| !name.starts_with("wasi:");
    assert_eq!(component.imports.iter().filter(kept).count(), 0);
    for outside in ["filesystem", "sockets", "keyvalue"] {
        assert!(!component.imports.iter().any(|name| name.contains(outside)), "{outside}");
    }
}
