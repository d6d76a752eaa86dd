//! `set_model_alias`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::mlflow::registry::change;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Let an alias such as champion name a version of a registered model. It names one version: the answer says
/// which one had it before.
#[derive(Deserialize, JsonSchema)]
pub struct SetModelAlias {
    /// The registered model.
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
}

impl Tool for SetModelAlias {
    const SPEC: Spec = Spec {
        name: "set_model_alias",
        title: "Set a model alias",
        toolset: Toolset::Core,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Named;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { name, alias, version } = self;
        let model = missing::model(cx, &name).await?;
        let previous = model.aliases.into_iter().find(|known| known.alias == alias);
        change::set_alias(&cx.client, &name, &alias, &version).await?;
        let previous_version = previous.map(|known| known.version);
        Ok(Named { success: true, name, alias, version, previous_version })
    }
}
