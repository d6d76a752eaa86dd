//! What is published of policies: the schema, and the examples of the documentation.

use mlflow_mcp::policy::{DEFAULT, Policy, file};
use mlflow_mcp::tools::Tools;
use serde_json::Value;

use super::support::golden::{golden, project};

/// The pieces of JSON in the documentation.
fn examples() -> Vec<String> {
    let text = std::fs::read_to_string(project("docs/policy.md")).unwrap();
    text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_schema_is_the_one_that_texts_are_read_by() {
    golden(
        &project("docs/policy.schema.json"),
        &(serde_json::to_string_pretty(&file::schema()).unwrap() + "\n"),
    );
}

#[test]
fn every_example_of_the_documentation_is_a_policy() {
    let examples = examples();
    assert!(examples.len() >= 4);
    for text in examples {
        Policy::parse(&text, &Tools).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

#[test]
fn the_documentation_shows_the_default_policy() {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(read(&examples()[0]), read(DEFAULT));
}
