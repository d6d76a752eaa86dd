//! `get_model_version_by_alias`

use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use super::version::VersionRecord;
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Get the version of a registered model that an alias names, for instance champion.
#[derive(Deserialize, JsonSchema)]
pub struct GetModelVersionByAlias {
    /// The registered model's name.
    #[schemars(length(min = 1))]
    name: String,
    /// The alias; "latest" is always the newest version.
    #[schemars(length(min = 1))]
    alias: String,
}

/// The version, and the alias that led to it.
#[derive(Serialize, JsonSchema)]
pub struct Aliased {
    /// As it was asked for.
    pub alias: String,
    /// The version.
    #[serde(flatten)]
    pub version: VersionRecord,
}

impl Tool for GetModelVersionByAlias {
    const SPEC: Spec = Spec {
        name: "get_model_version_by_alias",
        title: "Get a model version by alias",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Aliased;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let version = VersionRecord::from(self.find(cx).await?).within(cx.budget);
        Ok(Aliased { alias: self.alias, version })
    }
}

impl GetModelVersionByAlias {
    async fn find(&self, cx: &Context<'_>) -> Result<ModelVersion, Failure> {
        let alias = self.alias.trim();
        let error = match versions::by_alias(&cx.client, &self.name, alias).await {
            Ok(version) => return Ok(version),
            Err(error) => error,
        };
        // MLflow calls an unknown alias a bad parameter.
        if error.is_missing() || error.status() == Some(StatusCode::BAD_REQUEST) {
            let model = missing::model(cx, &self.name).await?;
            if !model.aliases.iter().any(|known| known.alias == alias) {
                return Err(missing::no_alias(&self.name, alias, &model.aliases).into());
            }
        }
        Err(error.into())
    }
}
