//! `get_logged_model`

use schemars::JsonSchema;
use serde::Deserialize;

use super::missing::explain;
use super::record::LoggedModelRecord;
use crate::mlflow::logged_models;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Get a logged model (MLflow 3): params, metrics by data set, tags, source run, registered versions.
#[derive(Deserialize, JsonSchema)]
pub struct GetLoggedModel {
    /// m- and 32 hex digits, as in get_run's outputs or search_logged_models.
    #[schemars(length(min = 1))]
    model_id: String,
}

impl Tool for GetLoggedModel {
    const SPEC: Spec = Spec {
        name: "get_logged_model",
        title: "Get a logged model",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = LoggedModelRecord;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let id = self.id()?;
        match logged_models::get(&cx.client, id).await {
            Ok(model) => Ok(LoggedModelRecord::from(model).within(cx.budget)),
            Err(error) if error.is_missing() => Err(ToolError::new(
                Kind::NotFound,
                format!("RESOURCE_DOES_NOT_EXIST: there is no logged model {id:?}, or it was deleted"),
                "search_logged_models lists those of an experiment, get_run those that a run logged.",
            )
            .into()),
            Err(error) => Err(explain(cx, error)),
        }
    }
}

impl GetLoggedModel {
    /// The id, also of the form in which versions name it.
    fn id(&self) -> Result<&str, ToolError> {
        let id = self.model_id.trim();
        let id = id.strip_prefix("models:/").unwrap_or(id);
        if id.starts_with("m-") && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Ok(id);
        }
        Err(ToolError::new(
            Kind::Argument,
            format!("argument \"model_id\" must be m- and 32 hex digits, not {id:?}"),
            "search_logged_models finds a logged model by name; get_registered_model shows a registered one.",
        ))
    }
}
