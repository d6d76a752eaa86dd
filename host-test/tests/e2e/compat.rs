//! The drop-in proof: whatever the other MLflow MCP server answers, ours answers, too.

use std::process::Command;

use xtask::mlflow::{Server, Version};
use xtask::python::Environment;
use xtask::scratch::Scratch;

use super::world::{Hosted, project};

#[test]
fn whatever_the_other_server_answers_ours_answers_too() {
    let project = project();
    let python = Environment::ensure(&project, "peer").unwrap().python();
    let (mlflow, sample) = Server::with_sample(&project, Version::Newest).unwrap();
    let policy = r#"{"version": "1", "default": "allow", "tools": {}}"#;
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ("MLFLOW_MCP_POLICY", policy)]);
    let scratch = Scratch::new("compat").unwrap();
    let manifest = scratch.path().join("manifest.json");
    std::fs::write(&manifest, sample.manifest.to_string()).unwrap();
    let output = Command::new(python)
        .arg(project.python_file("compare_peer.py"))
        .args(["--url", &hosted.url(), "--tracking-uri", &mlflow.uri(), "--manifest"])
        .arg(manifest)
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{out}");
    assert!(output.status.success(), "{err}");
}
