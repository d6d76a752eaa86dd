//! What changes the model registry.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::versions::ModelVersion;
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::{Error, RefusalKind};
use crate::mlflow::pairs::Tag;

const CREATE_MODEL: Endpoint = Endpoint::post("/api/2.0/mlflow/registered-models/create");
const SET_MODEL_TAG: Endpoint = Endpoint::post("/api/2.0/mlflow/registered-models/set-tag");
const RENAME_MODEL: Endpoint = Endpoint::post("/api/2.0/mlflow/registered-models/rename");
const UPDATE_MODEL: Endpoint = Endpoint::patch("/api/2.0/mlflow/registered-models/update");
const DELETE_MODEL_TAG: Endpoint = Endpoint::delete("/api/2.0/mlflow/registered-models/delete-tag");
const SET_VERSION_TAG: Endpoint = Endpoint::post("/api/2.0/mlflow/model-versions/set-tag");
const DELETE_VERSION_TAG: Endpoint = Endpoint::delete("/api/2.0/mlflow/model-versions/delete-tag");
const SET_ALIAS: Endpoint = Endpoint::post("/api/2.0/mlflow/registered-models/alias");
const DELETE_ALIAS: Endpoint = Endpoint::delete("/api/2.0/mlflow/registered-models/alias");
const DELETE_MODEL: Endpoint = Endpoint::delete("/api/2.0/mlflow/registered-models/delete");
const CREATE_VERSION: Endpoint = Endpoint::post("/api/2.0/mlflow/model-versions/create");
const UPDATE_VERSION: Endpoint = Endpoint::patch("/api/2.0/mlflow/model-versions/update");
const TRANSITION: Endpoint = Endpoint::post("/api/2.0/mlflow/model-versions/transition-stage");
const DELETE_VERSION: Endpoint = Endpoint::delete("/api/2.0/mlflow/model-versions/delete");

const UNDO_CREATE_MODEL: Endpoint = Endpoint::undo("/api/2.0/mlflow/registered-models/delete");

/// A version to create.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NewVersion<'a> {
    /// The registered model; it must exist.
    pub name: &'a str,
    /// `models:/m-...`, `models:/name/version`, or where the files are.
    pub source: &'a str,
    /// The run that made it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub run_id: &'a str,
    /// The logged model, since MLflow 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<&'a str>,
    /// Markdown.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: &'a str,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag<'a>>,
}

#[derive(Deserialize)]
struct OneVersion {
    model_version: ModelVersion,
}

/// Creates a registered model where there is none of that name; tells whether it did.
///
/// # Errors
/// See [`Error`].
pub async fn ensure_model(client: &Client<'_>, name: &str) -> Result<bool, Error> {
    match client.send::<IgnoredAny>(&CREATE_MODEL, &json!({"name": name})).await {
        Ok(_) => Ok(true),
        Err(Error::Refused(refusal)) if refusal.kind == already_exists() => Ok(false),
        Err(error) => Err(error),
    }
}

fn already_exists() -> RefusalKind {
    RefusalKind::Mlflow("RESOURCE_ALREADY_EXISTS".to_owned())
}

/// Creates a version, and the registered model before it if there is none. A registered model that was
/// created for a version that then could not be is removed again.
///
/// # Errors
/// See [`Error`].
pub async fn create_version(
    client: &Client<'_>,
    new: &NewVersion<'_>,
) -> Result<(ModelVersion, bool), Error> {
    let created = ensure_model(client, new.name).await?;
    Ok((add_version(client, new, created).await?, created))
}

/// Creates a version; where that fails, a registered model that was created for it is removed again.
pub(super) async fn add_version(
    client: &Client<'_>,
    new: &NewVersion<'_>,
    created: bool,
) -> Result<ModelVersion, Error> {
    match client.send::<OneVersion>(&CREATE_VERSION, new).await {
        Ok(one) => Ok(one.model_version),
        // Only on MLflow's own word: behind a proxy's, the version may be there or still come.
        Err(Error::Refused(refusal)) if created && matches!(refusal.kind, RefusalKind::Mlflow(_)) => {
            // That the version failed is what the caller must know; a second failure would hide it.
            let _ = client.send::<IgnoredAny>(&UNDO_CREATE_MODEL, &json!({"name": new.name})).await;
            Err(Error::Refused(refusal))
        }
        Err(error) => Err(error),
    }
}

