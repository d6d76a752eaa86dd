//! Spin, where it is on `PATH`: nothing here can install it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Context, Error, Result};
use crate::project::Project;

/// Where the manifest has its component.
const SOURCE: &str = "target/spin/wasm32-wasip2/release/mlflow_mcp.wasm";

/// A Spin that can be started.
pub struct Spin {
    program: PathBuf,
    /// What it calls itself, such as `spin 4.0.2`.
    pub version: String,
}

impl Spin {
    /// The one on `PATH`. Debian's `spin` is a model checker, and is none.
    pub fn find(project: &Project) -> Option<Self> {
        let program = project.shell.find("spin")?;
        let said = project.shell.command(&program).arg("--version").output().ok()?;
        let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        version.starts_with("spin ").then_some(Self { program, version })
    }

    /// Serves the component by the project's own manifest on this port, in front of that MLflow. `folder` gets the
    /// manifest and what Spin keeps.
    pub fn up(
        &self,
        project: &Project,
        component: &Path,
        folder: &Path,
        port: u16,
        mlflow: &str,
    ) -> Result<Command> {
        let manifest = project.root.join("spin.toml");
        let text = fs::read_to_string(&manifest).context(manifest.display())?;
        if !text.contains(SOURCE) {
            return Err(Error::new(format!("{} has no {SOURCE}", manifest.display())));
        }
        let copy = folder.join("spin.toml");
        fs::write(&copy, text.replace(SOURCE, &component.to_string_lossy())).context(copy.display())?;
        let mut command = project.shell.command(&self.program);
        command.args(["up", "--from"]).arg(copy).arg("--state-dir").arg(folder);
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        command.env("SPIN_VARIABLE_MLFLOW_ORIGIN", mlflow);
        Ok(command)
    }
}
