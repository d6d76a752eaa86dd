//! `cargo xtask build`: the component, its size and its imports.
//!
//! Or the portable one, for hosts that have no store to count calls in.

use crate::component::{self, Component};
use crate::error::Result;
use crate::project::Project;
use crate::target;
use crate::workspace::Workspace;

/// Builds the component and prints what it is on standard output.
pub fn build(project: &Project, portable: bool) -> Result<()> {
    let target = target::ensure(project)?;
    let workspace = Workspace::of(project)?;
    let build = if portable { component::build_portable } else { component::build };
    let component = Component::read(&build(&workspace, &target)?)?;
    println!("{}", component.path.display());
    println!("{} bytes, {} imports", component.size, component.imports.len());
    for import in component.imports {
        println!("  {import}");
    }
    Ok(())
}
