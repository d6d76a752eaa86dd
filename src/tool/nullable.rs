//! Items of lists that are null.

use schemars::JsonSchema;

/// The schema of an item that is null rather than left out, so that the others keep their places.
#[derive(Debug, JsonSchema)]
#[schemars(transparent, extend("x-nullable" = true))]
pub struct Nullable<T>(pub Option<T>);
