//! Cargo, run on this workspace for one side at a time: the machine's own, or WebAssembly.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::project::Project;
use crate::target::{Target, WASM};

/// Cargo and where it builds to.
#[derive(Clone, Debug)]
pub struct Workspace<'a> {
    project: &'a Project,
    target_dir: PathBuf,
}

impl<'a> Workspace<'a> {
    /// Asks cargo for the target directory, which the user may have moved.
    pub fn of(project: &'a Project) -> Result<Self> {
        let mut command = cargo(project);
        command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
        let said = quiet(&mut command, Duration::from_secs(120))?;
        let metadata: Value = serde_json::from_slice(&said).context("cargo metadata")?;
        let target_dir = metadata.get("target_directory").and_then(Value::as_str);
        let target_dir = target_dir.ok_or_else(|| Error::new("cargo metadata names no target directory"))?;
        Ok(Self { project, target_dir: target_dir.into() })
    }

    /// The project.
    pub fn project(&self) -> &'a Project {
        self.project
    }

    /// Cargo with the machine's default compiler.
    pub fn native(&self, arguments: &[&str]) -> Command {
        let mut command = cargo(self.project);
        command.args(arguments);
        command
    }

    /// Cargo for wasm32-wasip2, with the compiler that has this target: `cargo SUB --target .. REST`.
    pub fn wasm(&self, target: &Target, subcommand: &str, rest: &[&str]) -> Command {
        let mut command = cargo(self.project);
        command.args([subcommand, "--target", WASM]).args(rest);
        if let Some(rustc) = &target.rustc {
            command.env("RUSTC", rustc);
        }
        command
    }

    /// `target/`, or where it was moved.
    pub fn target_dir(&self) -> &Path {
        &self.target_dir
    }
}

/// The cargo that runs this program, else the one of `PATH`.
pub fn cargo(project: &Project) -> Command {
    let cargo = project.shell.text("CARGO").unwrap_or("cargo");
    let mut command = project.shell.command(cargo);
    command.current_dir(&project.root);
    command
}
