//! What `cargo xtask dist` adds to the components.

use std::collections::BTreeSet;

use serde_json::Value;
use xtask::dist;

use super::clients::{printed, script};
use super::world::{
    component_file, core_component_file, portable_component_file, project, spin_component_file,
    tools_component_file,
};

#[test]
fn the_bill_of_materials_keeps_to_cyclonedx_and_has_all_that_is_linked_with_its_hash() {
    let text = dist::bill(&project()).unwrap();
    let file = std::env::temp_dir().join(format!("mlflow-mcp-bill-{}.json", std::process::id()));
    std::fs::write(&file, &text).unwrap();
    let said = printed(script("artefacts", "check_sbom.py").arg(&file));
    std::fs::remove_file(&file).unwrap();
    let bill: Value = serde_json::from_str(&text).unwrap();
    let components = bill["components"].as_array().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["components"], components.len());
    let named = |name: &str| components.iter().any(|component| component["name"] == name);
    assert!(named("wstd") && named("serde_json") && named("sha2"), "{text}");
    assert!(!named("serde_derive") && !named("proptest") && !named("wasmtime"), "not linked: {text}");
    let unhashed: Vec<_> = components.iter().filter(|component| component["hashes"].is_null()).collect();
    assert!(unhashed.is_empty(), "{unhashed:?}");
}

/// Where a compiler puts a folder of this machine into a component, the next machine makes another one. The standard
/// library's own folders are those of whoever built it.
#[test]
fn no_component_names_a_folder_of_the_machine_that_built_it() {
    let bill: Value = serde_json::from_str(&dist::bill(&project()).unwrap()).unwrap();
    let crates = bill["components"].as_array().unwrap().iter();
    let crates: BTreeSet<String> =
        crates.map(|one| format!("{}-{}", one["name"], one["version"]).replace('"', "")).collect();
    let root = format!("{}/", project().root.display());
    let files = [
        component_file(),
        core_component_file(),
        portable_component_file(),
        spin_component_file(),
        tools_component_file(),
    ];
    for file in files {
        let wasm = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!wasm.contains(&root), "{} names {root}", file.display());
        let pieces: Vec<&str> = wasm.split("/registry/src/").collect();
        let mut ours = 0;
        for (before, after) in pieces.iter().zip(&pieces[1..]) {
            if after.split('/').nth(1).is_some_and(|name| crates.contains(name)) {
                ours += 1;
                assert!(
                    before.ends_with("/cargo"),
                    "{} names a folder of cargo's: {after:.60}",
                    file.display()
                );
            }
        }
        assert!(ours > 3, "{}: where are its paths?", file.display());
    }
}
