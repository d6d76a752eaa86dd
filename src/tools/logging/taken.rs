//! Whether a name for an experiment is free.

use crate::mlflow::experiments;
use crate::tool::{Context, Failure, Kind, ToolError};

/// # Errors
/// An experiment has that name; nothing was changed.
pub(super) async fn by_none(cx: &Context<'_>, name: &str) -> Result<(), Failure> {
    let known = match experiments::get_by_name(&cx.client, name).await {
        Ok(known) => known,
        Err(error) if error.is_missing() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let id = &known.experiment_id;
    let (state, hint) = match known.lifecycle_stage.as_str() {
        "deleted" => ("a deleted experiment", "restore_experiment brings it back; or choose another name."),
        _ => ("an experiment", "Use it, or choose another name."),
    };
    let message = format!("there is {state} named {name:?} already, with the id {id}; nothing was changed");
    Err(ToolError::new(Kind::Refused, message, hint).into())
}