/// Sets a tag of a registered model.
///
/// # Errors
/// See [`Error`].
pub async fn set_model_tag(client: &Client<'_>, name: &str, key: &str, value: &str) -> Result<(), Error> {
    let body = json!({"name": name, "key": key, "value": value});
    let _: IgnoredAny = client.send(&SET_MODEL_TAG, &body).await?;
    Ok(())
}

/// Creates a registered model without versions.
///
/// # Errors
/// See [`Error`]; a name that is taken is a refusal.
pub async fn create_model(
    client: &Client<'_>,
    name: &str,
    description: &str,
    tags: &[Tag<'_>],
) -> Result<(), Error> {
    let body = json!({"name": name, "description": description, "tags": tags});
    let _: IgnoredAny = client.send(&CREATE_MODEL, &body).await?;
    Ok(())
}

/// Renames a registered model.
///
/// # Errors
/// See [`Error`]; a name that is taken is a refusal.
pub async fn rename_model(client: &Client<'_>, name: &str, new_name: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&RENAME_MODEL, &json!({"name": name, "new_name": new_name})).await?;
    Ok(())
}

/// Replaces a registered model's description.
///
/// # Errors
/// See [`Error`].
pub async fn describe_model(client: &Client<'_>, name: &str, description: &str) -> Result<(), Error> {
    let body = json!({"name": name, "description": description});
    let _: IgnoredAny = client.send(&UPDATE_MODEL, &body).await?;
    Ok(())
}

/// Removes a tag of a registered model.
///
/// # Errors
/// See [`Error`].
pub async fn delete_model_tag(client: &Client<'_>, name: &str, key: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE_MODEL_TAG, &json!({"name": name, "key": key})).await?;
    Ok(())
}

/// Sets a tag of a version, whatever it was.
///
/// # Errors
/// See [`Error`].
pub async fn set_version_tag(
    client: &Client<'_>,
    name: &str,
    version: &str,
    key: &str,
    value: &str,
) -> Result<(), Error> {
    let body = json!({"name": name, "version": version, "key": key, "value": value});
    let _: IgnoredAny = client.send(&SET_VERSION_TAG, &body).await?;
    Ok(())
}

/// Removes a tag of a version.
///
/// # Errors
/// See [`Error`].
pub async fn delete_version_tag(
    client: &Client<'_>,
    name: &str,
    version: &str,
    key: &str,
) -> Result<(), Error> {
    let body = json!({"name": name, "version": version, "key": key});
    let _: IgnoredAny = client.send(&DELETE_VERSION_TAG, &body).await?;
    Ok(())
}

/// Lets an alias name this version, whichever it named before.
///
/// # Errors
/// See [`Error`].
pub async fn set_alias(client: &Client<'_>, name: &str, alias: &str, version: &str) -> Result<(), Error> {
    let body = json!({"name": name, "alias": alias, "version": version});
    let _: IgnoredAny = client.send(&SET_ALIAS, &body).await?;
    Ok(())
}

/// Removes an alias; MLflow says yes to one that is not there, too.
///
/// # Errors
/// See [`Error`].
pub async fn delete_alias(client: &Client<'_>, name: &str, alias: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE_ALIAS, &json!({"name": name, "alias": alias})).await?;
    Ok(())
}

/// Replaces a version's description.
///
/// # Errors
/// See [`Error`].
pub async fn describe_version(
    client: &Client<'_>,
    name: &str,
    version: &str,
    description: &str,
) -> Result<ModelVersion, Error> {
    let body = json!({"name": name, "version": version, "description": description});
    let one: OneVersion = client.send(&UPDATE_VERSION, &body).await?;
    Ok(one.model_version)
}

/// Moves a version to a stage, and on demand all others of that stage to `Archived`.
///
/// # Errors
/// See [`Error`].
pub async fn transition(
    client: &Client<'_>,
    name: &str,
    version: &str,
    stage: &str,
    archive_existing: bool,
) -> Result<ModelVersion, Error> {
    let body = json!({"name": name, "version": version, "stage": stage,
                      "archive_existing_versions": archive_existing});
    let one: OneVersion = client.send(&TRANSITION, &body).await?;
    Ok(one.model_version)
}

/// Removes a version for good.
///
/// # Errors
/// See [`Error`].
pub async fn delete_version(client: &Client<'_>, name: &str, version: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE_VERSION, &json!({"name": name, "version": version})).await?;
    Ok(())
}

/// Removes a registered model and its versions for good.
///
/// # Errors
/// See [`Error`].
pub async fn delete_model(client: &Client<'_>, name: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&DELETE_MODEL, &json!({"name": name})).await?;
    Ok(())
}
