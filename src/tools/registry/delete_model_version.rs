//! `delete_model_version`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::change;
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Delete a version of a registered model for good. Its run and its files stay.
///
/// A version that an alias names is not deleted: delete or move the alias first.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteModelVersion {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
    /// The version.
    #[schemars(length(min = 1))]
    version: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    name: String,
    version: String,
    /// Register this again to have the model back, under a new number.
    source: String,
}

impl Tool for DeleteModelVersion {
    const SPEC: Spec = Spec {
        name: "delete_model_version",
        title: "Delete a model version",
        toolset: Toolset::Core,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let known = self.known(cx).await?;
        let Self { name, version } = self;
        change::delete_version(&cx.client, &name, &version).await?;
        Ok(Deleted { success: true, name, version, source: known.source })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = self.known(cx).await?;
        let stage = match known.current_stage.as_str() {
            "" | "None" => String::new(),
            stage => format!(", which is in stage {stage}"),
        };
        Ok(Some(format!(
            "Delete version {} of registered model {}{stage}, for good. Its run and files stay: registering {} again \
             brings the model back under a new number.",
            known.version,
            quoted(&known.name),
            quoted(&known.source)
        )))
    }
}

impl DeleteModelVersion {
    /// The version, if nothing names it.
    async fn known(&self, cx: &Context<'_>) -> Result<ModelVersion, Failure> {
        let Self { name, version } = self;
        let known = versions::get(&cx.client, name, version).await?;
        if known.aliases.is_empty() {
            return Ok(known);
        }
        Err(ToolError::new(
            Kind::Refused,
            format!(
                "version {version} of {name:?} is named by the alias {}, and nothing was deleted",
                known.aliases.join(", ")
            ),
            "Move the alias with set_model_alias or remove it with delete_model_alias first.",
        )
        .into())
    }
}
