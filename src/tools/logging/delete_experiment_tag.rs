//! `delete_experiment_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::experiments::change::delete_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::experiments::known;
use crate::tools::since::since;
use crate::tools::tagging::{Calls, Tagging, no_tag};

/// Delete a tag of an experiment (MLflow 3.2 or newer). The answer has its value, and how to set it again.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteExperimentTag {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    experiment_id: String,
    key: String,
    /// What it was.
    previous_value: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for DeleteExperimentTag {
    const SPEC: Spec = Spec {
        name: "delete_experiment_tag",
        title: "Delete a tag of an experiment",
        toolset: Toolset::Logging,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        let deleted = delete_tag(&cx.client, &self.experiment_id, &self.key).await;
        deleted.map_err(|error| since("3.2", "Deleting a tag of an experiment", error))?;
        let thing = [("experiment_id", self.experiment_id.as_str())];
        let undo =
            change.undo(&Calls { set: "set_experiment_tag", delete: "delete_experiment_tag", thing: &thing });
        let previous_value = change.before.unwrap_or_default();
        let Self { experiment_id, key } = self;
        Ok(Deleted { success: true, experiment_id, key, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl DeleteExperimentTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let experiment = known::living(cx, &self.experiment_id).await?;
        let known = Tagging::remove(known::named(&experiment), &experiment.tags, &self.key);
        known.ok_or_else(|| no_tag(&known::named(&experiment), &self.key, experiment.tags.keys()).into())
    }
}
