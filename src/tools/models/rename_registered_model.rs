//! `rename_registered_model`

use futures_lite::future::try_zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::taken;
use crate::mlflow::registry::change::rename_model;
use crate::mlflow::registry::models::RegisteredModel;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};
use crate::tools::registry::missing;

/// Give a registered model another name. What loads it by the old one will fail.
#[derive(Deserialize, JsonSchema)]
pub struct RenameRegisteredModel {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
    /// Its new name; unique.
    #[schemars(length(min = 1))]
    new_name: String,
}

/// What it is called now.
#[derive(Serialize, JsonSchema)]
pub struct Renamed {
    success: bool,
    name: String,
    previous_name: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RenameRegisteredModel {
    const SPEC: Spec = Spec {
        name: "rename_registered_model",
        title: "Rename a registered model",
        toolset: Toolset::Models,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Renamed;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        self.known(cx).await?;
        let Self { name, new_name } = self;
        rename_model(&cx.client, &name, &new_name).await?;
        let undo = undo("rename_registered_model", &[("name", &new_name), ("new_name", &name)]);
        Ok(Renamed { success: true, name: new_name, previous_name: name, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = self.known(cx).await?;
        let aliases = known.aliases.iter().map(|one| quoted(&one.alias)).collect::<Vec<_>>().join(", ");
        let loaded = match known.aliases.len() {
            0 => String::new(),
            _ => format!(" What loads it as {aliases} of the old name will fail."),
        };
        let (name, new_name) = (quoted(&known.name), quoted(&self.new_name));
        Ok(Some(format!("Rename registered model {name} to {new_name}.{loaded}")))
    }
}

impl RenameRegisteredModel {
    /// The model, if it can have that name.
    async fn known(&self, cx: &Context<'_>) -> Result<RegisteredModel, Failure> {
        let (known, ()) = try_zip(missing::model(cx, &self.name), taken::by_none(cx, &self.new_name)).await?;
        Ok(known)
    }
}
