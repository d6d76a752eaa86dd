//! The tests that there are, and those that documentation names: `file::test`, with `host/` in front for those of the host
//! and `e2e/` for those against a real MLflow.

use std::collections::BTreeSet;
use std::path::Path;

use super::golden::project;

/// The tests below a folder, as the documentation names them: `file::test`. The file of a test that is a folder is
/// called as the folder.
fn tests(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, prefix, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let named = if path.ends_with("main.rs") { folder } else { &path };
            let file = named.file_stem().unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                let name = line.trim_start_matches("async ").strip_prefix("fn ").filter(|_| is_test);
                if let Some(name) = name.and_then(|rest| rest.split('(').next()) {
                    found.insert(format!("{prefix}{file}::{name}"));
                    is_test = false;
                }
            }
        }
    }
}

pub fn existing() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (folder, prefix) in [
        ("src", ""),
        ("tests", ""),
        ("host-test/src", "host/"),
        ("host-test/tests", "host/"),
        ("host-test/tests/e2e", "e2e/"),
    ] {
        tests(&project(folder), prefix, &mut found);
    }
    found
}

/// The tests that a text names.
pub fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter(|code| code.contains("::")).collect()
}

/// The tables of the documentation, row by row, without their heads.
pub fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| | "));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}
