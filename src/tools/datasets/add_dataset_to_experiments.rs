//! `add_dataset_to_experiments`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::find;
use crate::mlflow::evaluation_datasets::change::add;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, parallel};
use crate::tools::experiments::known;
use crate::tools::since::since;

/// Add an evaluation dataset to experiments (MLflow 3.7).
#[derive(Deserialize, JsonSchema)]
pub struct AddDatasetToExperiments {
    /// d- and 32 hex digits.
    #[schemars(length(min = 1))]
    dataset_id: String,
    /// The experiments.
    experiment_ids: Vec<String>,
}

/// Where it was added.
#[derive(Serialize, JsonSchema)]
pub struct Added {
    success: bool,
    dataset_id: String,
    /// Those that it is in now and was not before.
    added: Vec<String>,
    /// Those that it was in.
    unchanged: Vec<String>,
    /// The call that takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<String>,
}

impl Tool for AddDatasetToExperiments {
    const SPEC: Spec = Spec {
        name: "add_dataset_to_experiments",
        title: "Add a dataset to experiments",
        toolset: Toolset::Datasets,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Added;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Look { dataset_id, added, unchanged, .. } = self.look(cx).await?;
        let mut call = None;
        if !added.is_empty() {
            let done = add(&cx.client, &dataset_id, &added).await;
            done.map_err(|error| since("3.7", "adding a dataset to experiments", error))?;
            let ids = json!(added).to_string();
            call = Some(undo(
                "remove_dataset_from_experiments",
                &[("dataset_id", &dataset_id), ("experiment_ids", &ids)],
            ));
        }
        Ok(Added { success: true, dataset_id, added, unchanged, undo: call })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let Look { spoken, named, unchanged, .. } = self.look(cx).await?;
        let already = match unchanged.is_empty() {
            true => String::new(),
            false => format!(" It is in {} already.", unchanged.join(", ")),
        };
        let named = if named.is_empty() { "no other experiment".to_owned() } else { named.join(", ") };
        Ok(Some(format!("Add {spoken} to {named}.{already}")))
    }
}

struct Look {
    dataset_id: String,
    spoken: String,
    added: Vec<String>,
    /// The same in words.
    named: Vec<String>,
    unchanged: Vec<String>,
}

impl AddDatasetToExperiments {
    async fn look(&self, cx: &Context<'_>) -> Result<Look, Failure> {
        let (ids, dataset, known) = find::placed(cx, &self.dataset_id, &self.experiment_ids).await?;
        let (unchanged, added): (Vec<String>, Vec<String>) =
            ids.into_iter().partition(|id| known.contains(id));
        let named = parallel::all(added.iter().map(|id| known::living(cx, id))).await?;
        Ok(Look {
            spoken: find::spoken(&dataset),
            dataset_id: dataset.dataset_id,
            added,
            named: named.iter().map(known::named).collect(),
            unchanged,
        })
    }
}
