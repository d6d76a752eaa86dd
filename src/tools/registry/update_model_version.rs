//! `update_model_version`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::change::describe_version;
use crate::mlflow::registry::versions;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
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
    /// What it was.
    previous_description: String,
    /// The call that takes it back.
    undo: String,
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
        let Self { name, version, description } = self;
        let before = versions::get(&cx.client, &name, &version).await?;
        let now = describe_version(&cx.client, &name, &version, &description).await?;
        let previous_description = before.description;
        let undo = undo(
            "update_model_version",
            &[("name", &name), ("version", &version), ("description", &previous_description)],
        );
        Ok(Described {
            name: now.name,
            version: now.version,
            description: now.description,
            current_stage: now.current_stage,
            status: now.status,
            previous_description,
            undo,
        })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let before = versions::get(&cx.client, &self.name, &self.version).await?;
        Ok(Some(format!(
            "Replace the description of version {} of registered model {}, {}, by {}.",
            before.version,
            quoted(&before.name),
            quoted(&before.description),
            quoted(&self.description)
        )))
    }
}
