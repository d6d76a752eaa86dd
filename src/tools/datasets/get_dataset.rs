//! `get_dataset`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find::{self, lacking};
use super::record::{DatasetRecord, something};
use super::shown::within;
use crate::mlflow::evaluation_datasets::experiment_ids;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::{Context, Failure, Tool, ToolError};

/// Experiments that are listed.
const LISTED: usize = 200;

/// Get an evaluation dataset: schema, profile, tags, experiments, number of records. get_dataset_records has these.
#[derive(Deserialize, JsonSchema)]
pub struct GetDataset {
    /// d- and 32 hex digits.
    dataset_id: Option<String>,
    /// Or its name.
    name: Option<String>,
}

/// An evaluation dataset.
#[derive(Serialize, JsonSchema)]
pub struct Dataset {
    #[serde(flatten)]
    dataset: DatasetRecord,
    /// The types of the members of inputs, outputs and expectations.
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<Any>,
    /// Figures about the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Any>,
    /// Those that it is in.
    experiment_ids: Vec<String>,
    /// What to know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Tool for GetDataset {
    const SPEC: Spec = Spec {
        name: "get_dataset",
        title: "Get an evaluation dataset",
        toolset: Toolset::Datasets,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Dataset;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let mut dataset = match (text(&self.dataset_id), text(&self.name)) {
            (Some(id), None) => find::dataset(cx, &id).await?,
            (None, Some(name)) => find::by_name(cx, &name).await?,
            _ => return Err(ToolError::argument("give either \"dataset_id\" or \"name\"").into()),
        };
        let ids = experiment_ids(&cx.client, &dataset.dataset_id).await;
        let mut experiment_ids = ids.map_err(|error| lacking(cx, error))?;
        let all = experiment_ids.len();
        experiment_ids.truncate(LISTED);
        let (schema, cut) = within(dataset.schema.take(), cx.budget.share(2));
        let (profile, _) = within(dataset.profile.take(), cx.budget.share(10));
        let mut notes = Vec::new();
        if all > LISTED {
            notes.push(format!("{LISTED} of {all} experiments are listed."));
        }
        if cut > 0 {
            notes.push("The schema is too long to be shown whole.".to_owned());
        }
        // The profile went out before it was counted in.
        dataset.profile = profile.clone();
        Ok(Dataset {
            dataset: DatasetRecord::of(dataset, cx.budget.share(5)),
            schema: something(schema),
            profile: something(profile),
            experiment_ids,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        })
    }
}
