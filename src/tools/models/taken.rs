//! Whether a name for a registered model is free.

use crate::mlflow::registry::models;
use crate::tool::{Context, Failure, Kind, ToolError};

/// # Errors
/// A registered model, or a prompt, has that name; nothing was changed.
pub(super) async fn by_none(cx: &Context<'_>, name: &str) -> Result<(), Failure> {
    let known = match models::get(&cx.client, name).await {
        Ok(known) => known,
        Err(error) if error.is_missing() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let what = if known.is_prompt() { "prompt" } else { "registered model" };
    let message = format!("there is a {what} named {name:?} already; nothing was changed");
    Err(ToolError::new(Kind::Refused, message, "Use it, or choose another name.").into())
}
