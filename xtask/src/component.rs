//! The component: how it is built, how large it is, and what it asks of its host.

use std::fs;
use std::path::{Path, PathBuf};

use wasmparser::{Parser, Payload};

use crate::conformance;
use crate::error::{Context, Error, Result};
use crate::optimiser;
use crate::process;
use crate::project::Project;
use crate::target::{Target, WASM};
use crate::tools_world;
use crate::workspace::Workspace;

/// The workspace's own package, which is the component.
pub const PACKAGE: &str = "mlflow-mcp";
/// The small component that misbehaves on request, with which the host's limits are tested.
pub const GUEST: &str = "host-test/guest/Cargo.toml";

/// A component file.
#[derive(Clone, Debug)]
pub struct Component {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: usize,
    /// The names of its imports, such as `wasi:http/outgoing-handler@0.2.4`, sorted.
    pub imports: Vec<String>,
    /// The names of its exports, sorted.
    pub exports: Vec<String>,
}

impl Component {
    /// Reads a file; fails where it is not a component.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).context(path.display())?;
        let (imports, exports) = interfaces(&bytes).map_err(|error| error.context(path.display()))?;
        Ok(Self { path: path.into(), size: bytes.len(), imports, exports })
    }
}

/// For which hosts the component is built. The code is the same; what it imports differs, and a host that lacks one
/// import cannot load it at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// For hosts with a `wasi:keyvalue` store, where calls are counted.
    Store,
    /// The same for the inside of our own host: compiled for speed, not for size.
    Fast,
    /// The first with the tools of `core` alone: half as large.
    Core,
    /// For hosts without a store.
    Portable,
    /// For Spin and its kin: with their store, and their variables.
    Spin,
    /// For hosts that call functions: every tool is one.
    Tools,
    /// With the items that the conformance suite calls: for tests alone.
    Conformance,
}

impl Variant {
    /// A word for those beside the first, and the folder of its own below the target directory, because cargo gives all
    /// the same file name.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Store => None,
            Self::Fast => Some("fast"),
            Self::Core => Some("core"),
            Self::Portable => Some("portable"),
            Self::Spin => Some("spin"),
            Self::Tools => Some("tools"),
            Self::Conformance => Some("conformance"),
        }
    }

    /// The cargo profile, which is the name of a folder, too.
    fn profile(self) -> &'static str {
        if self == Self::Fast { "fast" } else { "release" }
    }

    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Store | Self::Fast => &[],
            Self::Core => &["--no-default-features", "--features", "store"],
            Self::Portable => &["--no-default-features", "--features", "toolsets"],
            Self::Spin => &["--features", "spin"],
            Self::Tools => &["--no-default-features", "--features", "tools-world"],
            Self::Conformance => &["--features", conformance::FEATURE],
        }
    }
}

/// Builds the release component, optimised for size, and returns its file.
pub fn build(workspace: &Workspace<'_>, target: &Target, variant: Variant) -> Result<PathBuf> {
    let linked = compiled(workspace, target, variant)?;
    optimiser::optimise(workspace.project(), &linked)?;
    finished(workspace, variant, linked)
}

/// The same as it is linked: what it does is the same.
pub fn link(workspace: &Workspace<'_>, target: &Target, variant: Variant) -> Result<PathBuf> {
    let linked = compiled(workspace, target, variant)?;
    finished(workspace, variant, linked)
}

/// The crate is a plain library in `Cargo.toml` and a component only here: a crate that is both at once is not
/// optimised across crates (cargo leaves out LTO), and what is then left of the standard library imports a
/// file system.
fn compiled(workspace: &Workspace<'_>, target: &Target, variant: Variant) -> Result<PathBuf> {
    let folder = folder(workspace, variant);
    let rest = ["--package", PACKAGE, "--lib", "--crate-type", "cdylib", "--profile", variant.profile()];
    let mut command = workspace.wasm(target, "rustc", &rest);
    command.arg("--target-dir").arg(&folder).args(variant.features());
    command.env("CARGO_ENCODED_RUSTFLAGS", anywhere(workspace.project())).env_remove("RUSTFLAGS");
    // What is the same in all variants is built once.
    command.env("CARGO_BUILD_BUILD_DIR", workspace.target_dir());
    process::run(&mut command)?;
    Ok(folder.join(WASM).join(variant.profile()).join("mlflow_mcp.wasm"))
}

fn folder(workspace: &Workspace<'_>, variant: Variant) -> PathBuf {
    variant.name().map_or(workspace.target_dir().into(), |name| workspace.target_dir().join(name))
}

/// Says what its functions are for, where hosts call those.
fn finished(workspace: &Workspace<'_>, variant: Variant, linked: PathBuf) -> Result<PathBuf> {
    if variant != Variant::Tools {
        return Ok(linked);
    }
    let described =
        tools_world::described(fs::read(&linked).context(linked.display())?, workspace.project())?;
    let file = folder(workspace, variant).join("mlflow_tools.wasm");
    fs::write(&file, described).context(file.display())?;
    Ok(file)
}

/// Flags that keep this machine's folders out of the component: the same sources are the same bytes, wherever they are.
fn anywhere(project: &Project) -> String {
    let cargo = project.shell.get("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(Path::new(project.shell.get("HOME")?).join(".cargo")));
    let folders = [(Some(project.root.clone()), "/mlflow-mcp"), (cargo, "/cargo")];
    let flags = folders
        .into_iter()
        .filter_map(|(folder, name)| Some(format!("--remap-path-prefix={}={name}", folder?.display())));
    // What separates flags in this variable, so that a folder may have spaces.
    flags.collect::<Vec<_>>().join("\x1f")
}

/// Builds the test component and returns its file. It is a workspace of its own, so that its dependencies do not
/// enter the project's lock file, and is built where the host's tests look for it.
pub fn build_guest(workspace: &Workspace<'_>, target: &Target) -> Result<PathBuf> {
    let folder = Path::new(GUEST).with_file_name("target");
    let folder_name = folder.to_string_lossy();
    let rest = ["--release", "--manifest-path", GUEST, "--target-dir", &folder_name];
    process::run(&mut workspace.wasm(target, "build", &rest))?;
    let file = folder.join(WASM).join("release/mlflow-mcp-guest.wasm");
    Ok(workspace.project().root.join(file))
}

/// What the outermost component imports and exports.
fn interfaces(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>)> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.context("not a WebAssembly component")? {
            Payload::Version { encoding, .. }
                if depth == 0 && encoding != wasmparser::Encoding::Component =>
            {
                return Err(Error::new("a core module, not a component"));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import.context("an import of the component")?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export.context("an export of the component")?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    imports.sort();
    exports.sort();
    Ok((imports, exports))
}

#[cfg(test)]
mod tests {
    use super::interfaces;

    #[test]
    fn what_is_not_a_component_is_named() {
        let module = b"\0asm\x01\0\0\0";
        assert_eq!(interfaces(module).unwrap_err().to_string(), "a core module, not a component");
        assert!(interfaces(b"text").unwrap_err().to_string().starts_with("not a WebAssembly component"));
    }

    #[test]
    fn imports_of_the_outer_component_are_listed_sorted() {
        // (component (type (instance)) (import "b" (instance (type 0))) (import "a" (instance (type 0))))
        let bytes = b"\0asm\x0d\0\x01\0\x07\x03\x01\x42\0\x0a\x0b\x02\0\x01b\x05\0\0\x01a\x05\0";
        let (imports, exports) = interfaces(bytes).unwrap();
        assert_eq!(imports, ["a", "b"]);
        assert!(exports.is_empty());
    }
}
