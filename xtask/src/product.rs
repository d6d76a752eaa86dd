//! The product: the wasmtime host with the component in it.

use std::path::PathBuf;

use crate::component::{self, Variant};
use crate::error::Result;
use crate::process;
use crate::progress::say;
use crate::project::Project;
use crate::target;
use crate::workspace::Workspace;

/// The cargo profile of the host as a product.
const PROFILE: &str = "host";
/// How the line starts with which the host says that it accepts connections.
pub const READY: &str = "mlflow-mcp: serving ";

/// The files of the product.
#[derive(Clone, Debug)]
pub struct Product {
    /// The component, compiled for speed.
    pub component: PathBuf,
    /// The host, which has it inside.
    pub program: PathBuf,
}

/// Builds both; what is up to date costs a second.
pub fn build(project: &Project) -> Result<Product> {
    let target = target::ensure(project)?;
    let workspace = Workspace::of(project)?;
    let program = workspace.target_dir().join(PROFILE).join("mlflow-mcp");
    if !program.exists() {
        say("building the component and the host (the first time some minutes, later nothing)");
    }
    let component = component::link(&workspace, &target, Variant::Fast)?;
    let mut command = workspace.native(&["build", "--profile", PROFILE, "--package", "mlflow-mcp-host"]);
    process::run(command.env("MLFLOW_MCP_COMPONENT", &component))?;
    Ok(Product { component, program })
}
