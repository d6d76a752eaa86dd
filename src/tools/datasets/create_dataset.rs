//! `create_dataset`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find::named;
use super::tags;
use crate::mlflow::evaluation_datasets::change::{NAME_CHARACTERS, create};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, parallel};
use crate::tools::experiments::known;

/// Create an evaluation dataset (MLflow 3.4), which upsert_dataset_records fills.
#[derive(Deserialize, JsonSchema)]
pub struct CreateDataset {
    /// Its name; MLflow takes one that another has.
    #[schemars(length(min = 1))]
    name: String,
    /// Those that it belongs to.
    #[serde(default)]
    experiment_ids: Vec<String>,
    /// Texts by name; mlflow.user says who made it.
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// What was created.
#[derive(Serialize, JsonSchema)]
pub struct Created {
    success: bool,
    dataset_id: String,
    name: String,
    experiment_ids: Vec<String>,
    /// The call that takes it back.
    undo: String,
    /// What to know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Tool for CreateDataset {
    const SPEC: Spec = Spec {
        name: "create_dataset",
        title: "Create an evaluation dataset",
        toolset: Toolset::Datasets,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Created;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (_, note) = self.look(cx).await?;
        let experiment_ids = self.experiment_ids();
        let dataset = create(&cx.client, &self.name, &experiment_ids, &self.tags).await?;
        let undo = undo("delete_dataset", &[("dataset_id", &dataset.dataset_id)]);
        let Self { name, .. } = self;
        Ok(Created { success: true, dataset_id: dataset.dataset_id, name, experiment_ids, undo, note })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (experiments, note) = self.look(cx).await?;
        let place = match experiments.is_empty() {
            true => "no experiment".to_owned(),
            false => experiments.join(", "),
        };
        let tags = counted(self.tags.len(), false, "tag");
        let note = note.map_or(String::new(), |note| format!(" {note}"));
        Ok(Some(format!("Create evaluation dataset {} in {place}, with {tags}.{note}", quoted(&self.name))))
    }
}

impl CreateDataset {
    /// Each once.
    fn experiment_ids(&self) -> Vec<String> {
        super::each_once(&self.experiment_ids)
    }

    /// Its experiments, in words, and what to know of the name.
    async fn look(&self, cx: &Context<'_>) -> Result<(Vec<String>, Option<String>), Failure> {
        tags::within("name", &self.name, NAME_CHARACTERS)?;
        tags::check(&self.tags)?;
        let same = named(cx, &self.name).await?;
        let ids = self.experiment_ids();
        // MLflow takes any number for an experiment.
        let experiments = parallel::all(ids.iter().map(|id| known::living(cx, id))).await?;
        let note = same.first().map(|known| {
            let others = counted(same.len(), false, "dataset");
            format!(
                "There is {others} of that name already ({}): get_dataset then needs the id.",
                known.dataset_id
            )
        });
        Ok((experiments.iter().map(known::named).collect(), note))
    }
}
