//! `docs/protocol.md` names a test for every statement; here it is held to that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;

use mlflow_mcp::mcp::Version;
use support::documented::{existing, named, rows};
use support::golden::project;

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
