//! `set_prompt_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find;
use super::register_prompt::reserved;
use crate::mlflow::registry::change::set_model_tag;
use crate::mlflow::registry::prompts::is_reserved;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Calls, Tagging};

/// Set a tag of a prompt, replacing its value if it has one. set_model_version_tag sets one of a version.
#[derive(Deserialize, JsonSchema)]
pub struct SetPromptTag {
    /// The prompt.
    #[schemars(length(min = 1))]
    name: String,
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
    key: String,
    value: String,
    /// What it was; null where the prompt did not have it.
    #[schemars(extend("x-nullable" = true))]
    previous_value: Option<String>,
    /// The call that takes it back.
    undo: String,
}

impl Tool for SetPromptTag {
    const SPEC: Spec = Spec {
        name: "set_prompt_tag",
        title: "Tag a prompt",
        toolset: Toolset::Prompts,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        set_model_tag(&cx.client, &self.name, &self.key, &self.value).await?;
        let thing = [("name", self.name.as_str())];
        let undo = change.undo(&Calls { set: "set_prompt_tag", delete: "delete_prompt_tag", thing: &thing });
        let previous_value = change.before;
        let Self { name, key, value } = self;
        Ok(Tagged { success: true, name, key, value, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl SetPromptTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        if is_reserved(&self.key) {
            return Err(reserved(&self.key).into());
        }
        let prompt = find::prompt(cx, &self.name).await?;
        Ok(Tagging::set(find::named(&prompt), &prompt.tags, &self.key, &self.value))
    }
}
