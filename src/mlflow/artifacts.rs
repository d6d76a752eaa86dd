//! Artifacts: files of a run, and of the models that MLflow 3 keeps beside it.

use http::StatusCode;
use http::header::{CONTENT_RANGE, CONTENT_TYPE};
use serde::Deserialize;

use super::client::{Client, header};
use super::endpoint::Endpoint;
use super::error::{Error, refusal};
use super::number::optional_int64;

const LIST: Endpoint = Endpoint::get("/api/2.0/mlflow/artifacts/list");
/// Serves every storage backend, proxied or not, with ranges, in every version.
const READ: Endpoint = Endpoint::get("/get-artifact");

const MODELS: &str = "/api/2.0/mlflow/logged-models";
/// Only here: the route has no twin under `/api`.
const MODEL_FILES: &str = "/ajax-api/2.0/mlflow/logged-models";

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

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    files: Vec<FileInfo>,
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
    let response = match owner {
        Owner::Run(run_id) => client.file(&READ, &[("run_id", run_id), ("path", path)], &range).await?,
        Owner::Model(id) => {
            let endpoint = Endpoint::get_one(MODEL_FILES, id)?.then("/artifacts/files");
            client.file(&endpoint, &[("artifact_file_path", path)], &range).await?
        }
    };
    let media_type = header(&response, CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .unwrap_or("application/octet-stream")
        .to_owned();
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
        (status, _) => {
            Err(Error::Refused(refusal(&client.tracking().credentials, status, &parts.headers, &bytes)))
        }
    }
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
