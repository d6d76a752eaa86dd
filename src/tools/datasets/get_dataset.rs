//! `get_dataset`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find::{self, lacking};
use super::record::{DatasetRecord, something};
use crate::mlflow::evaluation_datasets::experiment_ids;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::cut::shortened;
use crate::tool::{Budget, Context, Failure, Tool, ToolError};

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
        let (schema, profile) = (dataset.schema.take(), dataset.profile.clone());
        let mut notes = Vec::new();
        let gone = cx.budget.share(5).keep(&mut experiment_ids);
        if gone > 0 {
            let listed = experiment_ids.len();
            notes.push(format!("{listed} of {} experiments are listed.", listed + gone));
        }
        let mut within = |name: &str, value: Value, budget: Budget| {
            let (value, gaps) = shortened(value, "", budget.characters());
            if !gaps.is_empty() {
                notes.push(format!("The {name} is too long to be shown whole."));
            }
            something(value)
        };
        Ok(Dataset {
            schema: within("schema", schema, cx.budget.share(2)),
            profile: within("profile", profile, cx.budget.share(10)),
            dataset: DatasetRecord::of(dataset, cx.budget.share(5)),
            experiment_ids,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        })
    }
}
