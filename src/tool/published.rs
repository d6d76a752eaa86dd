//! What is shown of a tool's arguments and answers.
//!
//! Both follow from its types, by [`schema`](super::schema). The component does not work that out again for every list
//! and every call: it carries the outcome as text, which a test compares with the types. So `tools/list` is a copy.

use super::Tool;
#[cfg(not(target_family = "wasm"))]
use super::schema;
use crate::mcp::Json;
#[cfg(not(target_family = "wasm"))]
use crate::spec::Effect;

/// Name, description, schema of the arguments and of the answer, by name, of the tools that are built. Made by
/// `tests/catalogue.rs`.
const CARRIED: &[(&str, &str, &str, &str)] = &include!("published.in");

/// Description and schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What the model reads: a string of JSON.
    pub description: Json,
    /// JSON Schema of the arguments.
    pub input_schema: Json,
    /// JSON Schema of the answer.
    pub output_schema: Json,
}

impl Published {
    /// Of the tool `T`, from its types.
    #[cfg(not(target_family = "wasm"))]
    #[must_use]
    pub fn of<T: Tool>() -> Self {
        let (mut input_schema, description) = schema::input::<T>();
        if T::SPEC.effect != Effect::Read {
            schema::add_dry_run(&mut input_schema);
        }
        let output_schema = schema::output::<T::Output>();
        Self {
            description: Json::of(&description),
            input_schema: Json::of(&input_schema),
            output_schema: Json::of(&output_schema),
        }
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
        let place = CARRIED.binary_search_by_key(&name, |(name, ..)| name).ok();
        // A test looks up every tool.
        let (_, description, input, output) =
            place.and_then(|place| CARRIED.get(place)).copied().unwrap_or(("", "\"\"", "{}", "{}"));
        Self {
            description: Json::written(description),
            input_schema: Json::written(input),
            output_schema: Json::written(output),
        }
    }
}
