//! `delete_trace_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::existing;
use super::set_trace_tag::calls;
use crate::mlflow::traces::change::delete_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Tagging, no_tag};

/// Remove a tag of a trace. The answer says what it was.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteTraceTag {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
}

/// What was removed.
#[derive(Serialize, JsonSchema)]
pub struct Untagged {
    success: bool,
    trace_id: String,
    key: String,
    /// What it was.
    previous_value: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for DeleteTraceTag {
    const SPEC: Spec = Spec {
        name: "delete_trace_tag",
        title: "Remove a trace's tag",
        toolset: Toolset::Traces,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Untagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (trace_id, change) = self.change(cx).await?;
        delete_tag(&cx.client, &trace_id, &self.key).await?;
        let undo = change.undo(&calls(&[("trace_id", &trace_id)]));
        let previous_value = change.before.unwrap_or_default();
        Ok(Untagged { success: true, trace_id, key: self.key, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.1.would()))
    }
}

impl DeleteTraceTag {
    /// What it changes, if there is such a tag.
    async fn change(&self, cx: &Context<'_>) -> Result<(String, Tagging<'_>), Failure> {
        existing::free(&self.key)?;
        let info = existing::trace(cx, &self.trace_id).await?;
        let of = existing::named(&info);
        match Tagging::remove(of.clone(), &info.tags, &self.key) {
            Some(change) => Ok((info.trace_id, change)),
            None => Err(no_tag(&of, &self.key, info.tags.keys()).into()),
        }
    }
}
