//! `set_run_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::runs::change::{TAG_CHARACTERS, set_tag};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};

/// Set a tag of a run, replacing its value if it has one.
#[derive(Deserialize, JsonSchema)]
pub struct SetRunTag {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// The tag's name; mlflow.note.content is the description.
    #[schemars(length(min = 1))]
    key: String,
    /// Text, at most 8000 characters.
    value: String,
}

/// What was set.
#[derive(Serialize, JsonSchema)]
pub struct Tagged {
    success: bool,
    run_id: String,
    key: String,
    value: String,
}

impl Tool for SetRunTag {
    const SPEC: Spec = Spec {
        name: "set_run_tag",
        title: "Tag a run",
        toolset: Toolset::Core,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { run_id, key, value } = self;
        let length = value.chars().count();
        if length > TAG_CHARACTERS {
            return Err(ToolError::argument(format!(
                "argument \"value\" has {length} characters, and MLflow keeps {TAG_CHARACTERS} of a run's tag; \
                 nothing was changed"
            ))
            .into());
        }
        set_tag(&cx.client, &run_id, &key, &value).await?;
        Ok(Tagged { success: true, run_id, key, value })
    }
}
