//! A model version as tools show it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::registry::models::Alias;
use crate::mlflow::registry::versions::ModelVersion;
use crate::tool::Budget;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};

/// A version of a registered model.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VersionRecord {
    /// The registered model.
    pub name: String,
    /// A number in text.
    pub version: String,
    /// Its names.
    pub aliases: Vec<String>,
    /// None, Staging, Production or Archived; deprecated by MLflow.
    pub current_stage: String,
    /// READY, or what it waits for.
    pub status: String,
    /// Why it is not ready.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status_message: String,
    /// The run that made it; empty if there is none.
    pub run_id: String,
    /// The logged model that it is (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// Where its files are.
    pub source: String,
    /// Who made it, where the server knows.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user_id: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_timestamp: Option<i64>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_timestamp: Option<i64>,
    /// Markdown.
    pub description: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Present if this version alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

impl From<ModelVersion> for VersionRecord {
    fn from(version: ModelVersion) -> Self {
        Self {
            model_id: version.model_id().map(str::to_owned),
            name: version.name,
            version: version.version,
            aliases: version.aliases,
            current_stage: version.current_stage,
            status: version.status,
            status_message: version.status_message,
            run_id: version.run_id,
            source: version.source,
            user_id: version.user_id,
            creation_timestamp: version.creation_timestamp,
            last_updated_timestamp: version.last_updated_timestamp,
            description: version.description,
            tags: version.tags,
            omitted: Omitted::new(),
        }
    }
}

impl VersionRecord {
    /// The version with those of the model's aliases that name it: only answers for one version have them.
    pub(super) fn named(version: ModelVersion, aliases: &[Alias]) -> Self {
        let names = aliases.iter().filter(|alias| alias.version == version.version);
        Self { aliases: names.map(|alias| alias.alias.clone()).collect(), ..Self::from(version) }
    }

    /// The version in at most that many characters.
    pub(super) fn within(mut self, budget: Budget) -> Self {
        if size(&self) > budget.characters() {
            let cut = Cut::default().text(&mut self.description).texts(&mut self.tags);
            let cut = cut.down_to(budget, size(&self));
            self.omitted = cut.entries("tags", &mut self.tags).items("aliases", &mut self.aliases).omitted();
        }
        self
    }
}
