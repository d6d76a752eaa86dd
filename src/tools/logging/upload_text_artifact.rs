//! `upload_text_artifact`

use futures_lite::future::try_zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::artifacts::{self, FileInfo, Owner};
use crate::mlflow::runs::RunInfo;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};
use crate::tools::artifacts::path::leads_out;
use crate::tools::runs::living;

/// The largest file that MLflow takes by this way, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;

/// Write a text file among the artifacts of a run.
#[derive(Deserialize, JsonSchema)]
pub struct UploadTextArtifact {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Where, for instance reports/summary.md.
    #[schemars(length(min = 1))]
    path: String,
    /// The text, at most 10 MB.
    text: String,
    /// Replace a file that is there; without, that is an error (default false).
    #[serde(default)]
    overwrite: bool,
}

/// What was written.
#[derive(Serialize, JsonSchema)]
pub struct Written {
    success: bool,
    run_id: String,
    path: String,
    size_bytes: usize,
    /// Whether a file was replaced: what was in it is gone.
    replaced: bool,
}

impl Tool for UploadTextArtifact {
    const SPEC: Spec = Spec {
        name: "upload_text_artifact",
        title: "Upload a text",
        toolset: Toolset::Logging,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Written;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let replaced = self.look(cx).await?.1.is_some();
        let Self { run_id, path, text, .. } = self;
        let size_bytes = text.len();
        artifacts::write(&cx.client, &run_id, &path, text.into_bytes()).await?;
        Ok(Written { success: true, run_id, path, size_bytes, replaced })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (run, known) = self.look(cx).await?;
        let replaces = match known {
            None => String::new(),
            Some(file) => match file.file_size {
                Some(size) => format!(" in place of the {size} bytes that are there, which are lost"),
                None => " in place of the file that is there, which is lost".to_owned(),
            },
        };
        let (size, path) = (self.text.len(), quoted(&self.path));
        Ok(Some(format!("Write {size} bytes to {path} of {}{replaces}.", living::named(&run))))
    }
}

impl UploadTextArtifact {
    /// The run, and the file that is in that place.
    async fn look(&self, cx: &Context<'_>) -> Result<(RunInfo, Option<FileInfo>), Failure> {
        let path = self.path.as_str();
        if leads_out(path) || path.split('/').any(str::is_empty) {
            return Err(ToolError::argument(format!(
                "argument \"path\" is {path:?}, which is no path below a run's artifacts such as reports/summary.md; \
                 nothing was written"
            ))
            .into());
        }
        if self.text.is_empty() {
            let message = "argument \"text\" is empty, and MLflow takes no empty file; nothing was written";
            return Err(ToolError::argument(message).into());
        }
        if self.text.len() > LARGEST {
            return Err(ToolError::argument(format!(
                "argument \"text\" has {} bytes, and MLflow takes {LARGEST}; nothing was written",
                self.text.len()
            ))
            .into());
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (run, files) = try_zip(living::run(cx, &self.run_id), async {
            Ok(artifacts::list(&cx.client, Owner::Run(&self.run_id), folder).await?)
        })
        .await?;
        let known = files.into_iter().find(|file| file.path == path);
        let refused = match &known {
            Some(file) if file.is_dir => "is a directory",
            Some(_) if !self.overwrite => "is there already",
            _ => return Ok((run.info, known)),
        };
        let message = format!("{path:?} of {} {refused}; nothing was written", living::named(&run.info));
        Err(ToolError::new(
            Kind::Refused,
            message,
            "Choose another path, or overwrite a file with overwrite: true.",
        )
        .into())
    }
}
