//! `cargo xtask build`: the component, its size and its imports.
//!
//! Or the one for Spin, or the portable one, for hosts that have no store to count calls in; or our own host.

use crate::component::{self, Component, Variant};
use crate::error::Result;
use crate::product;
use crate::project::Project;
use crate::target;
use crate::workspace::Workspace;

/// Builds the component and prints what it is on standard output.
pub fn build(project: &Project, variant: Variant) -> Result<()> {
    let target = target::ensure(project)?;
    let workspace = Workspace::of(project)?;
    let component = Component::read(&component::build(&workspace, &target, variant)?)?;
    println!("{}", component.path.display());
    println!("{} bytes, {} imports", component.size, component.imports.len());
    for import in component.imports {
        println!("  {import}");
    }
    Ok(())
}

/// Builds the host with the component inside and prints where it is.
pub fn host(project: &Project) -> Result<()> {
    println!("{}", product::build(project)?.program.display());
    Ok(())
}
