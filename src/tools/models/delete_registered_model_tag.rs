//! `delete_registered_model_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::change::delete_model_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Tool};
use crate::tools::registry::missing;
use crate::tools::tagging::{Calls, Tagging, no_tag};

/// Delete a tag of a registered model. The answer has its value, and how to set it again.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteRegisteredModelTag {
    /// The registered model.
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

impl Tool for DeleteRegisteredModelTag {
    const SPEC: Spec = Spec {
        name: "delete_registered_model_tag",
        title: "Delete a tag of a registered model",
        toolset: Toolset::Models,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        delete_model_tag(&cx.client, &self.name, &self.key).await?;
        let thing = [("name", self.name.as_str())];
        let undo = change.undo(&Calls {
            set: "set_registered_model_tag",
            delete: "delete_registered_model_tag",
            thing: &thing,
        });
        let previous_value = change.before.unwrap_or_default();
        let Self { name, key } = self;
        Ok(Deleted { success: true, name, key, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl DeleteRegisteredModelTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let model = missing::model(cx, &self.name).await?;
        let of = format!("registered model {}", quoted(&model.name));
        let known = Tagging::remove(of.clone(), &model.tags, &self.key);
        known.ok_or_else(|| no_tag(&of, &self.key, model.tags.keys()).into())
    }
}
