//! `set_run_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::living;
use crate::mlflow::runs::change::{TAG_CHARACTERS, set_tag};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::tagging::{Calls, Tagging};

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
    /// What it was; null where the run did not have it.
    #[schemars(extend("x-nullable" = true))]
    previous_value: Option<String>,
    /// The call that takes it back.
    undo: String,
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
        let change = self.change(cx).await?;
        set_tag(&cx.client, &self.run_id, &self.key, &self.value).await?;
        let thing = [("run_id", self.run_id.as_str())];
        let undo = change.undo(&Calls { set: "set_run_tag", delete: "delete_run_tag", thing: &thing });
        let previous_value = change.before;
        let Self { run_id, key, value } = self;
        Ok(Tagged { success: true, run_id, key, value, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl SetRunTag {
    /// What it changes, if MLflow takes it.
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let length = self.value.chars().count();
        if length > TAG_CHARACTERS {
            return Err(ToolError::argument(format!(
                "argument \"value\" has {length} characters, and MLflow keeps {TAG_CHARACTERS} of a run's tag; \
                 nothing was changed"
            ))
            .into());
        }
        let run = living::run(cx, &self.run_id).await?;
        Ok(Tagging::set(living::named(&run.info), &run.data.tags, &self.key, &self.value))
    }
}
