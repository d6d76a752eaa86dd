//! `get_artifact_content`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::content::{Content, decode, picture};
use super::place::Place;
use crate::mcp::types::Image;
use crate::mlflow::artifacts::Part;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Budget, Context, Failure, Tool, ToolError};

/// The largest picture that is sent along, in bytes of the file.
const LARGEST_PICTURE: u64 = 1 << 20;

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
        if let Some(media_type) = picture(&part.bytes).filter(|_| part.start == 0) {
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
        let (start, total) = (part.start, part.total);
        let ends = start + part.bytes.len() as u64 >= total;
        let mut file = File {
            result: String::new(),
            run_id: place.run_id().to_owned(),
            artifact_path: self.artifact_path.trim_matches('/').to_owned(),
            model_id: place.model_id(),
            media_type: part.media_type.clone(),
            total_bytes: total,
            start_byte: start,
            end_byte: start,
            encoding: "binary",
            truncated: false,
            next_start_byte: None,
            image: None,
        };
        match decode(&part.bytes, start == 0, ends) {
            Content::Text { text, skipped, used, encoding } => {
                let (text, used) = within(text, used, encoding, budget);
                file.start_byte = start + skipped as u64;
                file.end_byte = file.start_byte + used as u64;
                file.truncated = start > 0 || file.end_byte < total;
                file.next_start_byte = (file.end_byte < total).then_some(file.end_byte);
                file.encoding = encoding;
                file.result = text;
            }
            Content::Binary => {
                file.result = format!("[binary file of {total} bytes, {}: not shown]", part.media_type);
                file.truncated = true;
            }
        }
        file
    }

    async fn picture(
        self,
        cx: &Context<'_>,
        place: &mut Place,
        first: Part,
        media_type: &'static str,
    ) -> Result<File, Failure> {
        let total = first.total;
        let bytes = if first.bytes.len() as u64 == total {
            Some(first.bytes.clone())
        } else if total <= LARGEST_PICTURE {
            Some(place.read(cx, 0, total).await?.bytes)
        } else {
            None
        };
        let mut file = self.file(place, &first, cx.budget);
        file.media_type = media_type.to_owned();
        file.encoding = "binary";
        file.start_byte = 0;
        file.next_start_byte = None;
        file.truncated = bytes.is_none();
        file.end_byte = if bytes.is_some() { total } else { 0 };
        file.result = match &bytes {
            Some(_) => format!("[{media_type} of {total} bytes, shown as a picture]"),
            None => format!(
                "[{media_type} of {total} bytes: too large to be shown, the limit is {LARGEST_PICTURE}]"
            ),
        };
        file.image = bytes.map(|bytes| Image { data: STANDARD.encode(&bytes), mime_type: media_type });
        Ok(file)
    }
}

/// The text as far as its JSON fits: a log full of quotes and escapes grows when it is written as JSON.
fn within(text: String, used: usize, encoding: &str, budget: Budget) -> (String, usize) {
    let mut characters = 2;
    for (at, character) in text.char_indices() {
        characters += match character {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            character if character < ' ' => 6,
            _ => 1,
        };
        if characters > budget.characters() {
            let bytes = match encoding {
                "utf-8" => at,
                "latin-1" => text[..at].chars().count(),
                // After the byte-order mark.
                _ => 2 + 2 * text[..at].encode_utf16().count(),
            };
            return (text[..at].to_owned(), bytes);
        }
    }
    (text, used)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::budget::size;

    #[test]
    fn text_that_grows_as_json_still_fits() {
        let budget = Budget::of_answer(2_000);
        let (text, used) = within("\"\u{1}é\n".repeat(1_000), 5_000, "utf-8", budget);
        assert_eq!(text.len(), used);
        assert!(size(&text) <= budget.characters() && size(&text) + 8 > budget.characters());
    }

    #[test]
    fn bytes_of_single_byte_text_are_counted_in_the_file_not_in_utf_8() {
        let (text, used) = within("é".repeat(5_000), 5_000, "latin-1", Budget::of_answer(2_000));
        assert_eq!((text.chars().count(), used), (1_198, 1_198));
    }
}
