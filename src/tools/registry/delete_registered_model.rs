//! `delete_registered_model`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::mlflow::registry::change;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Delete a registered model with all its versions for good. Runs and files stay.
///
/// A model with aliases is not deleted: something may load it by them. Delete the aliases first.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteRegisteredModel {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    name: String,
}

impl Tool for DeleteRegisteredModel {
    const SPEC: Spec = Spec {
        name: "delete_registered_model",
        title: "Delete a registered model",
        toolset: Toolset::Core,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { name } = self;
        let known = missing::model(cx, &name).await?;
        if !known.aliases.is_empty() {
            let aliases = known.aliases.iter().map(|one| format!("{} (version {})", one.alias, one.version));
            return Err(ToolError::new(
                Kind::Refused,
                format!(
                    "registered model {name:?} is in use by alias {}, and nothing was deleted",
                    aliases.collect::<Vec<_>>().join(", ")
                ),
                "Remove the aliases with delete_model_alias first.",
            )
            .into());
        }
        change::delete_model(&cx.client, &name).await?;
        Ok(Deleted { success: true, name })
    }
}
