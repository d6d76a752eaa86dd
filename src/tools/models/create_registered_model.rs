//! `create_registered_model`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::taken;
use crate::mlflow::pairs;
use crate::mlflow::registry::change::create_model;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};

/// Create a registered model without versions; register_model adds them, and creates the model if need be.
#[derive(Deserialize, JsonSchema)]
pub struct CreateRegisteredModel {
    /// Its name; unique.
    #[schemars(length(min = 1))]
    name: String,
    /// Markdown.
    #[serde(default)]
    description: String,
    /// Its tags, for instance {"task": "churn"}.
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// What was created.
#[derive(Serialize, JsonSchema)]
pub struct Created {
    success: bool,
    name: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for CreateRegisteredModel {
    const SPEC: Spec = Spec {
        name: "create_registered_model",
        title: "Create a registered model",
        toolset: Toolset::Models,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Created;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        taken::by_none(cx, &self.name).await?;
        let Self { name, description, tags } = self;
        create_model(&cx.client, &name, &description, &pairs::tags(&tags)).await?;
        let undo = undo("delete_registered_model", &[("name", &name)]);
        Ok(Created { success: true, name, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        taken::by_none(cx, &self.name).await?;
        let tags = counted(self.tags.len(), false, "tag");
        Ok(Some(format!("Create a registered model named {} with {tags}.", quoted(&self.name))))
    }
}
