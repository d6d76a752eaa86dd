//! The server itself.

use http::StatusCode;

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;

/// Since MLflow 2.1. Exempt from the host check, so it proves no access.
const VERSION: Endpoint = Endpoint::get("/version");

/// The longest text that is taken for a version.
const LONGEST: usize = 40;

/// The server's version, for instance `3.17.2`; `None` where it does not tell (Databricks, SageMaker).
///
/// # Errors
/// Only when no answer came.
pub async fn version(client: &Client<'_>) -> Result<Option<String>, Error> {
    let response = client.file(&VERSION, &[], "bytes=0-").await?;
    let text = std::str::from_utf8(response.body()).unwrap_or_default().trim();
    let is_version = text.len() <= LONGEST && text.starts_with(|first: char| first.is_ascii_digit());
    let succeeded = matches!(response.status(), StatusCode::OK | StatusCode::PARTIAL_CONTENT);
    Ok((succeeded && is_version).then(|| text.to_owned()))
}

/// Whether the server tells that it is older than that major and minor version.
pub async fn is_before(client: &Client<'_>, other: (u32, u32)) -> bool {
    let Ok(Some(version)) = version(client).await else { return false };
    let mut numbers = version.split('.').map(|part| part.parse().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor) < other,
        _ => false,
    }
}
