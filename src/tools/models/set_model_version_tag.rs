//! `set_model_version_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::version_named;
use crate::mlflow::registry::change::set_version_tag;
use crate::mlflow::registry::versions;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Calls, Tagging};

/// Set a tag of a model version, replacing its value if it has one.
#[derive(Deserialize, JsonSchema)]
pub struct SetModelVersionTag {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
    /// The version.
    #[schemars(length(min = 1))]
    version: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
    /// Text.
    value: String,
}

/// What was set.
#[derive(Serialize, JsonSchema)]
pub struct Tagged {
    success: bool,
    name: String,
    version: String,
    key: String,
    value: String,
    /// What it was; null where the version did not have it.
    #[schemars(extend("x-nullable" = true))]
    previous_value: Option<String>,
    /// The call that takes it back.
    undo: String,
}

impl Tool for SetModelVersionTag {
    const SPEC: Spec = Spec {
        name: "set_model_version_tag",
        title: "Tag a model version",
        toolset: Toolset::Models,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        let Self { name, version, key, value } = &self;
        set_version_tag(&cx.client, name, version, key, value).await?;
        let thing = [("name", name.as_str()), ("version", version)];
        let calls = Calls { set: "set_model_version_tag", delete: "delete_model_version_tag", thing: &thing };
        let undo = change.undo(&calls);
        let previous_value = change.before;
        let Self { name, version, key, value } = self;
        Ok(Tagged { success: true, name, version, key, value, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl SetModelVersionTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let known = versions::get(&cx.client, &self.name, &self.version).await?;
        Ok(Tagging::set(version_named(&known), &known.tags, &self.key, &self.value))
    }
}
