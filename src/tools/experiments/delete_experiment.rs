//! `delete_experiment`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::experiments::change::delete;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Where MLflow puts runs that name no experiment.
const DEFAULT: &str = "0";

/// Delete an experiment with all its runs. It can be restored until the server purges what is deleted.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteExperiment {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    experiment_id: String,
    /// How to take it back.
    undo: String,
}

impl Tool for DeleteExperiment {
    const SPEC: Spec = Spec {
        name: "delete_experiment",
        title: "Delete an experiment",
        toolset: Toolset::Core,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { experiment_id } = self;
        if experiment_id.trim() == DEFAULT {
            return Err(ToolError::new(
                Kind::Refused,
                "experiment 0 is MLflow's default, which every run without an experiment falls into; nothing was \
                 deleted",
                "Delete its runs one by one, or the experiment in MLflow itself.",
            )
            .into());
        }
        delete(&cx.client, &experiment_id).await?;
        let undo = format!(
            "Until it is purged, `mlflow experiments restore --experiment-id {experiment_id}` restores it."
        );
        Ok(Deleted { success: true, experiment_id, undo })
    }
}
