//! `update_model_version`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::change::describe_version;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Replace the description of a model version.
#[derive(Deserialize, JsonSchema)]
pub struct UpdateModelVersion {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
    /// The version.
    #[schemars(length(min = 1))]
    version: String,
    /// The new text, Markdown; empty to clear it.
    description: String,
}

/// The version as it is now.
#[derive(Serialize, JsonSchema)]
pub struct Described {
    name: String,
    version: String,
    description: String,
    current_stage: String,
    status: String,
}

impl Tool for UpdateModelVersion {
    const SPEC: Spec = Spec {
        name: "update_model_version",
        title: "Describe a model version",
        toolset: Toolset::Core,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Described;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let now = describe_version(&cx.client, &self.name, &self.version, &self.description).await?;
        Ok(Described {
            name: now.name,
            version: now.version,
            description: now.description,
            current_stage: now.current_stage,
            status: now.status,
        })
    }
}
