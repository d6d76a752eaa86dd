//! `set_experiment_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known;
use crate::mlflow::experiments::change::set_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Calls, Tagging};

/// Set a tag of an experiment, replacing its value if it has one.
#[derive(Deserialize, JsonSchema)]
pub struct SetExperimentTag {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// The tag's name; mlflow.note.content is the description.
    #[schemars(length(min = 1))]
    key: String,
    /// Text.
    value: String,
}

/// What was set.
#[derive(Serialize, JsonSchema)]
pub struct Tagged {
    success: bool,
    experiment_id: String,
    key: String,
    value: String,
    /// What it was; null where the experiment did not have it.
    #[schemars(extend("x-nullable" = true))]
    previous_value: Option<String>,
    /// The call that takes it back.
    undo: String,
}

impl Tool for SetExperimentTag {
    const SPEC: Spec = Spec {
        name: "set_experiment_tag",
        title: "Tag an experiment",
        toolset: Toolset::Core,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        // MLflow itself refuses a value that is too long here: 5000 characters, 20000 since 3.17.
        set_tag(&cx.client, &self.experiment_id, &self.key, &self.value).await?;
        let thing = [("experiment_id", self.experiment_id.as_str())];
        let calls = Calls { set: "set_experiment_tag", delete: "delete_experiment_tag", thing: &thing };
        let undo = change.undo(&calls);
        let previous_value = change.before;
        let Self { experiment_id, key, value } = self;
        Ok(Tagged { success: true, experiment_id, key, value, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl SetExperimentTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let experiment = known::living(cx, &self.experiment_id).await?;
        Ok(Tagging::set(known::named(&experiment), &experiment.tags, &self.key, &self.value))
    }
}
