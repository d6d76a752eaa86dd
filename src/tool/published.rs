//! What is shown of a tool's arguments and answers.
//!
//! Both follow from its types, by [`schema`]. The component does not work that out again for every list and every
//! call: it carries the outcome, which a test compares with the types. That is a quarter of its size and most of
//! the time of `tools/list`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Tool;
#[cfg(not(target_family = "wasm"))]
use super::schema;

/// One line per tool, made by `tests/catalogue.rs`.
const LINES: &str = include_str!("published.tsv");

/// Description and schemas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// What the model reads.
    pub description: String,
    /// JSON Schema of the arguments.
    pub input_schema: Value,
    /// JSON Schema of the answer.
    pub output_schema: Value,
}

impl Published {
    /// Of the tool `T`, from its types.
    #[cfg(not(target_family = "wasm"))]
    #[must_use]
    pub fn of<T: Tool>() -> Self {
        let (input_schema, description) = schema::input::<T>();
        Self { description, input_schema, output_schema: schema::output::<T::Output>() }
    }

    /// Of the tool `T`, worked out beforehand.
    #[cfg(target_family = "wasm")]
    #[must_use]
    pub fn of<T: Tool>() -> Self {
        Self::carried(T::SPEC.name)
    }

    /// Of the tool of that name, worked out beforehand.
    #[must_use]
    pub fn carried(name: &str) -> Self {
        let line = LINES.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t'));
        // A test reads every line.
        line.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }
}
