//! `delete_dataset_tag`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{find, tags};
use crate::mlflow::evaluation_datasets::change::delete_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};
use crate::tools::tagging::{Tagging, no_tag};

/// Delete a tag of an evaluation dataset. The answer has its value, and how to set it again.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteDatasetTag {
    /// d- and 32 hex digits.
    #[schemars(length(min = 1))]
    dataset_id: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    dataset_id: String,
    key: String,
    /// What it was.
    previous_value: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for DeleteDatasetTag {
    const SPEC: Spec = Spec {
        name: "delete_dataset_tag",
        title: "Delete a tag of a dataset",
        toolset: Toolset::Datasets,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let previous_value = self.change(cx).await?.before.unwrap_or_default();
        let Self { dataset_id, key } = self;
        let dataset_id = dataset_id.trim().to_owned();
        delete_tag(&cx.client, &dataset_id, &key).await?;
        let undo = tags::setting(&dataset_id, &BTreeMap::from([(key.clone(), previous_value.clone())]));
        Ok(Deleted { success: true, dataset_id, key, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl DeleteDatasetTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let dataset = find::dataset(cx, &self.dataset_id).await?;
        let of = find::spoken(&dataset);
        let known = Tagging::remove(of.clone(), &dataset.tags, &self.key);
        let known = known.ok_or_else(|| no_tag(&of, &self.key, dataset.tags.keys()))?;
        if tags::is_removable(&self.key) {
            return Ok(known);
        }
        let message = format!(
            "MLflow cannot delete tag {:?}: the key is a part of a path there; nothing was changed",
            self.key
        );
        Err(ToolError::new(Kind::Refused, message, "set_dataset_tags can give it another value.").into())
    }
}
