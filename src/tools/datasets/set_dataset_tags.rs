//! `set_dataset_tags`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{find, tags};
use crate::mlflow::evaluation_datasets::EvaluationDataset;
use crate::mlflow::evaluation_datasets::change::set_tags;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::tagging::Several;

/// Set tags of an evaluation dataset, replacing the values that they have.
#[derive(Deserialize, JsonSchema)]
pub struct SetDatasetTags {
    /// d- and 32 hex digits.
    #[schemars(length(min = 1))]
    dataset_id: String,
    /// Texts by name, for instance {"team": "nlp"}.
    tags: BTreeMap<String, String>,
}

/// What was set.
#[derive(Serialize, JsonSchema)]
pub struct Tagged {
    success: bool,
    dataset_id: String,
    /// What those were that it had with another value.
    previous: BTreeMap<String, String>,
    /// Those that it did not have.
    new_tags: Vec<String>,
    /// The calls that take it back.
    undo: Vec<String>,
}

impl Tool for SetDatasetTags {
    const SPEC: Spec = Spec {
        name: "set_dataset_tags",
        title: "Tag a dataset",
        toolset: Toolset::Datasets,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (dataset, Several { previous, new_tags }) = self.look(cx).await?;
        let dataset_id = dataset.dataset_id;
        set_tags(&cx.client, &dataset_id, &self.tags).await?;
        let mut calls = Vec::new();
        if !previous.is_empty() {
            calls.push(tags::setting(&dataset_id, &previous));
        }
        let removable = new_tags.iter().filter(|key| tags::is_removable(key));
        calls.extend(
            removable.map(|key| undo("delete_dataset_tag", &[("dataset_id", &dataset_id), ("key", key)])),
        );
        Ok(Tagged { success: true, dataset_id, previous, new_tags, undo: calls })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (dataset, several) = self.look(cx).await?;
        let stay = match several.new_tags.iter().find(|key| !tags::is_removable(key)) {
            Some(key) => format!(" MLflow has no way to remove {} again.", quoted(key)),
            None => String::new(),
        };
        Ok(Some(several.would(&find::spoken(&dataset)) + &stay))
    }
}

impl SetDatasetTags {
    /// The dataset, and what its tags are before.
    async fn look(&self, cx: &Context<'_>) -> Result<(EvaluationDataset, Several), Failure> {
        if self.tags.is_empty() {
            return Err(ToolError::argument("argument \"tags\" is empty; nothing was changed").into());
        }
        tags::check(&self.tags)?;
        let dataset = find::dataset(cx, &self.dataset_id).await?;
        let several = Several::set(&dataset.tags, &self.tags);
        Ok((dataset, several))
    }
}
