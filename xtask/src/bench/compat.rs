//! `cargo xtask bench compat`: our tools beside the other server's and bare REST calls, on one MLflow.

use std::fs;
use std::process::Command;

use super::{bytes, memory, row, spread};
use crate::error::{Context, Result};
use crate::mlflow::{Server, Version};
use crate::process;
use crate::product;
use crate::project::Project;
use crate::python::Environment;
use crate::running::Running;
use crate::scratch::Scratch;

/// Starts of ours; the other server's takes seconds and is measured once per run.
const STARTS: usize = 10;
/// The tools that write are measured, too.
const POLICY: &str = r#"{"version": "1", "default": "allow", "tools": {}}"#;

/// Builds the product, starts an MLflow with sample data, and prints a table of medians and ratios.
pub fn compat(project: &Project) -> Result<()> {
    let product = product::build(project)?;
    let peer = Environment::ensure(project, "peer")?;
    let (mlflow, sample) = Server::as_deployed(project)?;
    let scratch = Scratch::new("bench")?;
    let manifest = scratch.path().join("manifest.json");
    fs::write(&manifest, sample.manifest.to_string()).context(manifest.display())?;
    let starts: Result<Vec<_>> =
        (0..STARTS).map(|_| super::first_answer(project, &product.program)).collect();
    row(&format!("ours: start to first answer ({STARTS} starts)"), &spread(starts?));
    let uri = mlflow.uri();
    let variables = [("MLFLOW_TRACKING_URI", uri.as_str()), ("MLFLOW_MCP_POLICY", POLICY)];
    let ours = Running::start(project, &product.program, |command| {
        command.envs(variables);
    })?;
    row("ours: memory, idle", &bytes(memory(&ours)?));
    process::run(script(project, &peer, "bench_peer.py", &ours, &uri).arg("--manifest").arg(&manifest))?;
    row("ours: memory, afterwards", &bytes(memory(&ours)?));
    Ok(())
}

/// The same for what looks at many runs, on experiments of three sizes.
pub fn growth(project: &Project) -> Result<()> {
    let product = product::build(project)?;
    let peer = Environment::ensure(project, "peer")?;
    let mlflow = Server::empty(project, Version::Newest)?;
    let uri = mlflow.uri();
    let ours = Running::start(project, &product.program, |command| {
        command.env("MLFLOW_TRACKING_URI", &uri);
    })?;
    let database = mlflow.data().join("mlflow.db");
    process::run(script(project, &peer, "bench_growth.py", &ours, &uri).arg("--database").arg(&database))?;
    row("ours: memory, afterwards", &bytes(memory(&ours)?));
    Ok(())
}

/// What the tools cost that work runs out, and what it costs to fetch all runs and compute, on experiments of the same sizes.
pub fn analysis(project: &Project) -> Result<()> {
    let product = product::build(project)?;
    let python = Environment::ensure(project, "peer")?;
    let mlflow = Server::empty(project, Version::Newest)?;
    let mut script = project.shell.command(python.python());
    script.arg(project.python_file("bench_analysis.py")).arg("--program").arg(&product.program);
    script.args(["--tracking-uri", &mlflow.uri(), "--database"]).arg(mlflow.data().join("mlflow.db"));
    process::run(&mut script)
}

fn script(project: &Project, peer: &Environment, name: &str, ours: &Running, mlflow: &str) -> Command {
    let mut script = project.shell.command(peer.python());
    script.arg(project.python_file(name));
    script.args(["--url", &format!("http://{}/mcp", ours.address()), "--tracking-uri", mlflow]);
    script
}
