//! `get_registered_model`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::missing;
use super::model::ModelRecord;
use super::version::VersionRecord;
use crate::mlflow::registry::models::RegisteredModel;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Budget, Context, Failure, Tool};

/// Get a registered model: description, tags, aliases, and the newest version of each stage.
///
/// get_model_versions lists all versions.
#[derive(Deserialize, JsonSchema)]
pub struct GetRegisteredModel {
    /// The registered model's name.
    #[schemars(length(min = 1))]
    name: String,
}

/// A registered model with its newest versions.
#[derive(Serialize, JsonSchema)]
pub struct WholeModel {
    /// What it has in lists.
    #[serde(flatten)]
    pub model: ModelRecord,
    /// The newest version of each stage, each as in get_model_versions, whose schema has its members.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    pub latest_versions: Vec<VersionRecord>,
}

impl Tool for GetRegisteredModel {
    const SPEC: Spec = Spec {
        name: "get_registered_model",
        title: "Get a registered model",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = WholeModel;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        Ok(WholeModel::of(missing::model(cx, &self.name).await?, cx.budget))
    }
}

impl WholeModel {
    /// The model in at most that many characters, at least half of them for itself.
    fn of(model: RegisteredModel, budget: Budget) -> Self {
        let share = budget.share(2 * model.latest_versions.len());
        let latest_versions: Vec<VersionRecord> = model
            .latest_versions
            .iter()
            .map(|version| VersionRecord::named(version.clone(), &model.aliases).within(share))
            .collect();
        let left = budget.minus(size(&latest_versions));
        Self { model: ModelRecord::from(model).within(left), latest_versions }
    }
}
