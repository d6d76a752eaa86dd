//! What may be null in an answer, its schema says: clients that check answers refuse others.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    inside.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The optional members of the answers in a file, each with its attributes in front.
fn optional(text: &str) -> Vec<(String, String)> {
    let (mut found, mut attributes) = (Vec::new(), String::new());
    let (mut is_answer, mut is_inside) = (false, false);
    for line in text.lines() {
        if line.starts_with("#[derive(") {
            is_answer = line.contains("Serialize") && line.contains("JsonSchema");
        } else if line.starts_with('}') {
            is_inside = false;
        } else if line.ends_with('{') && !line.starts_with(' ') {
            is_inside = std::mem::take(&mut is_answer) && line.contains("struct ");
        } else if is_inside && line.trim_start().starts_with("#[") {
            attributes.push_str(line.trim());
        } else if is_inside && !line.trim_start().starts_with("//") {
            let attributes = std::mem::take(&mut attributes);
            if line.contains(": Option<") {
                found.push((line.trim().to_owned(), attributes));
            }
        }
    }
    found
}

#[test]
fn an_optional_member_is_left_out_or_said_to_be_null() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for file in ["tool", "tools"].iter().flat_map(|folder| files(&src.join(folder))) {
        for (member, attributes) in optional(&std::fs::read_to_string(&file).unwrap()) {
            let said = ["skip", "x-nullable", "flatten"].iter().any(|word| attributes.contains(word));
            assert!(
                said,
                "{}: {member} needs skip_serializing_if, or #[schemars(extend(\"x-nullable\" = true))]",
                file.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 200, "only {seen} optional members found: the test reads them no longer");
}
