//! `restore_experiment`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deleted;
use crate::mlflow::experiments::Experiment;
use crate::mlflow::experiments::change::restore;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};
use crate::tools::experiments::known::{named, require};

/// Restore a deleted experiment, with the runs that were deleted with it.
#[derive(Deserialize, JsonSchema)]
pub struct RestoreExperiment {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
}

/// What was restored.
#[derive(Serialize, JsonSchema)]
pub struct Restored {
    success: bool,
    experiment_id: String,
    name: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RestoreExperiment {
    const SPEC: Spec = Spec {
        name: "restore_experiment",
        title: "Restore an experiment",
        toolset: Toolset::Logging,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Restored;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let known = self.known(cx).await?;
        let Self { experiment_id } = self;
        restore(&cx.client, &experiment_id).await?;
        let undo = undo("delete_experiment", &[("experiment_id", &experiment_id)]);
        Ok(Restored { success: true, experiment_id, name: known.name, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = self.known(cx).await?;
        Ok(Some(format!("Restore {}, with the runs that were deleted with it.", named(&known))))
    }
}

impl RestoreExperiment {
    /// The experiment, if it is deleted.
    async fn known(&self, cx: &Context<'_>) -> Result<Experiment, Failure> {
        let known = require(cx, &self.experiment_id).await?;
        deleted::require(&known.lifecycle_stage, &named(&known))?;
        Ok(known)
    }
}
