//! `delete_model_version_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::version_named;
use crate::mlflow::registry::change::delete_version_tag;
use crate::mlflow::registry::versions;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Calls, Tagging, no_tag};

/// Delete a tag of a model version. The answer has its value, and how to set it again.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteModelVersionTag {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
    /// The version.
    #[schemars(length(min = 1))]
    version: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    name: String,
    version: String,
    key: String,
    /// What it was.
    previous_value: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for DeleteModelVersionTag {
    const SPEC: Spec = Spec {
        name: "delete_model_version_tag",
        title: "Delete a tag of a model version",
        toolset: Toolset::Models,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        delete_version_tag(&cx.client, &self.name, &self.version, &self.key).await?;
        let thing = [("name", self.name.as_str()), ("version", &self.version)];
        let undo = change.undo(&Calls {
            set: "set_model_version_tag",
            delete: "delete_model_version_tag",
            thing: &thing,
        });
        let previous_value = change.before.unwrap_or_default();
        let Self { name, version, key } = self;
        Ok(Deleted { success: true, name, version, key, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl DeleteModelVersionTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let version = versions::get(&cx.client, &self.name, &self.version).await?;
        let of = version_named(&version);
        let known = Tagging::remove(of.clone(), &version.tags, &self.key);
        known.ok_or_else(|| no_tag(&of, &self.key, version.tags.keys()).into())
    }
}
