//! `delete_prompt_alias`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find;
use crate::mlflow::registry::change;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};

/// Delete an alias of a prompt. The version that it names stays.
#[derive(Deserialize, JsonSchema)]
pub struct DeletePromptAlias {
    /// The prompt.
    #[schemars(length(min = 1))]
    name: String,
    /// The alias.
    #[schemars(length(min = 1))]
    alias: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    name: String,
    alias: String,
    /// What it named.
    version: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for DeletePromptAlias {
    const SPEC: Spec = Spec {
        name: "delete_prompt_alias",
        title: "Delete a prompt alias",
        toolset: Toolset::Prompts,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let version = self.version(cx).await?;
        let Self { name, alias } = self;
        change::delete_alias(&cx.client, &name, &alias).await?;
        let undo = undo("set_prompt_alias", &[("name", &name), ("alias", &alias), ("version", &version)]);
        Ok(Deleted { success: true, name, alias, version, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let version = self.version(cx).await?;
        let (name, alias) = (quoted(&self.name), quoted(&self.alias));
        Ok(Some(format!(
            "Delete alias {alias} of prompt {name}, which names version {version}: what loads the prompt by it will \
             fail. set_prompt_alias sets it again."
        )))
    }
}

impl DeletePromptAlias {
    /// What the alias names: MLflow itself says yes to deleting one that is not there.
    async fn version(&self, cx: &Context<'_>) -> Result<String, Failure> {
        let prompt = find::prompt(cx, &self.name).await?;
        Ok(find::named_by(&prompt, &self.alias)?.to_owned())
    }
}
