//! What became of a version that was registered.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::registry::versions::ModelVersion;

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
}

impl Registered {
    pub(super) fn new(version: ModelVersion, created_model: bool) -> Self {
        let ModelVersion { name, version, status, source, run_id, .. } = version;
        Self { name, version, status, source, run_id, created_model }
    }
}
