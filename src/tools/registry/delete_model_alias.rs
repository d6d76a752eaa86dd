//! `delete_model_alias`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::mlflow::registry::change;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Delete an alias of a registered model. The version that it names stays.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteModelAlias {
    /// The registered model.
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
    /// What it named; set_model_alias sets it again.
    version: String,
}

impl Tool for DeleteModelAlias {
    const SPEC: Spec = Spec {
        name: "delete_model_alias",
        title: "Delete a model alias",
        toolset: Toolset::Core,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { name, alias } = self;
        let model = missing::model(cx, &name).await?;
        // MLflow itself says yes to an alias that is not there.
        let Some(known) = model.aliases.iter().find(|known| known.alias == alias) else {
            return Err(missing::no_alias(&name, &alias, &model.aliases).into());
        };
        change::delete_alias(&cx.client, &name, &alias).await?;
        Ok(Deleted { success: true, name, alias, version: known.version.clone() })
    }
}
