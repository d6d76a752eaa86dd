//! `set_registered_model_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::mlflow::registry::change::set_model_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Tool};
use crate::tools::tagging::{Calls, Tagging};

/// Set a tag of a registered model, replacing its value if it has one.
#[derive(Deserialize, JsonSchema)]
pub struct SetRegisteredModelTag {
    /// The registered model.
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
    /// What it was; null where the model did not have it.
    #[schemars(extend("x-nullable" = true))]
    previous_value: Option<String>,
    /// The call that takes it back.
    undo: String,
}

impl Tool for SetRegisteredModelTag {
    const SPEC: Spec = Spec {
        name: "set_registered_model_tag",
        title: "Tag a registered model",
        toolset: Toolset::Core,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let change = self.change(cx).await?;
        set_model_tag(&cx.client, &self.name, &self.key, &self.value).await?;
        let thing = [("name", self.name.as_str())];
        let calls =
            Calls { set: "set_registered_model_tag", delete: "delete_registered_model_tag", thing: &thing };
        let undo = change.undo(&calls);
        let previous_value = change.before;
        let Self { name, key, value } = self;
        Ok(Tagged { success: true, name, key, value, previous_value, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(Some(self.change(cx).await?.would()))
    }
}

impl SetRegisteredModelTag {
    async fn change(&self, cx: &Context<'_>) -> Result<Tagging<'_>, Failure> {
        let model = missing::model(cx, &self.name).await?;
        let of = format!("registered model {}", quoted(&model.name));
        Ok(Tagging::set(of, &model.tags, &self.key, &self.value))
    }
}
