//! Evaluation datasets and their records as the tools show them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::mlflow::evaluation_datasets::EvaluationDataset;
use crate::mlflow::evaluation_datasets::records::Record;
use crate::tool::Budget;
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};

/// An evaluation dataset.
#[derive(Serialize, JsonSchema)]
pub struct DatasetRecord {
    dataset_id: String,
    name: String,
    /// As MLflow counts them.
    num_records: u64,
    /// Another one whenever records are added or updated.
    digest: String,
    tags: BTreeMap<String, String>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_time: Option<i64>,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_by: Option<String>,
    /// Present if this dataset alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    omitted: Omitted,
}

impl DatasetRecord {
    /// The dataset in at most that many characters.
    pub(super) fn of(dataset: EvaluationDataset, budget: Budget) -> Self {
        let num_records = dataset.num_records();
        let mut shown = Self {
            dataset_id: dataset.dataset_id,
            name: dataset.name,
            num_records,
            digest: dataset.digest,
            tags: dataset.tags,
            created_time: dataset.created_time,
            last_update_time: dataset.last_update_time,
            created_by: dataset.created_by,
            last_updated_by: dataset.last_updated_by,
            omitted: Omitted::new(),
        };
        if size(&shown) > budget.characters() {
            let cut = Cut::default().text(&mut shown.name).texts(&mut shown.tags);
            let cut = cut.down_to(budget, size(&shown)).entries("tags", &mut shown.tags);
            shown.omitted = cut.omitted();
        }
        shown
    }
}

/// A record of an evaluation dataset.
#[derive(Serialize, JsonSchema)]
pub struct RecordShown {
    dataset_record_id: String,
    /// What the application gets.
    inputs: Any,
    /// What it gave once.
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<Any>,
    /// What it should give.
    #[serde(skip_serializing_if = "Option::is_none")]
    expectations: Option<Any>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Any>,
    /// Where it is from: source_type and source_data.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Any>,
    /// Epoch milliseconds.
    created_time: i64,
    /// Epoch milliseconds.
    last_update_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_by: Option<String>,
    /// Present if this record alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    omitted: Omitted,
}

impl RecordShown {
    /// The record in at most that many characters.
    pub(super) fn of(record: Record, budget: Budget) -> Self {
        let mut shown = Self {
            dataset_record_id: record.dataset_record_id,
            inputs: Any(record.inputs),
            outputs: something(record.outputs),
            expectations: something(record.expectations),
            tags: something(record.tags),
            source: something(record.source),
            created_time: record.created_time,
            last_update_time: record.last_update_time,
            created_by: record.created_by,
            last_updated_by: record.last_updated_by,
            omitted: Omitted::new(),
        };
        if size(&shown) > budget.characters() {
            shown.shorten(budget);
        }
        shown
    }

    fn shorten(&mut self, budget: Budget) {
        let cut = Cut::default().down_to(budget, size(&self));
        let rest = [
            ("outputs", &mut self.outputs),
            ("expectations", &mut self.expectations),
            ("tags", &mut self.tags),
            ("source", &mut self.source),
        ];
        let rest = rest.into_iter().filter_map(|(name, part)| Some((name, &mut part.as_mut()?.0)));
        self.omitted =
            cut.values([("inputs", &mut self.inputs.0)].into_iter().chain(rest).collect()).omitted();
    }
}

/// MLflow has null or `{}` where nothing was said.
pub(super) fn something(value: Value) -> Option<Any> {
    let is_empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    (!is_empty).then_some(Any(value))
}
