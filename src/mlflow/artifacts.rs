//! Artifacts: files of a run, and of the models that MLflow 3 keeps beside it.

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use http::{Response, StatusCode};
use serde::Deserialize;

use super::client::{Client, header};
use super::endpoint::Endpoint;
use super::error::Error;
use super::number::optional_int64;
use crate::port::{HttpError, Pieces, whole};

const LIST: Endpoint = Endpoint::get("/api/2.0/mlflow/artifacts/list");
/// Serves every storage backend, proxied or not, with ranges, in every version.
const READ: Endpoint = Endpoint::get("/get-artifact");

/// What is read of an answer that is no file, in bytes.
const LONGEST_REFUSAL: usize = 64 << 10;

const MODELS: &str = "/api/2.0/mlflow/logged-models";
/// Only here: the route has no twin under `/api`.
const MODEL_FILES: &str = "/ajax-api/2.0/mlflow/logged-models";

/// Writes a file of at most 10 MB wherever the server keeps artifacts, proxied or not; since MLflow 2.7. It still calls the
/// run `run_uuid`.
const WRITE: Endpoint = Endpoint::post("/ajax-api/2.0/mlflow/upload-artifact");

/// Whose files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// Of the run with that id.
    Run(&'a str),
    /// Of the logged model with that id, `m-` and 32 hex digits; since MLflow 3.0.
    Model(&'a str),
}

/// A file or directory.
#[derive(Clone, Debug, Deserialize)]
pub struct FileInfo {
    /// From its owner's artifact root.
    pub path: String,
    /// Whether it can be listed further.
    #[serde(default)]
    pub is_dir: bool,
    /// In bytes; absent for directories and on some storage.
    #[serde(default, deserialize_with = "optional_int64")]
    pub file_size: Option<i64>,
}

/// Bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The bytes from `start` on.
    pub bytes: bytes::Bytes,
    /// Index of the first byte.
    pub start: u64,
    /// Size of the whole file.
    pub total: u64,
    /// As the server guesses it from the name.
    pub media_type: String,
}

/// A file that comes piece by piece, from as many answers as it takes: none is larger than the client's bound, which
/// hosts have, too.
pub struct Stream<'a> {
    client: Client<'a>,
    endpoint: Endpoint,
    query: Vec<(&'static str, String)>,
    /// The byte that comes next.
    at: u64,
    answer: Answer<'a>,
}

/// A part of a file that is still to come.
struct Answer<'a> {
    body: Pieces<'a>,
    /// Bytes that come and were not asked for.
    skip: u64,
    /// Whether it is a part, and not the whole file.
    is_part: bool,
    total: Option<u64>,
}

impl Stream<'_> {
    /// The next bytes, or nothing at the end of the file.
    ///
    /// # Errors
    /// The answer broke off.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, Error> {
        let mut is_new = false;
        loop {
            while let Some(piece) = self.answer.body.next().await {
                let piece = piece?;
                let skipped = piece.len().min(usize::try_from(self.answer.skip).unwrap_or(usize::MAX));
                self.answer.skip -= skipped as u64;
                if skipped < piece.len() {
                    self.at += (piece.len() - skipped) as u64;
                    return Ok(Some(piece.slice(skipped..)));
                }
            }
            if !self.answer.is_part || self.answer.total.is_none_or(|total| self.at >= total) {
                return Ok(None);
            }
            if is_new {
                return Err(HttpError::Incomplete.into());
            }
            self.answer = answer(&self.client, &self.endpoint, &self.query, self.at).await?;
            is_new = true;
        }
    }

    /// Size of the whole file, if the server says it.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.answer.total
    }
}

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    files: Vec<FileInfo>,
}

/// Writes a file of a run, in place of one of that path.
///
/// # Errors
/// See [`Error`].
pub async fn write(client: &Client<'_>, run_id: &str, path: &str, file: Vec<u8>) -> Result<(), Error> {
    client.upload(&WRITE, &[("run_uuid", run_id), ("path", path)], file.into()).await
}

/// One level of the artifacts. The path of a file and a path that does not exist both give nothing.
///
/// # Errors
/// See [`Error`]; an unknown run or model is [`Error::is_missing`].
pub async fn list(client: &Client<'_>, owner: Owner<'_>, path: &str) -> Result<Vec<FileInfo>, Error> {
    let (endpoint, mut query, argument) = match owner {
        Owner::Run(run_id) => (LIST, vec![("run_id", run_id)], "path"),
        Owner::Model(id) => {
            let endpoint = Endpoint::get_one(MODELS, id)?.then("/artifacts/directories");
            (endpoint, Vec::new(), "artifact_directory_path")
        }
    };
    if !path.is_empty() {
        query.push((argument, path));
    }
    let listing: Listing = client.get(&endpoint, &query).await?;
    Ok(listing.files)
}

