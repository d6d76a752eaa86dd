//! `delete_run`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::runs::change::delete;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Delete a run. It can be restored until the server purges deleted runs.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteRun {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    run_id: String,
    /// How to take it back.
    undo: String,
}

impl Tool for DeleteRun {
    const SPEC: Spec = Spec {
        name: "delete_run",
        title: "Delete a run",
        toolset: Toolset::Core,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { run_id } = self;
        delete(&cx.client, &run_id).await?;
        let undo = format!("Until it is purged, `mlflow runs restore --run-id {run_id}` restores it.");
        Ok(Deleted { success: true, run_id, undo })
    }
}
