//! `search_artifact`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::{beginning, is_text, stream};
use super::lines::{Splitter, Unit};
use super::matches::{Block, Matches, Texts};
use super::source;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Find lines of a text file that contain a text, with the lines around them, as grep does: logs of any size.
///
/// Of a run, a logged model or a model version. Matches are counted through the whole file.
#[derive(Deserialize, JsonSchema)]
pub struct SearchArtifact {
    /// A run id, a logged model id (m-...), models:/NAME/VERSION or models:/NAME@ALIAS.
    #[schemars(length(min = 1))]
    source: String,
    /// The file, from the source's root; list_artifacts lists them.
    #[schemars(length(min = 1))]
    path: String,
    /// Texts as they are, no regular expressions; a line with any of them matches, for instance ["ERROR", "Traceback"].
    patterns: Vec<String>,
    /// Whether capital and small letters are the same.
    #[serde(default)]
    ignore_case: bool,
    /// How many lines are shown before and after each match.
    #[serde(default)]
    #[schemars(range(max = 20))]
    context: usize,
    /// How many matches are shown at most.
    #[serde(default = "twenty")]
    #[schemars(range(min = 1, max = 500))]
    limit: u64,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn twenty() -> u64 {
    20
}

/// What was found.
#[derive(Serialize, JsonSchema)]
pub struct Found {
    /// Matches with the lines around them; what lies close together is one block.
    pub result: Vec<Block>,
    /// Lines that match in all that was read, shown or not.
    pub total_matches: u64,
    /// How many lines were read.
    pub lines_read: u64,
    /// How many bytes were read.
    pub bytes_read: u64,
    /// The logged model that owns the file (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// The page in MLflow of the run whose file it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether there are more matches, or lines that were not read.
    pub truncated: bool,
    /// There is more: call again with the same arguments and this as `page_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// What to know about this search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for SearchArtifact {
    const SPEC: Spec = Spec {
        name: "search_artifact",
        title: "Search an artifact",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Found;

    async fn call(self, cx: &Context<'_>) -> Result<Found, Failure> {
        let texts = Texts::new(&self.patterns, self.ignore_case)?;
        let from = Start::read(self.page_token.as_deref())?;
        let end = cx.end();
        let mut place = source::place(cx, &self.source, &self.path).await?;
        let mut stream = stream(cx, &mut place, from.byte).await?;
        let mut piece = beginning(&mut stream).await?;
        if from.byte == 0 && !is_text(&piece) {
            let message = format!("{:?} is no text", place.name());
            return Err(ToolError::new(Kind::Argument, message, "read_artifact shows what it is.").into());
        }
        let unit = from.unit.unwrap_or(Unit::of(&piece));
        let mut splitter = Splitter::new(unit, from.byte, from.line, texts.longest());
        let mut matches = Matches::new(texts, unit, self.context, self.limit, cx.budget);
        let whole = loop {
            splitter.push(&piece, &mut |line| matches.take(&line));
            say(cx, splitter.position().0, stream.total(), matches.total);
            if cx.clock.now() >= end {
                break false;
            }
            match stream.next().await? {
                Some(next) => piece = next,
                None => break true,
            }
        };
        if whole {
            splitter.finish(&mut |line| matches.take(&line));
        }
        let found = Found::of(matches, &splitter, &from, unit, whole);
        Ok(Found { model_id: place.model_id(), url: place.page(cx), ..found })
    }
}

impl Found {
    fn of(matches: Matches, splitter: &Splitter, from: &Start, unit: Unit, whole: bool) -> Self {
        let (byte, line) = splitter.position();
        let next = matches.next.or_else(|| (!whole).then_some((byte, line)));
        let note = (!whole).then(|| {
            format!(
                "Only the bytes up to {byte} were read, since a call may not take longer: page_token goes on there."
            )
        });
        Self {
            result: matches.blocks,
            total_matches: matches.total,
            lines_read: matches.lines,
            bytes_read: byte - from.byte,
            model_id: None,
            url: None,
            truncated: next.is_some(),
            next_page_token: next.map(|(byte, line)| Start { byte, line, unit: Some(unit) }.write()),
            note,
        }
    }
}

/// Where a search begins.
struct Start {
    byte: u64,
    line: u64,
    /// Known if it is not the beginning of the file.
    unit: Option<Unit>,
}

impl Start {
    /// From `BYTE.LINE`, with a letter before it in UTF-16.
    fn read(token: Option<&str>) -> Result<Self, ToolError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(Self { byte: 0, line: 1, unit: None });
        };
        let (unit, rest) = match token.as_bytes() {
            [b'l', ..] => (Unit::Little, &token[1..]),
            [b'b', ..] => (Unit::Big, &token[1..]),
            _ => (Unit::Byte, token),
        };
        let parts =
            rest.split_once('.').and_then(|(byte, line)| Some((byte.parse().ok()?, line.parse().ok()?)));
        let (byte, line) = parts.ok_or_else(|| {
            ToolError::argument("argument \"page_token\" is not one that search_artifact gave out")
        })?;
        Ok(Self { byte, line, unit: Some(unit) })
    }

    fn write(&self) -> String {
        let letter = match self.unit {
            Some(Unit::Little) => "l",
            Some(Unit::Big) => "b",
            _ => "",
        };
        format!("{letter}{}.{}", self.byte, self.line)
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^53")]
fn say(cx: &Context<'_>, read: u64, total: Option<u64>, matches: u64) {
    cx.progress.report(
        read as f64,
        total.map(|total| total as f64),
        &format!("{read} bytes read, {matches} matches"),
    );
}
