//! `set_trace_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::existing;
use crate::mlflow::traces::change::{KEY_CHARACTERS, TAG_CHARACTERS, set_tag};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Calls, Tagging};

/// Set a tag of a trace, replacing its value if it has one.
#[derive(Deserialize, JsonSchema)]
pub struct SetTraceTag {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// The tag's name; mlflow.traceName is the trace's.
    #[schemars(length(min = 1))]
    key: String,
    /// Text, at most 8000 characters.
    value: String,
}

/// What was set.
#[derive(Serialize, JsonSchema)]
pub struct Tagged {
    success: bool,
    trace_id: String,
    key: String,
    value: String,
    /// What it was; null where the trace did not have it.
    #[schemars(extend("x-nullable" = true))]
    previous_value: Option<String>,
    /// The call that takes it back.
    undo: String,
}

impl Tool for SetTraceTag {
    const SPEC: Spec = Spec {
        name: "set_trace_tag",
        title: "Tag a trace",
        toolset: Toolset::Traces,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (trace_id, change) = self.change(cx).await?;
        set_tag(&cx.client, &trace_id, &self.key, &self.value).await?;
        let undo = change.undo(&calls(&[("trace_id", &trace_id)]));
        let previous_value = change.before;
        let Self { key, value, .. } = self;
        Ok(Tagged { success: true, trace_id, key, value, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.1.would()))
    }
}

impl SetTraceTag {
    /// What it changes, if MLflow takes it.
    async fn change(&self, cx: &Context<'_>) -> Result<(String, Tagging<'_>), Failure> {
        existing::free(&self.key)?;
        existing::within("key", &self.key, KEY_CHARACTERS)?;
        existing::within("value", &self.value, TAG_CHARACTERS)?;
        let info = existing::trace(cx, &self.trace_id).await?;
        let change = Tagging::set(existing::named(&info), &info.tags, &self.key, &self.value);
        Ok((info.trace_id, change))
    }
}

/// How calls name a trace and its tags.
pub(super) fn calls<'a>(thing: &'a [(&'a str, &'a str)]) -> Calls<'a> {
    Calls { set: "set_trace_tag", delete: "delete_trace_tag", thing }
}
