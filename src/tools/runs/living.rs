//! Runs that can be changed: MLflow changes none that is deleted.

use crate::mlflow::runs::{self, Run, RunInfo};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, ToolError};

/// The run.
///
/// # Errors
/// There is none, or it is deleted; nothing was changed.
pub(crate) async fn run(cx: &Context<'_>, run_id: &str) -> Result<Run, Failure> {
    let run = runs::get(&cx.client, run_id).await?;
    if run.info.lifecycle_stage != "deleted" {
        return Ok(run);
    }
    let message = format!("run {run_id} is deleted, and nothing was changed");
    Err(ToolError::new(Kind::Refused, message, "restore_run brings it back, until it is purged.").into())
}

/// How it is spoken of.
pub(crate) fn named(info: &RunInfo) -> String {
    format!("run {} ({})", quoted(&info.run_name), info.run_id)
}
