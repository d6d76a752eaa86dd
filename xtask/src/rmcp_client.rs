//! The official Rust client, as a program that the end-to-end tests run.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::process;
use crate::workspace::Workspace;

/// A workspace of its own, so that its dependencies do not enter the project's lock file.
pub const MANIFEST: &str = "host-test/rmcp-client/Cargo.toml";

/// Builds the program where the tests look for it, and returns its file.
pub fn build(workspace: &Workspace<'_>) -> Result<PathBuf> {
    let folder = Path::new(MANIFEST).with_file_name("target");
    let folder_name = folder.to_string_lossy();
    let arguments = ["build", "--locked", "--manifest-path", MANIFEST, "--target-dir", &folder_name];
    process::run(&mut workspace.native(&arguments))?;
    Ok(workspace.project().root.join(folder).join("debug/mlflow-mcp-rmcp-client"))
}
