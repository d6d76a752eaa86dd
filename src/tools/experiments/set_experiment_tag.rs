//! `set_experiment_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::experiments::change::set_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

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
        let Self { experiment_id, key, value } = self;
        // MLflow itself refuses a value that is too long here: 5000 characters, 20000 since 3.17.
        set_tag(&cx.client, &experiment_id, &key, &value).await?;
        Ok(Tagged { success: true, experiment_id, key, value })
    }
}
