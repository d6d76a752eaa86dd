//! `delete_run_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::runs::change::delete_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::runs::living;
use crate::tools::tagging::{Calls, Tagging, no_tag};

/// Delete a tag of a run. The answer has its value, and how to set it again.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteRunTag {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    run_id: String,
    key: String,
    /// What it was.
    previous_value: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for DeleteRunTag {
    const SPEC: Spec = Spec {
        name: "delete_run_tag",
        title: "Delete a tag of a run",
        toolset: Toolset::Logging,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        delete_tag(&cx.client, &self.run_id, &self.key).await?;
        let thing = [("run_id", self.run_id.as_str())];
        let undo = change.undo(&Calls { set: "set_run_tag", delete: "delete_run_tag", thing: &thing });
        let previous_value = change.before.unwrap_or_default();
        let Self { run_id, key } = self;
        Ok(Deleted { success: true, run_id, key, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl DeleteRunTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let run = living::run(cx, &self.run_id).await?;
        let known = Tagging::remove(living::named(&run.info), &run.data.tags, &self.key);
        known.ok_or_else(|| no_tag(&living::named(&run.info), &self.key, run.data.tags.keys()).into())
    }
}
