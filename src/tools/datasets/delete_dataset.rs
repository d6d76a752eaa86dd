//! `delete_dataset`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find::{self, lacking};
use crate::mlflow::evaluation_datasets::change::delete;
use crate::mlflow::evaluation_datasets::experiment_ids;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Delete an evaluation dataset with all its records for good: MLflow cannot restore it.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteDataset {
    /// d- and 32 hex digits.
    #[schemars(length(min = 1))]
    dataset_id: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    dataset_id: String,
    name: String,
    /// How many went with it.
    records_deleted: u64,
    /// How to take it back.
    undo: &'static str,
}

impl Tool for DeleteDataset {
    const SPEC: Spec = Spec {
        name: "delete_dataset",
        title: "Delete an evaluation dataset",
        toolset: Toolset::Datasets,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        // MLflow says yes to deleting one that is not there.
        let dataset = find::dataset(cx, &self.dataset_id).await?;
        delete(&cx.client, &dataset.dataset_id).await?;
        let records_deleted = dataset.num_records();
        let undo = "None: MLflow keeps nothing of a deleted dataset.";
        Ok(Deleted {
            success: true,
            dataset_id: dataset.dataset_id,
            name: dataset.name,
            records_deleted,
            undo,
        })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let dataset = find::dataset(cx, &self.dataset_id).await?;
        let ids = experiment_ids(&cx.client, &dataset.dataset_id).await;
        let ids = ids.map_err(|error| lacking(cx, error))?;
        let place = match ids.is_empty() {
            true => "It is in no experiment".to_owned(),
            false => format!("It is in experiment {}", ids.join(", ")),
        };
        let records = match dataset.num_records() {
            1 => "1 record".to_owned(),
            many => format!("{many} records"),
        };
        Ok(Some(format!(
            "Delete {} with {records} for good: this cannot be undone. {place}; runs that have read it keep its name and digest.",
            find::spoken(&dataset)
        )))
    }
}
