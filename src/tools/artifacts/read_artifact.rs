//! `read_artifact`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::excerpt::Excerpt;
use super::file;
use super::place::{Opened, Place};
use super::section::{self, Section};
use super::source;
use super::{content, document, picture};
use crate::mcp::types::Image;
use crate::mlflow::artifacts::Part;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};

/// Read a file by lines, by bytes, or a part of a YAML or JSON file: of a run, a logged model or a model version.
///
/// Without a range its beginning is read. Pictures come as pictures.
#[derive(Deserialize, JsonSchema)]
pub struct ReadArtifact {
    /// A run id, a logged model id (m-...), models:/NAME/VERSION or models:/NAME@ALIAS.
    #[schemars(length(min = 1))]
    source: String,
    /// The file, from the source's root; list_artifacts lists them.
    #[schemars(length(min = 1))]
    path: String,
    /// The first line, from 1; negative counts from the end: -50 reads the last 50 lines.
    start_line: Option<i64>,
    /// How many lines at most; as many as an answer may hold if left out.
    #[schemars(range(min = 1))]
    max_lines: Option<u64>,
    /// The first byte, from 0, instead of lines; negative counts from the end.
    start_byte: Option<i64>,
    /// How many bytes at most.
    #[schemars(range(min = 1))]
    max_bytes: Option<u64>,
    /// A JSON Pointer (RFC 6901) into a JSON or YAML file, for instance /config/params/top_p; "" for the whole.
    json_pointer: Option<String>,
}

/// A part of a file.
#[derive(Default, Serialize, JsonSchema)]
pub struct Reading {
    /// The text; with a pointer JSON; of a file that is no text, what it is. Line ends are \n.
    pub result: String,
    /// The file.
    pub path: String,
    /// The logged model that owns it (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// The page in MLflow of the run whose file it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Size of the whole file.
    #[schemars(extend("x-nullable" = true))]
    pub total_bytes: Option<u64>,
    /// The number of the first line of `result`, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_line: Option<u64>,
    /// The bytes that `result` holds begin here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_byte: Option<u64>,
    /// And end before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_byte: Option<u64>,
    /// `utf-8`, `latin-1`, `utf-16` or `binary`.
    pub encoding: &'static str,
    /// Whether the file, or what the pointer leads to, has more than `result` holds.
    pub truncated: bool,
    /// To go on, call again with this as `start_line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_start_line: Option<u64>,
    /// To go on within a long line or without lines, call again with this as `start_byte`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_start_byte: Option<u64>,
    /// What to know about this reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip)]
    image: Option<Image>,
}

/// What is asked for.
enum Range<'a> {
    /// From a line on.
    From(u64),
    /// The last lines.
    Last(u64),
    Bytes(i64),
    Pointer(&'a str),
}

impl Tool for ReadArtifact {
    const SPEC: Spec = Spec {
        name: "read_artifact",
        title: "Read part of an artifact",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Reading;

    async fn call(self, cx: &Context<'_>) -> Result<Reading, Failure> {
        let range = self.range()?;
        let mut place = source::place(cx, &self.source, &self.path).await?;
        let most = self.max_lines.unwrap_or(u64::MAX);
        let reading = match range {
            Range::From(line) => match section::from_line(cx, &mut place, line, most).await? {
                Some(section) => Reading::of_section(section),
                // What it is instead, its first bytes say.
                None => self.bytes(cx, &mut place, 0).await?,
            },
            Range::Last(lines) => match section::last(cx, &mut place, lines.min(most)).await? {
                Some(section) => Reading::of_section(section),
                None => self.bytes(cx, &mut place, 0).await?,
            },
            Range::Bytes(start) => self.bytes(cx, &mut place, start).await?,
            Range::Pointer(pointer) => {
                let (document, total) = document::read(cx, &mut place).await?;
                let (result, note) = document::at(&document, pointer, cx.budget)?;
                let truncated = note.is_some();
                Reading {
                    result,
                    note,
                    truncated,
                    total_bytes: Some(total),
                    encoding: "utf-8",
                    ..Reading::default()
                }
            }
        };
        Ok(Reading { path: place.name(), model_id: place.model_id(), url: place.page(cx), ..reading })
    }

    fn images(output: &mut Reading) -> Vec<Image> {
        output.image.take().into_iter().collect()
    }
}

impl ReadArtifact {
    fn range(&self) -> Result<Range<'_>, ToolError> {
        let lines = self.start_line.is_some() || self.max_lines.is_some();
        let bytes = self.start_byte.is_some() || self.max_bytes.is_some();
        match (self.json_pointer.as_deref(), lines, bytes) {
            (Some(pointer), false, false) => Ok(Range::Pointer(pointer)),
            (None, false, true) => Ok(Range::Bytes(self.start_byte.unwrap_or(0))),
            (None, _, false) => match self.start_line.unwrap_or(1) {
                0 => Err(ToolError::argument("argument \"start_line\" is 0, and lines are counted from 1")),
                line if line < 0 => Ok(Range::Last(line.unsigned_abs())),
                line => Ok(Range::From(line.unsigned_abs())),
            },
            _ => Err(ToolError::argument(
                "lines (start_line, max_lines), bytes (start_byte, max_bytes) and json_pointer exclude one another",
            )),
        }
    }

    async fn bytes(&self, cx: &Context<'_>, place: &mut Place, start: i64) -> Result<Reading, Failure> {
        let most = cx.budget.characters() as u64;
        let length = self.max_bytes.unwrap_or(most).min(most);
        let start = match u64::try_from(start) {
            Ok(start) => start,
            // The size is needed to count from the end; the first byte tells it.
            Err(_) => part(cx, place, 0, 1).await?.total.saturating_sub(start.unsigned_abs()),
        };
        let part = part(cx, place, start, length).await?;
        if start > 0 && start >= part.total {
            let message =
                format!("argument \"start_byte\" is {start}, but the file has {} bytes", part.total);
            return Err(ToolError::argument(message).into());
        }
        let mut reading = Reading::of_excerpt(Excerpt::of(&part, cx.budget), part.total);
        if let Some(media_type) = content::picture(&part.bytes).filter(|_| part.start == 0) {
            (reading.image, reading.result) = picture::shown(cx, place, &part, media_type).await?;
            reading.encoding = "binary";
            reading.truncated = reading.image.is_none();
            (reading.end_byte, reading.next_start_byte) = (None, None);
        }
        Ok(reading)
    }
}

async fn part(cx: &Context<'_>, place: &mut Place, start: u64, length: u64) -> Result<Part, Failure> {
    match place.open(cx, start, length).await? {
        Opened::File(part) => Ok(part),
        Opened::Directory => Err(file::directory(place)),
    }
}

impl Reading {
    fn of_section(section: Section) -> Self {
        Self {
            result: section.text,
            total_bytes: section.total,
            start_line: section.first,
            start_byte: Some(section.start),
            end_byte: Some(section.end),
            encoding: section.encoding,
            truncated: section.start > 0 || section.more,
            next_start_line: section.next_line,
            next_start_byte: Some(section.end).filter(|_| section.more && section.next_line.is_none()),
            ..Self::default()
        }
    }

    fn of_excerpt(excerpt: Excerpt, total: u64) -> Self {
        Self {
            result: excerpt.text,
            total_bytes: Some(total),
            start_byte: Some(excerpt.start),
            end_byte: Some(excerpt.end),
            encoding: excerpt.encoding,
            truncated: excerpt.truncated,
            next_start_byte: excerpt.next,
            ..Self::default()
        }
    }
}
