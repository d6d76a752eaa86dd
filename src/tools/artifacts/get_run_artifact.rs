//! `get_run_artifact`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::content::{Content, decode, picture};
use super::get_run_artifacts::Artifact;
use super::place::{Opened, Place};
use crate::mlflow::artifacts::Part;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::uri::Uri;

/// How much of a file is shown, in bytes.
const PREVIEW: u64 = 2_000;

/// See what an artifact of a run is: size, type, resource URI and the first lines of a text; of a directory its files.
///
/// get_artifact_content reads the whole file, or any part of it.
#[derive(Deserialize, JsonSchema)]
pub struct GetRunArtifact {
    /// The run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
    /// From the run's root, for instance plots/loss.png or model/MLmodel.
    #[schemars(length(min = 1))]
    artifact_path: String,
}

/// A file or directory.
#[derive(Serialize, JsonSchema)]
pub struct About {
    /// The run.
    pub run_id: String,
    /// From the run's root.
    pub artifact_path: String,
    /// The logged model that owns it (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// Whether it is a directory; then only `files` and `note` follow.
    pub is_dir: bool,
    /// Of the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// As MLflow guesses it from the name, or as its first bytes say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The resource that holds the file, for resources/read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The beginning, if it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// What is in the directory.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Artifact>,
    /// Whether `preview` or `files` is not all.
    pub truncated: bool,
    /// How to go on.
    pub note: String,
}

impl Tool for GetRunArtifact {
    const SPEC: Spec = Spec {
        name: "get_run_artifact",
        title: "Describe artifact",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = About;

    async fn call(self, cx: &Context<'_>) -> Result<About, Failure> {
        let mut place = Place::new(&self.run_id, &self.artifact_path)?;
        let about = About {
            run_id: place.run_id().to_owned(),
            artifact_path: self.artifact_path.trim_matches('/').to_owned(),
            model_id: None,
            is_dir: false,
            size_bytes: None,
            media_type: None,
            uri: None,
            preview: None,
            files: Vec::new(),
            truncated: false,
            note: String::new(),
        };
        match place.open(cx, 0, PREVIEW).await? {
            Opened::File(part) => Ok(About { model_id: place.model_id(), ..about.file(&part) }),
            Opened::Directory => about.directory(cx, &mut place).await,
        }
    }
}

impl About {
    fn file(self, part: &Part) -> Self {
        let whole = part.bytes.len() as u64 >= part.total;
        let uri = Uri::Artifact { run_id: self.run_id.clone(), path: self.artifact_path.clone() };
        let image = picture(&part.bytes);
        let preview = match decode(&part.bytes, true, whole) {
            Content::Text { text, .. } if image.is_none() => Some(text),
            _ => None,
        };
        let note = match (&preview, image) {
            (_, Some(_)) => "get_artifact_content shows the picture.",
            (Some(_), _) if whole => "The preview is the whole file.",
            (Some(_), _) => {
                "get_artifact_content reads any part: start_byte and max_bytes choose it, a negative start_byte the end."
            }
            (None, _) => "No text; the resource has its bytes, up to 1 MiB.",
        };
        Self {
            size_bytes: Some(part.total),
            media_type: Some(image.map_or_else(|| part.media_type.clone(), str::to_owned)),
            uri: Some(uri.to_string()),
            truncated: preview.is_some() && !whole,
            preview,
            note: note.to_owned(),
            ..self
        }
    }

    async fn directory(self, cx: &Context<'_>, place: &mut Place) -> Result<Self, Failure> {
        let mut files: Vec<Artifact> =
            place.list(cx).await?.into_iter().map(|file| Artifact::of(place, file)).collect();
        let all = files.len();
        let truncated = cx.budget.keep(&mut files) > 0;
        let note = format!("A directory of {all} entries: get_run_artifacts lists them page by page.");
        Ok(Self { model_id: place.model_id(), is_dir: true, files, truncated, note, ..self })
    }
}
