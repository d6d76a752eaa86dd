//! What MLflow would cut, drop or refuse half-way, found before it is sent.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::tool::ToolError;

/// # Errors
/// There are none of them, or more than MLflow takes at once.
pub(super) fn some(argument: &str, count: usize, most: usize) -> Result<(), ToolError> {
    if count == 0 {
        return Err(ToolError::argument(format!("argument {argument:?} is empty; nothing was changed")));
    }
    few(argument, count, most)
}

/// # Errors
/// There are more of them than MLflow takes at once.
pub(super) fn few(argument: &str, count: usize, most: usize) -> Result<(), ToolError> {
    if count <= most {
        return Ok(());
    }
    Err(ToolError::argument(format!(
        "argument {argument:?} has {count} entries, and MLflow takes {most} at once; nothing was changed"
    )))
}

/// # Errors
/// A value is longer than MLflow keeps: it cuts it without a word.
pub(super) fn not_cut(
    argument: &str,
    values: &BTreeMap<String, String>,
    characters: usize,
) -> Result<(), ToolError> {
    for (key, value) in values {
        let length = value.chars().count();
        if length > characters {
            return Err(ToolError::argument(format!(
                "argument {argument:?}: {key:?} has {length} characters, and MLflow keeps {characters}; nothing was changed"
            )));
        }
    }
    Ok(())
}

/// As MLflow has times.
pub(super) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
