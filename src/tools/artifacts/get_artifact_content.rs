//! `get_artifact_content`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::content;
use super::excerpt::Excerpt;
use super::picture;
use super::place::Place;
use crate::mcp::types::Image;
use crate::mlflow::artifacts::Part;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Budget, Context, Failure, Tool, ToolError};

/// Read a file of a run's artifacts: text as text (config.yml, results.json, logs), pictures as pictures.
///
/// A long file comes in parts: go on at `next_start_byte`, or read its end with a negative start_byte. Use
/// get_run_artifacts to see which files there are.
#[derive(Deserialize, JsonSchema)]
pub struct GetArtifactContent {
    /// The run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
    /// The file, from the run's root, for instance artifacts/results.yml.
    #[schemars(length(min = 1))]
    artifact_path: String,
    /// Where to begin, in bytes (default 0); negative counts from the end: -4000 reads the last 4000 bytes.
    #[serde(default)]
    start_byte: i64,
    /// How many bytes at most; as many as an answer may hold if left out.
    #[schemars(range(min = 1))]
    max_bytes: Option<u64>,
}

/// A file, or a part of it.
#[derive(Serialize, JsonSchema)]
pub struct File {
    /// The text; of a file that is no text, what it is.
    pub result: String,
    /// The run.
    pub run_id: String,
    /// The file.
    pub artifact_path: String,
    /// The logged model that owns it (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// As MLflow guesses it from the name, or as its first bytes say.
    pub media_type: String,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// The bytes that `result` holds begin here.
    pub start_byte: u64,
    /// And end before this one.
    pub end_byte: u64,
    /// `utf-8`, `latin-1`, `utf-16` or `binary`.
    pub encoding: &'static str,
    /// Whether the file has more than `result` holds.
    pub truncated: bool,
    /// To go on, call again with this as `start_byte`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_start_byte: Option<u64>,
    #[serde(skip)]
    image: Option<Image>,
}

impl Tool for GetArtifactContent {
    const SPEC: Spec = Spec {
        name: "get_artifact_content",
        title: "Read artifact",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = File;

    async fn call(self, cx: &Context<'_>) -> Result<File, Failure> {
        let mut place = Place::new(&self.run_id, &self.artifact_path)?;
        let most = cx.budget.characters() as u64;
        let length = self.max_bytes.unwrap_or(most).min(most);
        let part = self.part(cx, &mut place, length).await?;
        if let Some(media_type) = content::picture(&part.bytes).filter(|_| part.start == 0) {
            return self.picture(cx, &mut place, part, media_type).await;
        }
        Ok(self.file(&place, &part, cx.budget))
    }

    fn images(output: &mut File) -> Vec<Image> {
        output.image.take().into_iter().collect()
    }
}

impl GetArtifactContent {
    async fn part(&self, cx: &Context<'_>, place: &mut Place, length: u64) -> Result<Part, Failure> {
        let start = match u64::try_from(self.start_byte) {
            Ok(start) => start,
            // The size is needed to count from the end; the first byte tells it.
            Err(_) => {
                let total = place.read(cx, 0, 1).await?.total;
                total.saturating_sub(self.start_byte.unsigned_abs())
            }
        };
        let part = place.read(cx, start, length).await?;
        if part.bytes.is_empty() && start > 0 && start >= part.total {
            return Err(ToolError::argument(format!(
                "argument \"start_byte\" is {start}, but {:?} has {} bytes",
                self.artifact_path, part.total
            ))
            .into());
        }
        Ok(part)
    }

    fn file(self, place: &Place, part: &Part, budget: Budget) -> File {
        let excerpt = Excerpt::of(part, budget);
        File {
            result: excerpt.text,
            run_id: place.run_id().to_owned(),
            artifact_path: self.artifact_path.trim_matches('/').to_owned(),
            model_id: place.model_id(),
            media_type: part.media_type.clone(),
            total_bytes: part.total,
            start_byte: excerpt.start,
            end_byte: excerpt.end,
            encoding: excerpt.encoding,
            truncated: excerpt.truncated,
            next_start_byte: excerpt.next,
            image: None,
        }
    }

    async fn picture(
        self,
        cx: &Context<'_>,
        place: &mut Place,
        first: Part,
        media_type: &'static str,
    ) -> Result<File, Failure> {
        let (image, words) = picture::shown(cx, place, &first, media_type).await?;
        let mut file = self.file(place, &first, cx.budget);
        file.media_type = media_type.to_owned();
        file.encoding = "binary";
        file.start_byte = 0;
        file.next_start_byte = None;
        file.truncated = image.is_none();
        file.end_byte = if image.is_some() { first.total } else { 0 };
        file.result = words;
        file.image = image;
        Ok(file)
    }
}
