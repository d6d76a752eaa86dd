//! Who may import whom. The table is the architecture; a line of code that breaks it fails here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

/// Module of `src/`, and the modules it may use besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("port", &[]),
    ("mcp", &[]),
    ("mlflow", &["port", "sorted"]),
    // The hints are MCP's own.
    ("spec", &["mcp"]),
    ("nearest", &[]),
    ("sorted", &[]),
    ("statistics", &["sorted"]),
    ("plot", &["sorted"]),
    ("policy", &["port", "spec", "nearest", "seal", "sorted"]),
    ("oauth", &["port", "mcp", "spec"]),
    ("config", &["port", "mcp", "mlflow", "nearest", "oauth", "policy", "spec", "seal", "tools"]),
    ("tool", &["port", "spec", "mlflow", "mcp", "nearest", "policy"]),
    ("audit", &["port", "mcp", "spec", "policy", "sorted"]),
    ("uri", &[]),
    ("tools", &["plot", "spec", "statistics", "tool", "mlflow", "mcp", "policy", "sorted", "uri"]),
    ("prompt", &["mcp"]),
    ("prompts", &["mcp", "mlflow", "prompt", "tool", "tools"]),
    ("resources", &["mcp", "mlflow", "spec", "policy", "tool", "tools", "uri"]),
    (
        "server",
        &[
            "port",
            "audit",
            "mcp",
            "mlflow",
            "spec",
            "nearest",
            "oauth",
            "policy",
            "tool",
            "tools",
            "config",
            "prompts",
            "resources",
            "seal",
            "uri",
        ],
    ),
    ("seal", &[]),
    ("conformance", &["mcp", "seal"]),
    ("wasm", &["port", "mcp", "config", "oauth", "server", "conformance"]),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The modules of this crate that a file names, in `use crate::x` and in paths alike.
fn used(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for part in line.split("crate::").skip(1) {
            // `use crate::{Server, config};`
            let group = part.strip_prefix('{').and_then(|rest| rest.split('}').next());
            for name in group.unwrap_or(part).split(',').take(if group.is_some() { 99 } else { 1 }) {
                let name = name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                names.push(if name == "Server" { "server".to_owned() } else { name.to_owned() });
            }
        }
    }
    names
}

#[test]
fn every_module_imports_only_the_layers_below_it() {
    let src = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for file in files(&src) {
        let inside = file.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        let layer = inside.split(['/', '.']).next().unwrap().to_owned();
        if layer == "lib" {
            continue;
        }
        let (_, allowed) = LAYERS
            .iter()
            .find(|(name, _)| *name == layer)
            .unwrap_or_else(|| panic!("{inside}: the layer {layer} is not in the table"));
        for name in used(&std::fs::read_to_string(&file).unwrap()) {
            assert!(
                name == layer || allowed.contains(&name.as_str()),
                "{inside} uses crate::{name}, which the layer {layer} may not"
            );
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} imports found: the test reads them no longer");
}

#[test]
fn no_hand_written_file_is_longer_than_400_lines() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for folder in
        ["src", "tests", "host-test/src", "host-test/tests", "xtask/src", "fuzz/src", "fuzz/fuzz_targets"]
    {
        for file in
            files(&root.join(folder)).iter().filter(|file| file.extension().is_some_and(|e| e == "rs"))
        {
            let lines = std::fs::read_to_string(file).unwrap().lines().count();
            assert!(lines <= 400, "{} has {lines} lines", file.display());
        }
    }
}
