//! What the component can reach at all.

use std::path::Path;

use xtask::component::Component;

use super::world::component_file;

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