/// At most `length` bytes of a file from `start` on, at least 1.
///
/// # Errors
/// See [`Error`]. A missing file is 404 (500 before 3.12), a directory 400 (500 before 3.14).
pub async fn read(
    client: &Client<'_>,
    owner: Owner<'_>,
    path: &str,
    start: u64,
    length: u64,
) -> Result<Part, Error> {
    let range = format!("bytes={start}-{}", start.saturating_add(length.max(1)) - 1);
    let (endpoint, query) = file(owner, path)?;
    let response = client.file(&endpoint, &query, &range).await?;
    let media_type = media_type(&response);
    let content_range = header(&response, CONTENT_RANGE).and_then(ContentRange::parse);
    let (parts, bytes) = response.into_parts();
    match (parts.status, content_range) {
        (StatusCode::PARTIAL_CONTENT, Some(ContentRange { start: Some(start), total })) => {
            Ok(Part { bytes, start, total, media_type })
        }
        // An empty file has no byte to give; a start behind the end is told by the total.
        (StatusCode::RANGE_NOT_SATISFIABLE, Some(ContentRange { total, .. })) => {
            Ok(Part { bytes: bytes::Bytes::new(), start, total, media_type })
        }
        // A server or proxy that does not know ranges sends the whole.
        (StatusCode::OK, _) => {
            let total = bytes.len() as u64;
            let from = usize::try_from(start.min(total)).unwrap_or(bytes.len());
            let to = usize::try_from(start.saturating_add(length).min(total)).unwrap_or(bytes.len());
            Ok(Part { bytes: bytes.slice(from..to.max(from)), start, total, media_type })
        }
        _ => Err(client.refusal(&parts, &bytes)),
    }
}

/// The bytes of a file from `start` on, however many, of which no more is kept than the piece that came last.
///
/// # Errors
/// As for [`read`].
pub async fn open<'a>(
    client: &Client<'a>,
    owner: Owner<'_>,
    path: &str,
    start: u64,
) -> Result<Stream<'a>, Error> {
    let (endpoint, query) = file(owner, path)?;
    let query: Vec<_> = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    let answer = answer(client, &endpoint, &query, start).await?;
    Ok(Stream { client: *client, endpoint, query, at: start, answer })
}

async fn answer<'a>(
    client: &Client<'a>,
    endpoint: &Endpoint,
    query: &[(&'static str, String)],
    start: u64,
) -> Result<Answer<'a>, Error> {
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let end = start.saturating_add(client.tracking().limits.body as u64);
    let response = client.open(endpoint, &query, &format!("bytes={start}-{}", end - 1)).await?;
    let content_range = header(&response, CONTENT_RANGE).and_then(ContentRange::parse);
    let length = header(&response, CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let (parts, mut body) = response.into_parts();
    match (parts.status, content_range) {
        (StatusCode::PARTIAL_CONTENT, Some(ContentRange { start: Some(first), total })) => {
            let skip = start.saturating_sub(first);
            Ok(Answer { body, skip, is_part: true, total: Some(total) })
        }
        // There is nothing from there on; what the answer says besides is no part of the file.
        (StatusCode::RANGE_NOT_SATISFIABLE, Some(ContentRange { total, .. })) => {
            let body = whole(bytes::Bytes::new());
            Ok(Answer { body, skip: 0, is_part: false, total: Some(total) })
        }
        (StatusCode::OK, _) => Ok(Answer { body, skip: start, is_part: false, total: length }),
        _ => {
            let said = beginning(&mut body).await?;
            Err(client.refusal(&parts, &said))
        }
    }
}

/// A query: names and values.
type Arguments<'a> = Vec<(&'static str, &'a str)>;

/// The route of a file, and its query.
fn file<'a>(owner: Owner<'a>, path: &'a str) -> Result<(Endpoint, Arguments<'a>), Error> {
    Ok(match owner {
        Owner::Run(run_id) => (READ, vec![("run_id", run_id), ("path", path)]),
        Owner::Model(id) => {
            let endpoint = Endpoint::get_one(MODEL_FILES, id)?.then("/artifacts/files");
            (endpoint, vec![("artifact_file_path", path)])
        }
    })
}

fn media_type<T>(response: &Response<T>) -> String {
    let value = header(response, CONTENT_TYPE).and_then(|value| value.split(';').next());
    value.unwrap_or("application/octet-stream").to_owned()
}

/// As much of an error page as is ever shown of one, and more.
async fn beginning(body: &mut Pieces<'_>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece?);
        if bytes.len() > LONGEST_REFUSAL {
            break;
        }
    }
    Ok(bytes)
}

/// `bytes 0-99/1234`, or `bytes */1234` where nothing could be given.
struct ContentRange {
    start: Option<u64>,
    total: u64,
}

impl ContentRange {
    fn parse(text: &str) -> Option<Self> {
        let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let start = range.split_once('-').and_then(|(start, _)| start.parse().ok());
        Some(Self { start, total: total.parse().ok()? })
    }
}
