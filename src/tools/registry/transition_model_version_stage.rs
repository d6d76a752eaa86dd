//! `transition_model_version_stage`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::registry::change::transition;
use crate::mlflow::registry::versions;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Move a model version to a stage. MLflow replaces stages by aliases: prefer set_model_alias.
#[derive(Deserialize, JsonSchema)]
pub struct TransitionModelVersionStage {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
    /// The version.
    #[schemars(length(min = 1))]
    version: String,
    /// Where to.
    stage: Stage,
    /// Archive the other versions of that stage, too (default false).
    #[serde(default)]
    archive_existing: bool,
}

/// The stages that MLflow knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Stage {
    /// No stage.
    None,
    /// To be tried.
    Staging,
    /// In use.
    Production,
    /// No longer in use.
    Archived,
}

/// The version as it is now.
#[derive(Serialize, JsonSchema)]
pub struct Moved {
    name: String,
    version: String,
    current_stage: String,
    status: String,
    /// Where it was.
    previous_stage: String,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Staging => "Staging",
            Self::Production => "Production",
            Self::Archived => "Archived",
        }
    }
}

impl Tool for TransitionModelVersionStage {
    const SPEC: Spec = Spec {
        name: "transition_model_version_stage",
        title: "Move a model version to a stage",
        toolset: Toolset::Core,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Moved;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { name, version, stage, archive_existing } = self;
        let before = versions::get(&cx.client, &name, &version).await?;
        let now = transition(&cx.client, &name, &version, stage.name(), archive_existing).await?;
        Ok(Moved {
            name: now.name,
            version: now.version,
            current_stage: now.current_stage,
            status: now.status,
            previous_stage: before.current_stage,
        })
    }
}
