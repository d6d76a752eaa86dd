//! What is inside of the component, as CycloneDX 1.6 (<https://cyclonedx.org/docs/1.6/json/>).
//!
//! cargo-cyclonedx lists what the whole workspace could be built with; only cargo's own tree says what one package is
//! built with for one target, and it has all that is needed. `host-test/tests/e2e/release.rs` checks the result against the schema.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::Package;
use crate::component::PACKAGE;
use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::project::Project;
use crate::target::{Target, WASM};
use crate::workspace::Workspace;

/// One crate, in one version.
type Crate = (String, String);

/// The crates that are linked, their licences, and what each of them depends on.
#[derive(Default)]
struct Tree {
    licences: BTreeMap<Crate, String>,
    edges: BTreeMap<Crate, BTreeSet<Crate>>,
}

/// The bill of materials. `lock` is the text of `Cargo.lock`, which has the crates' hashes.
pub(super) fn sbom(
    workspace: &Workspace<'_>,
    package: &Package,
    lock: &str,
    compiler: &str,
) -> Result<String> {
    let tree = parse(&tree(workspace)?)?;
    Ok(format!("{:#}\n", document(&tree, package, &checksums(lock), compiler)))
}

/// The version of the compiler, of which the result depends: `rustc 1.95.0 (59807616e 2026-04-14)`.
pub(super) fn compiler(project: &Project, target: &Target) -> Result<String> {
    let mut command = match &target.rustc {
        Some(rustc) => project.shell.command(rustc),
        None => project.shell.command("rustc"),
    };
    let said = quiet(command.arg("--version").current_dir(&project.root), Duration::from_secs(60))?;
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}

/// Every dependency with its depth, that of all variants: what the one for Spin has, the others have not more of.
fn tree(workspace: &Workspace<'_>) -> Result<String> {
    let mut command: Command =
        workspace.native(&["tree", "--locked", "--package", PACKAGE, "--target", WASM]);
    command.args(["--features", "spin", "--edges", "normal,no-proc-macro", "--no-dedupe"]);
    command.args(["--prefix", "depth", "--format", "|{p}|{l}"]);
    let said = quiet(&mut command, Duration::from_secs(300))?;
    String::from_utf8(said).context("cargo tree")
}

/// Reads lines such as `2|bytes v1.11.0|MIT`, where a crate's dependencies follow it, one level deeper.
fn parse(text: &str) -> Result<Tree> {
    let mut tree = Tree::default();
    let mut above: Vec<Crate> = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let [depth, package, licence] = fields[..] else { return Err(strange(line)) };
        let depth: usize = depth.parse().map_err(|_| strange(line))?;
        let (name, version) = package.split_once(" v").ok_or_else(|| strange(line))?;
        let version = version.split(' ').next().unwrap_or(version);
        let found = (name.to_owned(), version.to_owned());
        above.truncate(depth);
        if let Some(user) = above.last() {
            tree.edges.entry(user.clone()).or_default().insert(found.clone());
        }
        tree.edges.entry(found.clone()).or_default();
        // Cargo's old way of writing OR.
        tree.licences.insert(found.clone(), licence.replace('/', " OR "));
        above.push(found);
    }
    Ok(tree)
}

fn strange(line: &str) -> Error {
    Error::new(format!("cargo tree says {line:?}, which is no depth, package and licence"))
}

/// The hash of each crate's archive, from lines `name = "..."`, `version = "..."`, `checksum = "..."`.
fn checksums(lock: &str) -> BTreeMap<Crate, String> {
    let entry = |block: &str| {
        let value = |key: &str| {
            let start = format!("{key} = \"");
            block.lines().find_map(|line| Some(line.strip_prefix(&start)?.trim_end_matches('"').to_owned()))
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    };
    lock.split("[[package]]").filter_map(entry).collect()
}

fn document(tree: &Tree, package: &Package, checksums: &BTreeMap<Crate, String>, compiler: &str) -> Value {
    let own = |(name, _): &&Crate| name == PACKAGE;
    let components: Vec<Value> = tree
        .licences
        .iter()
        .filter(|(found, _)| !own(found))
        .map(|(found, licence)| {
            let mut component = json!({
                "type": "library",
                "bom-ref": purl(found),
                "name": found.0,
                "version": found.1,
                "purl": purl(found),
                "licenses": [{"expression": licence}],
            });
            if let Some(checksum) = checksums.get(found) {
                component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
            }
            component
        })
        .collect();
    let dependencies: Vec<Value> = tree
        .edges
        .iter()
        .map(
            |(user, used)| json!({"ref": purl(user), "dependsOn": used.iter().map(purl).collect::<Vec<_>>()}),
        )
        .collect();
    let server = (PACKAGE.to_owned(), package.version.clone());
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "rustc", "version": compiler}]},
            "component": {
                "type": "application",
                "bom-ref": purl(&server),
                "name": server.0,
                "version": server.1,
                "description": package.description,
                "purl": purl(&server),
                "licenses": [{"expression": package.license}],
            },
        },
        "components": components,
        "dependencies": dependencies,
    })
}

/// <https://github.com/package-url/purl-spec>; a `+` in a version must be written so.
fn purl((name, version): &Crate) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "0|mlflow-mcp v0.1.0 (/some/where)|Apache-2.0\n1|wasip2 v1.0.4+wasi-0.2.12|MIT/Apache-2.0\n\
                        2|bytes v1.11.0|MIT\n1|bytes v1.11.0|MIT\n";
    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"bytes\"\nversion = \"1.11.0\"\nchecksum = \"ab\"\n\n\
                        [[package]]\nname = \"mlflow-mcp\"\nversion = \"0.1.0\"\n";

    #[test]
    fn each_crate_is_listed_once_with_its_hash_and_what_it_depends_on() {
        let package = Package { version: "0.1.0".into(), description: "d".into(), ..Package::default() };
        let bill = document(&parse(TREE).unwrap(), &package, &checksums(LOCK), "rustc 1.95.0");
        let names: Vec<_> =
            bill["components"].as_array().unwrap().iter().map(|c| c["bom-ref"].clone()).collect();
        assert_eq!(names, ["pkg:cargo/bytes@1.11.0", "pkg:cargo/wasip2@1.0.4%2Bwasi-0.2.12"]);
        assert_eq!(bill["components"][0]["hashes"], json!([{"alg": "SHA-256", "content": "ab"}]));
        assert_eq!(bill["components"][1]["licenses"], json!([{"expression": "MIT OR Apache-2.0"}]));
        assert_eq!(bill["metadata"]["component"]["bom-ref"], "pkg:cargo/mlflow-mcp@0.1.0");
        let of = |name: &str| {
            let all = bill["dependencies"].as_array().unwrap().iter();
            all.filter(|entry| entry["ref"] == name)
                .map(|entry| entry["dependsOn"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("pkg:cargo/bytes@1.11.0"), [json!([])]);
        assert_eq!(of("pkg:cargo/mlflow-mcp@0.1.0")[0].as_array().unwrap().len(), 2);
        assert!(!bill.to_string().contains("some"), "a path of this machine: {bill}");
    }

    #[test]
    fn what_cargo_does_not_say_so_is_an_error() {
        assert!(
            parse("bytes v1.11.0").is_err()
                && parse("x|bytes v1|MIT").is_err()
                && parse("1|bytes|MIT").is_err()
        );
    }
}
