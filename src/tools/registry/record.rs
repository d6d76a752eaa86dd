//! What became of a version that was registered.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::registry::models;
use crate::mlflow::registry::versions::ModelVersion;
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure};

/// A new version.
#[derive(Serialize, JsonSchema)]
pub struct Registered {
    name: String,
    version: String,
    status: String,
    source: String,
    run_id: String,
    /// Whether the registered model is new, too.
    created_model: bool,
    /// The call that takes the version back.
    undo: String,
}

impl Registered {
    pub(super) fn new(version: ModelVersion, created_model: bool) -> Self {
        let ModelVersion { name, version, status, source, run_id, .. } = version;
        // A model that has this version only goes with it.
        let undo = match created_model {
            true => undo("delete_registered_model", &[("name", &name)]),
            false => undo("delete_model_version", &[("name", &name), ("version", &version)]),
        };
        Self { name, version, status, source, run_id, created_model, undo }
    }
}

/// What registering would do, in a sentence.
pub(super) async fn would(cx: &Context<'_>, source: &str, name: &str) -> Result<String, Failure> {
    let becomes = match models::get(&cx.client, name).await {
        Ok(known) => format!("the next version of registered model {}", quoted(&known.name)),
        Err(error) if error.is_missing() => {
            format!("version 1 of registered model {}, which is created", quoted(name))
        }
        Err(error) => return Err(error.into()),
    };
    Ok(format!("Register {} as {becomes}.", quoted(source)))
}
