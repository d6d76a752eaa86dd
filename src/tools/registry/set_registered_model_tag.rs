//! `set_registered_model_tag`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::change::set_model_tag;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

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
        let Self { name, key, value } = self;
        set_model_tag(&cx.client, &name, &key, &value).await?;
        Ok(Tagged { success: true, name, key, value })
    }
}
