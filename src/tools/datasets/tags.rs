//! What MLflow takes as a tag of an evaluation dataset.

use std::collections::BTreeMap;

use serde_json::json;

use crate::mlflow::evaluation_datasets::change::{NAME_CHARACTERS, TAG_CHARACTERS};
use crate::tool::ToolError;
use crate::tool::undo::undo;

/// That MLflow's database can hold the tags.
///
/// # Errors
/// One is too long: some databases fail with SQL, others cut it.
pub(super) fn check(tags: &BTreeMap<String, String>) -> Result<(), ToolError> {
    for (key, value) in tags {
        if key.is_empty() {
            return Err(ToolError::argument("argument \"tags\" has an empty name; nothing was changed"));
        }
        within("tags", key, NAME_CHARACTERS)?;
        within("tags", value, TAG_CHARACTERS)?;
    }
    Ok(())
}

/// That a text is not longer than MLflow keeps.
///
/// # Errors
/// It is.
pub(super) fn within(argument: &str, text: &str, most: usize) -> Result<(), ToolError> {
    let length = text.chars().count();
    if length <= most {
        return Ok(());
    }
    Err(ToolError::argument(format!(
        "argument {argument:?} has a text of {length} characters, and MLflow keeps {most}; nothing was changed"
    )))
}

/// Whether MLflow has a route that removes the tag: the key is a part of its path.
pub(super) fn is_removable(key: &str) -> bool {
    !key.contains('/') && key != "." && key != ".."
}

/// The call that sets these.
pub(super) fn setting(dataset_id: &str, tags: &BTreeMap<String, String>) -> String {
    undo("set_dataset_tags", &[("dataset_id", dataset_id), ("tags", &json!(tags).to_string())])
}
