//! What changes runs.

use serde::de::IgnoredAny;
use serde_json::json;

use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;

const SET_TAG: Endpoint = Endpoint::post("/api/2.0/mlflow/runs/set-tag");
const DELETE: Endpoint = Endpoint::remove("/api/2.0/mlflow/runs/delete");

/// The longest tag value that MLflow keeps, in characters; it cuts longer ones without a word.
pub const TAG_CHARACTERS: usize = 8_000;

/// Sets a tag, whatever it was.
///
/// # Errors
/// See [`Error`]; an unknown run is [`Error::is_missing`].
pub async fn set_tag(client: &Client<'_>, run_id: &str, key: &str, value: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&SET_TAG, &json!({"run_id": run_id, "key": key, "value": value})).await?;
    Ok(())
}

/// Marks a run as deleted; one that is deleted already stays so.
///
/// # Errors
/// See [`Error`]; an unknown run is [`Error::is_missing`].
pub async fn delete(client: &Client<'_>, run_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE, &json!({"run_id": run_id})).await?;
    Ok(())
}
