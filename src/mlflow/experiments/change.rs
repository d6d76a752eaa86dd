//! What changes experiments.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::pairs::Tag;

const SET_TAG: Endpoint = Endpoint::post("/api/2.0/mlflow/experiments/set-experiment-tag");
const DELETE: Endpoint = Endpoint::remove("/api/2.0/mlflow/experiments/delete");

const CREATE: Endpoint = Endpoint::post("/api/2.0/mlflow/experiments/create");
const UPDATE: Endpoint = Endpoint::post("/api/2.0/mlflow/experiments/update");
const RESTORE: Endpoint = Endpoint::post("/api/2.0/mlflow/experiments/restore");
const DELETE_TAG: Endpoint = Endpoint::remove("/api/2.0/mlflow/experiments/delete-experiment-tag");

/// An experiment to create.
#[derive(Clone, Debug, Serialize)]
pub struct NewExperiment<'a> {
    /// Unique, deleted experiments included.
    pub name: &'a str,
    /// Where its artifacts go, if not where the server puts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_location: Option<&'a str>,
    /// Its tags.
    pub tags: Vec<Tag<'a>>,
}

#[derive(Deserialize)]
struct Created {
    experiment_id: String,
}

/// Creates an experiment and tells its id.
///
/// # Errors
/// See [`Error`]; a name that is taken is a refusal.
pub async fn create(client: &Client<'_>, new: &NewExperiment<'_>) -> Result<String, Error> {
    let created: Created = client.send(&CREATE, new).await?;
    Ok(created.experiment_id)
}

/// Renames an experiment.
///
/// # Errors
/// See [`Error`]; a name that is taken is a refusal.
pub async fn rename(client: &Client<'_>, experiment_id: &str, name: &str) -> Result<(), Error> {
    let _: IgnoredAny =
        client.send(&UPDATE, &json!({"experiment_id": experiment_id, "new_name": name})).await?;
    Ok(())
}

/// Takes a deletion back, with the runs that were deleted with it.
///
/// # Errors
/// See [`Error`].
pub async fn restore(client: &Client<'_>, experiment_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&RESTORE, &json!({"experiment_id": experiment_id})).await?;
    Ok(())
}

/// Removes a tag; since MLflow 3.2.
///
/// # Errors
/// See [`Error`].
pub async fn delete_tag(client: &Client<'_>, experiment_id: &str, key: &str) -> Result<(), Error> {
    let _: IgnoredAny =
        client.send(&DELETE_TAG, &json!({"experiment_id": experiment_id, "key": key})).await?;
    Ok(())
}

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
