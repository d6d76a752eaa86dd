//! What changes experiments.

use serde::de::IgnoredAny;
use serde_json::json;

use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;

const SET_TAG: Endpoint = Endpoint::post("/api/2.0/mlflow/experiments/set-experiment-tag");
const DELETE: Endpoint = Endpoint::remove("/api/2.0/mlflow/experiments/delete");

/// Sets a tag, whatever it was.
///
/// # Errors
/// See [`Error`]; an unknown experiment is [`Error::is_missing`].
pub async fn set_tag(client: &Client<'_>, experiment_id: &str, key: &str, value: &str) -> Result<(), Error> {
    let _: IgnoredAny =
        client.send(&SET_TAG, &json!({"experiment_id": experiment_id, "key": key, "value": value})).await?;
    Ok(())
}

/// Marks an experiment and its runs as deleted.
///
/// # Errors
/// See [`Error`]; an unknown or deleted experiment is a refusal.
pub async fn delete(client: &Client<'_>, experiment_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE, &json!({"experiment_id": experiment_id})).await?;
    Ok(())
}
