//! `SECURITY.md` names a test for every attack; here it is held to that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use support::documented::{existing, named, rows};
use support::golden::project;

fn attacks() -> String {
    let text = std::fs::read_to_string(project("SECURITY.md")).unwrap();
    text.split_once("## Attacks").unwrap().1.to_owned()
}

#[test]
fn every_test_that_is_named_exists() {
    let (existing, text) = (existing(), attacks());
    let missing: Vec<&str> = named(&text).into_iter().filter(|name| !existing.contains(*name)).collect();
    assert_eq!(missing, [""; 0], "SECURITY.md names tests that do not exist");
}

#[test]
fn every_attack_is_there_once_with_what_happens_and_a_test() {
    let text = attacks();
    let mut seen = BTreeSet::new();
    for row in rows(&text).into_iter().skip(1) {
        assert_eq!(row.len(), 3, "{row:?}");
        assert!(!row[1].is_empty() && !named(row[2]).is_empty(), "{} names no test", row[0]);
        assert!(seen.insert(row[0]), "{} is there twice", row[0]);
    }
    assert!(seen.len() > 20, "only {} attacks were read", seen.len());
}
