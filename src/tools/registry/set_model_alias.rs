//! `set_model_alias`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::mlflow::registry::{change, versions};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Tool};
use crate::tools::aliasing;

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
    /// The call that takes it back.
    undo: String,
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
        let previous_version = self.previous(cx).await?;
        let Self { name, alias, version } = self;
        change::set_alias(&cx.client, &name, &alias, &version).await?;
        let (set, delete) = ("set_model_alias", "delete_model_alias");
        let undo = aliasing::back(set, delete, &name, &alias, previous_version.as_deref());
        Ok(Named { success: true, name, alias, version, previous_version, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (previous, known) =
            zip(self.previous(cx), versions::get(&cx.client, &self.name, &self.version)).await;
        let (previous, known) = (previous?, known?);
        let (alias, name) = (quoted(&self.alias), quoted(&known.name));
        let before = aliasing::before(previous.as_deref(), &known.version);
        Ok(Some(format!(
            "Let alias {alias} of registered model {name} name version {}{before}.",
            known.version
        )))
    }
}

impl SetModelAlias {
    /// What the alias names now.
    async fn previous(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let model = missing::model(cx, &self.name).await?;
        Ok(model.aliases.into_iter().find(|known| known.alias == self.alias).map(|known| known.version))
    }
}
