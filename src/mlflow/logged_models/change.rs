//! What changes logged models.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ALL, LoggedModel};
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::pairs::Tag;

const CREATE: Endpoint = Endpoint::post(ALL);

/// A logged model to create.
#[derive(Clone, Debug, Serialize)]
pub struct NewModel<'a> {
    /// Its experiment.
    pub experiment_id: &'a str,
    /// MLflow makes one up if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// For instance `classifier`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_type: Option<&'a str>,
    /// The run that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_run_id: Option<&'a str>,
    /// Its parameters.
    pub params: Vec<Tag<'a>>,
    /// Its tags.
    pub tags: Vec<Tag<'a>>,
}

#[derive(Deserialize)]
struct One {
    model: LoggedModel,
}

/// Creates a logged model, which is pending then.
///
/// # Errors
/// See [`Error`].
pub async fn create(client: &Client<'_>, new: &NewModel<'_>) -> Result<LoggedModel, Error> {
    let one: One = client.send(&CREATE, new).await?;
    Ok(one.model)
}

/// Says how a logged model came out: `LOGGED_MODEL_READY` or `LOGGED_MODEL_UPLOAD_FAILED`.
///
/// # Errors
/// See [`Error`].
pub async fn finalize(client: &Client<'_>, model_id: &str, status: &str) -> Result<(), Error> {
    let endpoint = Endpoint::patch(ALL).one(model_id)?;
    // The id once more: MLflow takes it from the body.
    let _: IgnoredAny = client.send(&endpoint, &json!({"model_id": model_id, "status": status})).await?;
    Ok(())
}

/// Deletes a logged model; its files stay.
///
/// # Errors
/// See [`Error`].
pub async fn delete(client: &Client<'_>, model_id: &str) -> Result<(), Error> {
    let endpoint = Endpoint::delete(ALL).one(model_id)?;
    let _: IgnoredAny = client.send(&endpoint, &json!({"model_id": model_id})).await?;
    Ok(())
}

/// Sets tags, whatever they were.
///
/// # Errors
/// See [`Error`].
pub async fn set_tags(client: &Client<'_>, model_id: &str, tags: &[Tag<'_>]) -> Result<(), Error> {
    let endpoint = Endpoint::patch(ALL).one(model_id)?.then("/tags");
    let _: IgnoredAny = client.send(&endpoint, &json!({"model_id": model_id, "tags": tags})).await?;
    Ok(())
}

/// Removes a tag.
///
/// # Errors
/// See [`Error`].
pub async fn delete_tag(client: &Client<'_>, model_id: &str, key: &str) -> Result<(), Error> {
    let endpoint = Endpoint::delete(ALL).one(model_id)?.then("/tags").named(key);
    let _: IgnoredAny = client.send(&endpoint, &json!({"model_id": model_id, "tag_key": key})).await?;
    Ok(())
}

/// Logs parameters. MLflow fails, with nothing logged, if there is one of that name already.
///
/// # Errors
/// See [`Error`].
pub async fn log_params(client: &Client<'_>, model_id: &str, params: &[Tag<'_>]) -> Result<(), Error> {
    let endpoint = Endpoint::post(ALL).one(model_id)?.then("/params");
    let _: IgnoredAny = client.send(&endpoint, &json!({"model_id": model_id, "params": params})).await?;
    Ok(())
}
