//! `delete_model_alias`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::models::Alias;
use crate::mlflow::registry::{change, models};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

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
        let model = models::get(&cx.client, &name).await?;
        // MLflow itself says yes to an alias that is not there.
        let Some(known) = model.aliases.iter().find(|known| known.alias == alias) else {
            return Err(missing(&name, &alias, &model.aliases).into());
        };
        change::delete_alias(&cx.client, &name, &alias).await?;
        Ok(Deleted { success: true, name, alias, version: known.version.clone() })
    }
}

fn missing(name: &str, alias: &str, aliases: &[Alias]) -> ToolError {
    let hint = if aliases.is_empty() {
        "It has no aliases.".to_owned()
    } else {
        let named = aliases.iter().map(|one| format!("{} (version {})", one.alias, one.version));
        format!("It has: {}.", named.collect::<Vec<_>>().join(", "))
    };
    ToolError::new(Kind::NotFound, format!("registered model {name:?} has no alias {alias:?}"), hint)
}
