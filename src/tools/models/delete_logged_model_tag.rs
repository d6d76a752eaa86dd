//! `delete_logged_model_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::logged;
use crate::mlflow::logged_models::change::delete_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Tagging, no_tag};

/// Delete a tag of a logged model. The answer has its value, so that it can be set again.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteLoggedModelTag {
    /// The logged model: m- and 32 hex digits.
    #[schemars(length(min = 1))]
    model_id: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    model_id: String,
    key: String,
    /// What it was; set_logged_model_tags sets it again.
    previous_value: String,
}

impl Tool for DeleteLoggedModelTag {
    const SPEC: Spec = Spec {
        name: "delete_logged_model_tag",
        title: "Delete a tag of a logged model",
        toolset: Toolset::Models,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        delete_tag(&cx.client, &self.model_id, &self.key).await?;
        let previous_value = change.before.unwrap_or_default();
        let Self { model_id, key } = self;
        Ok(Deleted { success: true, model_id, key, previous_value })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl DeleteLoggedModelTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let info = logged::model(cx, &self.model_id).await?.info;
        let known = Tagging::remove(logged::named(&info), &info.tags, &self.key);
        known.ok_or_else(|| no_tag(&logged::named(&info), &self.key, info.tags.keys()).into())
    }
}
