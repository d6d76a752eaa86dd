//! `delete_prompt_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find;
use super::register_prompt::reserved;
use crate::mlflow::registry::change::delete_model_tag;
use crate::mlflow::registry::prompts::is_reserved;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Calls, Tagging, no_tag};

/// Delete a tag of a prompt. The answer has its value, and how to set it again.
#[derive(Deserialize, JsonSchema)]
pub struct DeletePromptTag {
    /// The prompt.
    #[schemars(length(min = 1))]
    name: String,
    /// The tag's name.
    #[schemars(length(min = 1))]
    key: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    name: String,
    key: String,
    /// What it was.
    previous_value: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for DeletePromptTag {
    const SPEC: Spec = Spec {
        name: "delete_prompt_tag",
        title: "Delete a tag of a prompt",
        toolset: Toolset::Prompts,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        delete_model_tag(&cx.client, &self.name, &self.key).await?;
        let thing = [("name", self.name.as_str())];
        let undo = change.undo(&Calls { set: "set_prompt_tag", delete: "delete_prompt_tag", thing: &thing });
        let previous_value = change.before.unwrap_or_default();
        let Self { name, key } = self;
        Ok(Deleted { success: true, name, key, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl DeletePromptTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        if is_reserved(&self.key) {
            return Err(reserved(&self.key).into());
        }
        let mut prompt = find::prompt(cx, &self.name).await?;
        prompt.tags.retain(|key, _| !is_reserved(key));
        let of = find::named(&prompt);
        let known = Tagging::remove(of.clone(), &prompt.tags, &self.key);
        known.ok_or_else(|| no_tag(&of, &self.key, prompt.tags.keys()).into())
    }
}
