//! The component in which every tool is a function, under a host in another language than ours.

use std::process::Command;

use xtask::component::Component;
use xtask::mlflow::{Server, Version};
use xtask::python::Environment;
use xtask::scratch::Scratch;

use super::world::{Hosted, project, tools_component_file};

#[test]
fn every_tool_answers_the_same_as_a_function_and_over_http() {
    let project = project();
    let python = Environment::ensure(&project, "embedder").unwrap().python();
    let (mlflow, sample) = Server::with_sample(&project, Version::Newest).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri())]);
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
