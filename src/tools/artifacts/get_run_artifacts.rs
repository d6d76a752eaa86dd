//! `get_run_artifacts`

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::{Place, models};
use crate::mlflow::artifacts::FileInfo;
use crate::mlflow::logged_models::Info;
use crate::mlflow::page::{Page, Position};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, ToolError, listing};

/// List the files and directories of a run's artifacts, one level.
///
/// Go deeper with the path of a directory. A model that MLflow 3 keeps beside its run is listed under the name it
/// was logged with, for instance model; the root shows models only if it has nothing else.
#[derive(Deserialize, JsonSchema)]
pub struct GetRunArtifacts {
    /// The run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
    /// A directory, from the run's root; the root if left out.
    #[serde(default)]
    path: String,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

/// A file or directory.
#[derive(Serialize, JsonSchema)]
pub struct Artifact {
    /// The run.
    pub run_id: String,
    /// From the run's root, as get_artifact_content wants it.
    pub path: String,
    /// Whether it can be listed further.
    pub is_dir: bool,
    /// In bytes; null for directories.
    #[schemars(extend("x-nullable" = true))]
    pub file_size: Option<i64>,
    /// The logged model that owns it (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
}

impl Tool for GetRunArtifacts {
    const SPEC: Spec = Spec {
        name: "get_run_artifacts",
        title: "List run artifacts",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<Artifact>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        // MLflow sends the whole directory, so a page is ours: its token counts rows.
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let seen = from.row().ok_or_else(|| {
            ToolError::argument("argument \"page_token\" is not one that get_run_artifacts gave out")
        })?;
        let mut place = Place::new(&self.run_id, &self.path)?;
        let files = place.list(cx).await?;
        let rows: Vec<Artifact> = if files.is_empty() && self.path.trim_matches('/').is_empty() {
            Artifact::of_models(&place, models(cx, place.run_id()).await?)
        } else {
            files.into_iter().map(|file| Artifact::of(&place, file)).collect()
        };
        let rows = rows.into_iter().skip(seen).collect();
        Ok(Listing::of_page(Page { rows, from: Position::at(seen), next: None }, cx.budget))
    }
}

impl Artifact {
    pub(super) fn of(place: &Place, file: FileInfo) -> Self {
        Self {
            run_id: place.run_id().to_owned(),
            path: place.shown(&file.path),
            is_dir: file.is_dir,
            file_size: file.file_size.filter(|_| !file.is_dir),
            model_id: place.model_id(),
        }
    }

    /// Each model as a directory under its name, or under its id where a newer one has the name.
    fn of_models(place: &Place, models: Vec<Info>) -> Vec<Self> {
        let mut names = BTreeSet::new();
        let row = |model: Info| Self {
            run_id: place.run_id().to_owned(),
            path: if names.insert(model.name.clone()) { model.name } else { model.model_id.clone() },
            is_dir: true,
            file_size: None,
            model_id: Some(model.model_id),
        };
        models.into_iter().map(row).collect()
    }
}
