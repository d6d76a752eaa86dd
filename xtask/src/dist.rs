//! `cargo xtask dist`: everything that a release has, in `target/dist`.
//!
//! ```text
//! mlflow-mcp.wasm, mlflow-mcp-portable.wasm, mlflow-mcp-spin.wasm    the component, for each kind of host
//! mlflow-mcp-core.wasm                                               the first with the tools of `core` alone
//! mlflow-mcp-tools.wasm                                              the tools as functions
//! spin.toml                                                          runs mlflow-mcp-spin.wasm
//! sbom.cdx.json                                                      what is inside
//! server.json                                                        for the MCP registry
//! oci/                                                               the components as an OCI image layout
//! SHA256SUMS                                                         of the files above the last
//! ```
//!
//! The same commit and compiler give the same bytes, wherever and whenever it runs.

mod moment;
mod oci;
mod sbom;
mod twice;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::component::{self, Component, Variant};
use crate::error::{Context, Error, Result};
use crate::node;
use crate::optimiser;
use crate::process::quiet;
use crate::progress::say;
use crate::project::Project;
use crate::target;
use crate::workspace::Workspace;

/// The variants by the names that their files have in a release.
const FILES: [(Variant, &str); 5] = [
    (Variant::Store, "mlflow-mcp.wasm"),
    (Variant::Core, "mlflow-mcp-core.wasm"),
    (Variant::Portable, "mlflow-mcp-portable.wasm"),
    (Variant::Spin, "mlflow-mcp-spin.wasm"),
    (Variant::Tools, "mlflow-mcp-tools.wasm"),
];

/// Makes the release. With `check`, builds the components once more, in another folder, and fails where one differs.
pub fn dist(project: &Project, check: bool) -> Result<()> {
    let target = target::ensure(project)?;
    let workspace = Workspace::of(project)?;
    node::Environment::ensure(project, optimiser::ENVIRONMENT)?;
    let folder = fresh(&workspace.target_dir().join("dist"))?;
    for (variant, name) in FILES {
        let built = component::build(&workspace, &target, variant)?;
        fs::copy(&built, folder.join(name)).context(built.display())?;
    }
    if check {
        twice::check(project, &target, &folder)?;
    }
    write(&folder.join("sbom.cdx.json"), &bill(project)?)?;
    write(&folder.join("spin.toml"), &released(&read(&project.root.join("spin.toml"))?))?;
    write(&folder.join("server.json"), &read(&project.root.join("server.json"))?)?;
    images(&folder, &Package::of(&workspace)?, &moment::of(project)?)?;
    let sums = sums(&folder)?;
    write(&folder.join("SHA256SUMS"), &sums)?;
    print!("{sums}");
    say(format!("the release is in {}", folder.display()));
    Ok(())
}

/// The bill of materials: CycloneDX, as JSON.
pub fn bill(project: &Project) -> Result<String> {
    let workspace = Workspace::of(project)?;
    let lock = read(&project.root.join("Cargo.lock"))?;
    let compiler = sbom::compiler(project, &target::ensure(project)?)?;
    sbom::sbom(&workspace, &Package::of(&workspace)?, &lock, &compiler)
}

/// The components under the version and, for the others than the first, a word for their hosts.
fn images(folder: &Path, package: &Package, created: &str) -> Result<()> {
    let mut layout = oci::Layout::new(&folder.join("oci"))?;
    for (variant, name) in FILES {
        let tag =
            variant.name().map_or(package.version.clone(), |name| format!("{}-{name}", package.version));
        layout.add(&tag, &Component::read(&folder.join(name))?, package, created)?;
    }
    layout.finish()
}

/// What the manifest says of the server.
#[derive(Default)]
struct Package {
    version: String,
    description: String,
    license: String,
    repository: String,
}

impl Package {
    fn of(workspace: &Workspace<'_>) -> Result<Self> {
        let mut command = workspace.native(&["metadata", "--no-deps", "--offline", "--format-version", "1"]);
        let metadata: Value = serde_json::from_slice(&quiet(&mut command, Duration::from_secs(120))?)
            .context("cargo metadata")?;
        let found = metadata["packages"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["name"] == component::PACKAGE));
        let text = |key: &str| {
            let value = found.and_then(|package| package[key].as_str()).map(str::to_owned);
            value.ok_or_else(|| Error::new(format!("cargo metadata has no {key} of {}", component::PACKAGE)))
        };
        Ok(Self {
            version: text("version")?,
            description: text("description")?,
            license: text("license")?,
            repository: text("repository")?,
        })
    }
}

/// The manifest beside the released component, which needs no build.
fn released(manifest: &str) -> String {
    let source = "target/spin/wasm32-wasip2/release/mlflow_mcp.wasm";
    let with_file = manifest.replace(source, "mlflow-mcp-spin.wasm");
    let build = "\n[component.mlflow-mcp.build]";
    with_file.split_once(build).map_or(with_file.clone(), |(before, _)| before.to_owned())
}

/// As `sha256sum` writes and checks them: of the files of the folder, sorted, without itself and without folders.
fn sums(folder: &Path) -> Result<String> {
    let entries = fs::read_dir(folder).context(folder.display())?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut lines = String::new();
    for file in files.iter().filter(|file| file.is_file() && !file.ends_with("SHA256SUMS")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        lines += &format!("{}  {name}\n", hash(&fs::read(file).context(file.display())?));
    }
    Ok(lines)
}

/// The SHA-256 in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder).context(folder.display())?;
    }
    fs::create_dir_all(folder).context(folder.display())?;
    Ok(folder.into())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).context(path.display())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).context(path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn sums_are_those_of_the_files_in_the_order_of_their_names() {
        let scratch = Scratch::new("sums").unwrap();
        for (name, text) in [("b", "b"), ("a", ""), ("SHA256SUMS", "old")] {
            write(&scratch.path().join(name), text).unwrap();
        }
        fs::create_dir(scratch.path().join("oci")).unwrap();
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
                        3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b\n";
        assert_eq!(sums(scratch.path()).unwrap(), expected);
    }

    #[test]
    fn the_documentation_of_other_hosts_knows_the_files_by_their_names() {
        let documentation = include_str!("../../docs/hosts.md");
        for (variant, name) in FILES {
            let made_by = variant
                .name()
                .map_or("`cargo xtask build`".into(), |name| format!("`cargo xtask build --{name}`"));
            let row = documentation.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
            assert!(row.is_some_and(|row| row.contains(&made_by)), "{name}");
        }
    }

    #[test]
    fn the_released_manifest_of_spin_runs_the_file_beside_it_and_builds_nothing() {
        let manifest = released(include_str!("../../spin.toml"));
        assert!(manifest.contains("source = \"mlflow-mcp-spin.wasm\""), "{manifest}");
        assert!(manifest.contains("mlflow_mcp_toolsets") && !manifest.contains("target/"), "{manifest}");
        assert!(!manifest.contains("cargo"), "{manifest}");
    }
}
