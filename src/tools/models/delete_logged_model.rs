//! `delete_logged_model`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::logged;
use crate::mlflow::logged_models::change::delete;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Delete a logged model. Its files stay; MLflow has no call that brings it back.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteLoggedModel {
    /// The logged model: m- and 32 hex digits.
    #[schemars(length(min = 1))]
    model_id: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    model_id: String,
    /// Where its files are.
    artifact_uri: String,
}

impl Tool for DeleteLoggedModel {
    const SPEC: Spec = Spec {
        name: "delete_logged_model",
        title: "Delete a logged model",
        toolset: Toolset::Models,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let artifact_uri = logged::model(cx, &self.model_id).await?.info.artifact_uri;
        let Self { model_id } = self;
        delete(&cx.client, &model_id).await?;
        Ok(Deleted { success: true, model_id, artifact_uri })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let info = logged::model(cx, &self.model_id).await?.info;
        let named = logged::named(&info);
        Ok(Some(format!(
            "Delete {named} for good: this cannot be undone. Its files stay in {}.",
            info.artifact_uri
        )))
    }
}
