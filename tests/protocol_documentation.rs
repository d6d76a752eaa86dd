//! `docs/protocol.md` names a test for every statement; here it is held to that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mlflow_mcp::mcp::Version;
use support::golden::project;

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

fn existing() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (folder, prefix) in
        [("src", ""), ("tests", ""), ("host-test/tests", "host/"), ("host-test/tests/e2e", "e2e/")]
    {
        tests(&project(folder), prefix, &mut found);
    }
    found
}

/// The tests that a text names.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter(|code| code.contains("::")).collect()
}

/// The tables of the documentation, row by row, without their heads.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| | "));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

fn documentation() -> String {
    std::fs::read_to_string(project("docs/protocol.md")).unwrap()
}

#[test]
fn every_test_that_the_documentation_names_exists() {
    let (existing, text) = (existing(), documentation());
    let missing: Vec<&str> = named(&text).into_iter().filter(|name| !existing.contains(*name)).collect();
    assert_eq!(missing, [""; 0], "docs/protocol.md names tests that do not exist");
}

#[test]
fn every_revision_has_a_test_for_every_feature() {
    let text = documentation();
    let head = text.lines().find(|line| line.starts_with("| | 20")).unwrap();
    for version in Version::ALL {
        assert!(head.contains(version.as_str()), "{version} has no column");
    }
    let (features, _) = text.split_once("## Requirements").unwrap();
    for row in rows(features) {
        assert_eq!(row.len(), 1 + Version::ALL.len(), "{row:?}");
        assert!(row[1..].iter().all(|cell| !named(cell).is_empty()), "a cell of {:?} names no test", row[0]);
    }
}

#[test]
fn every_requirement_is_there_once_with_a_test() {
    let text = documentation();
    let (_, requirements) = text.split_once("## Requirements").unwrap();
    let mut seen = BTreeMap::new();
    for row in rows(requirements) {
        assert_eq!(row.len(), 3, "{row:?}");
        assert!(!named(row[2]).is_empty(), "{} names no test", row[0]);
        assert_eq!(seen.insert(row[0], row[1]), None, "{} is there twice", row[0]);
    }
    assert!(seen.len() > 60, "only {} requirements were read", seen.len());
}
