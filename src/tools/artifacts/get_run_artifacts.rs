//! `get_run_artifacts`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing::{Found, look};
use crate::mlflow::artifacts::{self, FileInfo};
use crate::mlflow::page::Position;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Listing, Tool, ToolError, listing};

/// List the files and directories of a run's artifacts, one level.
///
/// Go deeper with the path of a directory. Models logged by MLflow 3 are not here but under the model ids in
/// get_run's outputs.
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
        let run_id = self.run_id.trim();
        let path = self.path.trim_matches('/');
        // MLflow sends the whole directory, so a page is ours: its token counts rows.
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let seen = from.row().ok_or_else(|| {
            ToolError::argument("argument \"page_token\" is not one that get_run_artifacts gave out")
        })?;
        let files = artifacts::list(&cx.client, run_id, path).await?;
        if files.is_empty() && !path.is_empty() {
            require_directory(cx, run_id, path).await?;
        }
        let rows = files.into_iter().skip(seen).map(|file| Artifact::of(run_id, file)).collect();
        Ok(Listing::of_page(rows, cx.budget, &Position::at(seen), None))
    }
}

async fn require_directory(cx: &Context<'_>, run_id: &str, path: &str) -> Result<(), Failure> {
    match look(cx, run_id, path).await? {
        Found::Directory => Ok(()),
        Found::Nothing(error) => Err(error.into()),
        Found::File => Err(ToolError::new(
            Kind::Argument,
            format!("argument \"path\" {path:?} is a file"),
            "get_artifact_content reads it.",
        )
        .into()),
    }
}

impl Artifact {
    fn of(run_id: &str, file: FileInfo) -> Self {
        Self {
            run_id: run_id.to_owned(),
            path: file.path,
            is_dir: file.is_dir,
            file_size: file.file_size.filter(|_| !file.is_dir),
        }
    }
}
