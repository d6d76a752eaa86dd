//! What the component can reach at all.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use xtask::component::Component;

use super::http::rpc;
use super::world::{World, component_file};

#[test]
fn the_component_imports_what_the_golden_file_lists_and_nothing_else() {
    let component = Component::read(&component_file()).unwrap();
    // Which patch of WASI 0.2 a toolchain writes does not matter to a host; which interfaces, does.
    let mut found: Vec<&str> =
        component.imports.iter().map(|import| import.split('@').next().unwrap_or(import)).collect();
    found.dedup();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/imports.txt");
    let text = found.join("\n") + "\n";
    if std::fs::read_to_string(&golden).unwrap_or_default() != text {
        std::fs::write(&golden, text).unwrap();
        panic!("{} was stale and has been rewritten: read the change and commit it", golden.display());
    }
    for forbidden in ["wasi:filesystem", "wasi:sockets"] {
        assert!(!found.iter().any(|import| import.starts_with(forbidden)), "{forbidden}");
    }
}

#[test]
fn the_component_is_of_the_world_that_wit_declares() {
    let component = Component::read(&component_file()).unwrap();
    let world = include_str!("../../../wit/server.wit");
    let interface = |line: &str| line.trim_end_matches(';').split('@').next().unwrap_or_default().to_owned();
    for line in world.lines().map(str::trim) {
        if let Some(import) = line.strip_prefix("import ") {
            let wanted = interface(import);
            assert!(
                component.imports.iter().any(|import| import.split('@').next() == Some(&wanted)),
                "{wanted}"
            );
        }
        if let Some(export) = line.strip_prefix("export ") {
            let wanted = interface(export);
            assert!(
                component.exports.iter().any(|export| export.split('@').next() == Some(&wanted)),
                "{wanted}"
            );
        }
    }
}

/// What the conformance suite calls, as `src/conformance` spells it.
fn items_of_the_suite() -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let folder = std::fs::read_dir(src.join("conformance")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = folder.chain([src.join("conformance.rs")]).collect();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let literals = texts.flat_map(|text| text.split('"').map(str::to_owned).collect::<Vec<_>>());
    literals
        .filter(|text| ["test_", "test://", "json_schema_"].iter().any(|start| text.starts_with(start)))
        .collect()
}

#[test]
fn the_released_component_has_nothing_of_the_conformance_suite() {
    let items = items_of_the_suite();
    assert!(items.len() > 30 && items.contains("test_simple_text"), "{items:?}");
    let wasm = std::fs::read(component_file()).unwrap();
    let wasm = String::from_utf8_lossy(&wasm);
    assert!(wasm.contains("get_experiments"), "names of tools are not found in the file at all");
    let world = World::shared();
    let lists = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];
    let lists = lists.map(|method| rpc(world.hosted.address(), method, &json!({})).unwrap().to_string());
    assert!(lists[0].contains("get_experiments"));
    for item in items {
        assert!(!wasm.contains(&item), "{item} is in the file");
        assert!(lists.iter().all(|list| !list.contains(&item)), "{item} is listed");
    }
}
