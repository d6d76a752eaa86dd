//! A registered model as tools show it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::registry::models::{Alias, RegisteredModel};
use crate::sorted::sorted;
use crate::tool::Budget;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};

/// A registered model.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ModelRecord {
    /// Unique.
    pub name: String,
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
    /// Name to version.
    pub aliases: BTreeMap<String, String>,
    /// The highest version; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_version: Option<String>,
    /// Present if this model alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

impl From<RegisteredModel> for ModelRecord {
    fn from(model: RegisteredModel) -> Self {
        let versions = model.latest_versions.into_iter().map(|version| version.version);
        Self {
            name: model.name,
            creation_timestamp: model.creation_timestamp,
            last_updated_timestamp: model.last_updated_timestamp,
            description: model.description,
            tags: model.tags,
            aliases: sorted(model.aliases.into_iter().map(|Alias { alias, version }| (alias, version))),
            // Every version is in some stage, so the newest of all is the newest of its stage.
            latest_version: versions.max_by_key(|version| version.parse::<u64>().unwrap_or_default()),
            omitted: Omitted::new(),
        }
    }
}

impl ModelRecord {
    /// The model in at most that many characters.
    pub(crate) fn within(mut self, budget: Budget) -> Self {
        if size(&self) > budget.characters() {
            let cut = Cut::default().text(&mut self.description).texts(&mut self.tags);
            let cut = cut.down_to(budget, size(&self));
            self.omitted =
                cut.entries("tags", &mut self.tags).entries("aliases", &mut self.aliases).omitted();
        }
        self
    }
}
