//! `update_registered_model`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::change::describe_model;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};
use crate::tools::registry::missing;

/// Replace the description of a registered model.
#[derive(Deserialize, JsonSchema)]
pub struct UpdateRegisteredModel {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
    /// The new text, Markdown; empty to clear it.
    description: String,
}

/// The model as it is now.
#[derive(Serialize, JsonSchema)]
pub struct Described {
    success: bool,
    name: String,
    description: String,
    /// What it was.
    previous_description: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for UpdateRegisteredModel {
    const SPEC: Spec = Spec {
        name: "update_registered_model",
        title: "Describe a registered model",
        toolset: Toolset::Models,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Described;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let previous_description = missing::model(cx, &self.name).await?.description;
        let Self { name, description } = self;
        describe_model(&cx.client, &name, &description).await?;
        let undo =
            undo("update_registered_model", &[("name", &name), ("description", &previous_description)]);
        Ok(Described { success: true, name, description, previous_description, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = missing::model(cx, &self.name).await?;
        Ok(Some(format!(
            "Replace the description of registered model {}, {}, by {}.",
            quoted(&known.name),
            quoted(&known.description),
            quoted(&self.description)
        )))
    }
}
