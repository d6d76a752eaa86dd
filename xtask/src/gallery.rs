//! `cargo xtask gallery`: pictures to look at.

use crate::error::Result;
use crate::process;
use crate::project::Project;
use crate::workspace::Workspace;

/// Draws everything that `tests/pictures` knows, with a page that shows it.
pub fn gallery(project: &Project) -> Result<()> {
    let workspace = Workspace::of(project)?;
    let mut command = workspace.native(&["run", "--quiet", "--example", "gallery"]);
    process::run(command.arg("--").arg(workspace.target_dir().join("gallery")))
}
