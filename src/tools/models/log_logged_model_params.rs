//! `log_logged_model_params`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::logged;
use crate::mlflow::logged_models::Info;
use crate::mlflow::logged_models::change::log_params;
use crate::mlflow::pairs::Tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::parameters;

/// Log parameters of a logged model. They are never changed: if one has another value already, nothing is logged.
#[derive(Deserialize, JsonSchema)]
pub struct LogLoggedModelParams {
    /// The logged model: m- and 32 hex digits.
    #[schemars(length(min = 1))]
    model_id: String,
    /// Texts by name, for instance {"lr": "0.001"}.
    params: BTreeMap<String, String>,
}

/// What was logged.
#[derive(Serialize, JsonSchema)]
pub struct Logged {
    success: bool,
    model_id: String,
    /// How many are new.
    logged: usize,
    /// How many it had with that value.
    unchanged: usize,
}

impl Tool for LogLoggedModelParams {
    const SPEC: Spec = Spec {
        name: "log_logged_model_params",
        title: "Log parameters of a logged model",
        toolset: Toolset::Models,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Logged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (_, new) = self.look(cx).await?;
        let (logged, unchanged) = (new.len(), self.params.len() - new.len());
        if logged > 0 {
            log_params(&cx.client, &self.model_id, &new).await?;
        }
        Ok(Logged { success: true, model_id: self.model_id, logged, unchanged })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (info, new) = self.look(cx).await?;
        Ok(Some(parameters::would(&logged::named(&info), new.len(), self.params.len())))
    }
}

impl LogLoggedModelParams {
    /// The model, and the parameters that it does not have yet.
    async fn look(&self, cx: &Context<'_>) -> Result<(Info, Vec<Tag<'_>>), Failure> {
        if self.params.is_empty() {
            return Err(ToolError::argument("argument \"params\" is empty; nothing was changed").into());
        }
        let model = logged::model(cx, &self.model_id).await?;
        let of = logged::named(&model.info);
        let new = parameters::new(&of, &model.data.params, &self.params, "Log it under another name.")?;
        Ok((model.info, new))
    }
}
