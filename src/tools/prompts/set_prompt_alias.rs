//! `set_prompt_alias`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find::{self, Which};
use crate::mlflow::registry::change;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Tool};
use crate::tools::aliasing;

/// Let an alias such as production name a version of a prompt. It names one version: the answer says which one
/// had it before.
#[derive(Deserialize, JsonSchema)]
pub struct SetPromptAlias {
    /// The prompt.
    #[schemars(length(min = 1))]
    name: String,
    /// The alias; `latest` and `v1`, `v2`... are reserved.
    #[schemars(length(min = 1))]
    alias: String,
    /// The version.
    #[schemars(length(min = 1))]
    version: String,
}

/// What names what.
#[derive(Serialize, JsonSchema)]
pub struct Named {
    success: bool,
    name: String,
    alias: String,
    version: String,
    /// Which version had the alias before.
    #[schemars(extend("x-nullable" = true))]
    previous_version: Option<String>,
    /// The call that takes it back.
    undo: String,
}

impl Tool for SetPromptAlias {
    const SPEC: Spec = Spec {
        name: "set_prompt_alias",
        title: "Set a prompt alias",
        toolset: Toolset::Prompts,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Named;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let previous_version = self.previous(cx).await?;
        let Self { name, alias, version } = self;
        change::set_alias(&cx.client, &name, &alias, &version).await?;
        let (set, delete) = ("set_prompt_alias", "delete_prompt_alias");
        let undo = aliasing::back(set, delete, &name, &alias, previous_version.as_deref());
        Ok(Named { success: true, name, alias, version, previous_version, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let before = aliasing::before(self.previous(cx).await?.as_deref(), &self.version);
        let (alias, name) = (quoted(&self.alias), quoted(&self.name));
        Ok(Some(format!("Let alias {alias} of prompt {name} name version {}{before}.", self.version)))
    }
}

impl SetPromptAlias {
    /// What the alias names now.
    async fn previous(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let prompt = find::prompt(cx, &self.name).await?;
        find::version(cx, &prompt, Which::Version(&self.version)).await?;
        Ok(prompt.aliases.into_iter().find(|known| known.alias == self.alias).map(|known| known.version))
    }
}
