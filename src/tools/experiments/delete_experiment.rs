//! `delete_experiment`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known;
use crate::mlflow::experiments::change::delete;
use crate::mlflow::runs;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Runs that are counted before a person is asked.
const COUNTED: usize = 100;

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
        self.may_go()?;
        let Self { experiment_id } = self;
        delete(&cx.client, &experiment_id).await?;
        let undo = undo(&experiment_id);
        Ok(Deleted { success: true, experiment_id, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        self.may_go()?;
        let question = runs::Search {
            experiment_ids: &[&self.experiment_id],
            max_results: COUNTED,
            ..runs::Search::default()
        };
        let (experiment, runs) =
            zip(known::require(cx, &self.experiment_id), runs::search(&cx.client, &question)).await;
        let experiment = experiment?;
        if experiment.lifecycle_stage == "deleted" {
            let message = format!("experiment {} is deleted already", experiment.experiment_id);
            return Err(ToolError::new(Kind::Refused, message, "").into());
        }
        let runs = runs.map_or_else(
            |_| "its runs".to_owned(),
            |(runs, next)| counted(runs.len(), next.is_some(), "run"),
        );
        Ok(Some(format!(
            "Delete experiment {} ({}) with {runs}. {}",
            quoted(&experiment.name),
            experiment.experiment_id,
            undo(&experiment.experiment_id)
        )))
    }
}

impl DeleteExperiment {
    fn may_go(&self) -> Result<(), ToolError> {
        if self.experiment_id.trim() != DEFAULT {
            return Ok(());
        }
        Err(ToolError::new(
            Kind::Refused,
            "experiment 0 is MLflow's default, which every run without an experiment falls into; nothing was deleted",
            "Delete its runs one by one, or the experiment in MLflow itself.",
        ))
    }
}

fn undo(experiment_id: &str) -> String {
    format!(
        "Until it is purged, restore_experiment or `mlflow experiments restore --experiment-id {experiment_id}` restores it."
    )
}
