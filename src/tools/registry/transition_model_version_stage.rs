//! `transition_model_version_stage`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::filter;
use crate::mlflow::page::Position;
use crate::mlflow::registry::change::transition;
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Versions that are looked through for those that are archived along.
const LOOKED_AT: usize = 200_000;

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
    /// The versions that were archived.
    archived_versions: Vec<String>,
    /// The call that moves it back; versions that were archived stay so.
    undo: String,
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
        let (before, archived) = zip(self.before(cx), self.archived(cx)).await;
        let (before, archived_versions) = (before?, archived?);
        let Self { name, version, stage, archive_existing } = self;
        let now = transition(&cx.client, &name, &version, stage.name(), archive_existing).await?;
        let undo = undo(
            "transition_model_version_stage",
            &[("name", &name), ("version", &version), ("stage", &before.current_stage)],
        );
        Ok(Moved {
            name: now.name,
            version: now.version,
            current_stage: now.current_stage,
            status: now.status,
            previous_stage: before.current_stage,
            archived_versions,
            undo,
        })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (before, archived) = zip(self.before(cx), self.archived(cx)).await;
        let (before, archived) = (before?, archived?);
        let archived = match archived.as_slice() {
            [] => String::new(),
            versions => format!(" Version {}, which is there, is archived.", versions.join(", ")),
        };
        Ok(Some(format!(
            "Move version {} of registered model {} from stage {} to {}.{archived}",
            before.version,
            quoted(&before.name),
            before.current_stage,
            self.stage.name()
        )))
    }
}

impl TransitionModelVersionStage {
    async fn before(&self, cx: &Context<'_>) -> Result<ModelVersion, Failure> {
        Ok(versions::get(&cx.client, &self.name, &self.version).await?)
    }

    /// The other versions of that stage, if they are to be archived.
    async fn archived(&self, cx: &Context<'_>) -> Result<Vec<String>, Failure> {
        if !self.archive_existing {
            return Ok(Vec::new());
        }
        // MLflow's filters have no escape character for a name with both kinds of quotes.
        let Ok(name) = filter::string(&self.name) else {
            return Err(self.unknown("a name with both kinds of quotes"));
        };
        let filter = format!("name = {name}");
        let all = versions::page(&cx.client, &filter, LOOKED_AT, &Position::default()).await?;
        if all.next.is_some() {
            return Err(self.unknown("so many versions"));
        }
        let others = all.rows.into_iter().filter(|one| one.version != self.version);
        Ok(others.filter(|one| one.current_stage == self.stage.name()).map(|one| one.version).collect())
    }

    /// What would be archived cannot be told.
    fn unknown(&self, why: &str) -> Failure {
        let (name, stage) = (quoted(&self.name), self.stage.name());
        let message = format!(
            "which versions of {name} are in stage {stage} cannot be searched with {why}; nothing was changed"
        );
        let hint = "Leave archive_existing out, and move those versions one by one.";
        ToolError::new(Kind::Refused, message, hint).into()
    }
}
