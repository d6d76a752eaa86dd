//! `remove_dataset_from_experiments`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::find;
use crate::mlflow::evaluation_datasets::change::remove;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};
use crate::tools::since::since;

/// Take an evaluation dataset out of experiments (MLflow 3.7). The dataset and its records stay.
#[derive(Deserialize, JsonSchema)]
pub struct RemoveDatasetFromExperiments {
    /// d- and 32 hex digits.
    #[schemars(length(min = 1))]
    dataset_id: String,
    /// The experiments.
    experiment_ids: Vec<String>,
}

/// What it was taken out of.
#[derive(Serialize, JsonSchema)]
pub struct Removed {
    success: bool,
    dataset_id: String,
    /// Those that it was in and is no more.
    removed: Vec<String>,
    /// Those that it was not in.
    unchanged: Vec<String>,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RemoveDatasetFromExperiments {
    const SPEC: Spec = Spec {
        name: "remove_dataset_from_experiments",
        title: "Remove a dataset from experiments",
        toolset: Toolset::Datasets,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Removed;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Look { dataset_id, removed, unchanged, .. } = self.look(cx).await?;
        let done = remove(&cx.client, &dataset_id, &removed).await;
        done.map_err(|error| since("3.7", "removing a dataset from experiments", error))?;
        let ids = json!(removed).to_string();
        let undo =
            undo("add_dataset_to_experiments", &[("dataset_id", &dataset_id), ("experiment_ids", &ids)]);
        Ok(Removed { success: true, dataset_id, removed, unchanged, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let Look { spoken, removed, left, .. } = self.look(cx).await?;
        let left = match left.is_empty() {
            true => "It is in no other then".to_owned(),
            false => format!("It stays in {}", left.join(", ")),
        };
        Ok(Some(format!(
            "Remove {spoken} from experiment {}. {left}. Its records stay; add_dataset_to_experiments adds it again.",
            removed.join(", ")
        )))
    }
}

struct Look {
    dataset_id: String,
    spoken: String,
    removed: Vec<String>,
    unchanged: Vec<String>,
    left: Vec<String>,
}

impl RemoveDatasetFromExperiments {
    async fn look(&self, cx: &Context<'_>) -> Result<Look, Failure> {
        let (ids, dataset, known) = find::placed(cx, &self.dataset_id, &self.experiment_ids).await?;
        let spoken = find::spoken(&dataset);
        let (removed, unchanged): (Vec<String>, Vec<String>) =
            ids.into_iter().partition(|id| known.contains(id));
        if removed.is_empty() {
            let hint = match known.is_empty() {
                true => "It is in none.".to_owned(),
                false => format!("It is in {}.", known.join(", ")),
            };
            let message = format!(
                "RESOURCE_DOES_NOT_EXIST: {spoken} is not in experiment {}; nothing was changed",
                unchanged.join(", ")
            );
            return Err(ToolError::new(Kind::NotFound, message, hint).into());
        }
        let left = known.into_iter().filter(|id| !removed.contains(id)).collect();
        Ok(Look { dataset_id: dataset.dataset_id, spoken, removed, unchanged, left })
    }
}
