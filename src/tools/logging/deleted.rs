//! What is deleted, and can be restored.

use crate::tool::{Kind, ToolError};

/// # Errors
/// It is not deleted; nothing was changed.
pub(super) fn require(lifecycle_stage: &str, named: &str) -> Result<(), ToolError> {
    if lifecycle_stage == "deleted" {
        return Ok(());
    }
    Err(ToolError::new(Kind::Refused, format!("{named} is not deleted; nothing was changed"), ""))
}
