//! `cargo xtask build`: the component, its size and its imports.

use crate::component::{self, Component};
use crate::error::Result;
use crate::project::Project;
use crate::target;
use crate::workspace::Workspace;

/// Builds the component and prints what it is on standard output.
pub fn build(project: &Project) -> Result<()> {
    let target = target::ensure(project)?;
    let workspace = Workspace::of(project)?;
    let component = Component::read(&component::build(&workspace, &target)?)?;
    println!("{}", component.path.display());
    println!("{} bytes, {} imports", component.size, component.imports.len());
    for import in component.imports {
        println!("  {import}");
    }
    Ok(())
}
