//! `get_latest_versions`

use schemars::JsonSchema;
use serde::Deserialize;

use super::missing;
use super::version::VersionRecord;
use crate::mlflow::registry::versions::ModelVersion;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool};

/// Get the newest version of a registered model in each stage, or in some stages.
///
/// MLflow has deprecated stages: prefer aliases (get_model_version_by_alias, with "latest" for the newest version).
#[derive(Deserialize, JsonSchema)]
pub struct GetLatestVersions {
    /// The registered model's name.
    #[schemars(length(min = 1))]
    name: String,
    /// All if left out.
    #[serde(default)]
    stages: Vec<Stage>,
}

/// A stage; the names are fixed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
enum Stage {
    None,
    Staging,
    Production,
    Archived,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Staging => "Staging",
            Self::Production => "Production",
            Self::Archived => "Archived",
        }
    }
}

impl Tool for GetLatestVersions {
    const SPEC: Spec = Spec {
        name: "get_latest_versions",
        title: "Get latest versions by stage",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<VersionRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        // The model has them and their aliases, which get-latest-versions of older servers leaves out.
        let model = missing::model(cx, &self.name).await?;
        let asked = |stage: &str| self.stages.is_empty() || self.stages.iter().any(|one| one.name() == stage);
        let versions = model.latest_versions.iter().filter(|version| asked(&version.current_stage));
        // There is one of each stage at most, so each has its share and none is left out.
        let share = cx.budget.share(4);
        let record =
            |version: &ModelVersion| VersionRecord::named(version.clone(), &model.aliases).within(share);
        let mut list = Listing::complete(versions.map(record).collect::<Vec<_>>());
        list.note = Some(note(&list.result).to_owned());
        Ok(list)
    }
}

fn note(found: &[VersionRecord]) -> &'static str {
    if found.is_empty() {
        "The model has no version in these stages. MLflow has deprecated stages: get_model_versions lists all \
         versions with their aliases."
    } else {
        "MLflow has deprecated stages: aliases take their place (get_model_version_by_alias, set_model_alias)."
    }
}
