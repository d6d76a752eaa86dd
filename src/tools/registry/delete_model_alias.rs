//! `delete_model_alias`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::mlflow::registry::change;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
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
        let version = self.version(cx).await?;
        let Self { name, alias } = self;
        change::delete_alias(&cx.client, &name, &alias).await?;
        Ok(Deleted { success: true, name, alias, version })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let version = self.version(cx).await?;
        let (name, alias) = (quoted(&self.name), quoted(&self.alias));
        Ok(Some(format!(
            "Delete alias {alias} of registered model {name}, which names version {version}: what loads the model by it \
             will fail. set_model_alias sets it again."
        )))
    }
}

impl DeleteModelAlias {
    /// What the alias names: MLflow itself says yes to deleting one that is not there.
    async fn version(&self, cx: &Context<'_>) -> Result<String, Failure> {
        let model = missing::model(cx, &self.name).await?;
        match model.aliases.iter().find(|known| known.alias == self.alias) {
            Some(known) => Ok(known.version.clone()),
            None => Err(missing::no_alias(&self.name, &self.alias, &model.aliases).into()),
        }
    }
}
