//! `finalize_logged_model`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::logged;
use crate::mlflow::logged_models::change::finalize;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// How a logged model can come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// It can be used.
    #[default]
    Ready,
    /// Its files are not all there.
    Failed,
}

/// Say how a logged model came out, once its files are written.
#[derive(Deserialize, JsonSchema)]
pub struct FinalizeLoggedModel {
    /// The logged model: m- and 32 hex digits.
    #[schemars(length(min = 1))]
    model_id: String,
    /// How (default READY).
    #[serde(default)]
    status: Outcome,
}

/// How it stands.
#[derive(Serialize, JsonSchema)]
pub struct Finalized {
    success: bool,
    model_id: String,
    status: String,
    previous_status: String,
}

impl Tool for FinalizeLoggedModel {
    const SPEC: Spec = Spec {
        name: "finalize_logged_model",
        title: "Finalize a logged model",
        toolset: Toolset::Models,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Finalized;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let previous_status = logged::model(cx, &self.model_id).await?.info.status;
        let Self { model_id, status } = self;
        finalize(&cx.client, &model_id, status.name()).await?;
        Ok(Finalized { success: true, model_id, status: status.name().to_owned(), previous_status })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let info = logged::model(cx, &self.model_id).await?.info;
        let named = logged::named(&info);
        Ok(Some(format!("Finalize {named} as {}; it is {} now.", self.status.name(), info.status)))
    }
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Ready => "LOGGED_MODEL_READY",
            Self::Failed => "LOGGED_MODEL_UPLOAD_FAILED",
        }
    }
}
