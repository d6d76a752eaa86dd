//! `restore_run`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deleted;
use crate::mlflow::runs::change::restore;
use crate::mlflow::runs::{self, RunInfo};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};
use crate::tools::runs::living::named;

/// Restore a deleted run, unless the server has purged it.
#[derive(Deserialize, JsonSchema)]
pub struct RestoreRun {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
}

/// What was restored.
#[derive(Serialize, JsonSchema)]
pub struct Restored {
    success: bool,
    run_id: String,
    run_name: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RestoreRun {
    const SPEC: Spec = Spec {
        name: "restore_run",
        title: "Restore a run",
        toolset: Toolset::Logging,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Restored;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let known = self.known(cx).await?;
        let Self { run_id } = self;
        restore(&cx.client, &run_id).await?;
        let undo = undo("delete_run", &[("run_id", &run_id)]);
        Ok(Restored { success: true, run_id, run_name: known.run_name, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = self.known(cx).await?;
        Ok(Some(format!("Restore {}, {}.", named(&known), known.status)))
    }
}

impl RestoreRun {
    /// The run, if it is deleted.
    async fn known(&self, cx: &Context<'_>) -> Result<RunInfo, Failure> {
        let known = runs::get(&cx.client, &self.run_id).await?.info;
        deleted::require(&known.lifecycle_stage, &named(&known))?;
        Ok(known)
    }
}
