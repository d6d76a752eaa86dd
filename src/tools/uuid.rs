//! Ids that MLflow makes as UUIDs.

use crate::tool::{Kind, ToolError};

/// The id, so that nothing else is asked for than what has one.
///
/// # Errors
/// It is none; `hint` says what shows them.
pub(crate) fn uuid<'a>(argument: &str, text: &'a str, hint: &str) -> Result<&'a str, ToolError> {
    let id = text.trim();
    let made = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !id.is_empty() && id.len() <= 100 && id.bytes().all(made) {
        return Ok(id);
    }
    Err(ToolError::new(Kind::Argument, format!("argument {argument:?} has {id:?}, which is no UUID"), hint))
}
