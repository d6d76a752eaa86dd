//! Evaluation datasets with their records, and the data sets that runs have read.

use crate::tool::Entry;

pub mod add_dataset_to_experiments;
pub mod create_dataset;
pub mod delete_dataset;
pub mod delete_dataset_records;
pub mod delete_dataset_tag;
mod find;
pub mod get_dataset;
pub mod get_dataset_records;
mod given;
mod merge;
mod record;
pub mod remove_dataset_from_experiments;
mod scan;
pub mod search_datasets;
pub mod search_run_datasets;
pub mod search_runs_by_dataset;
pub mod set_dataset_tags;
mod tags;
pub mod upsert_dataset_records;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<search_datasets::SearchDatasets>(),
    Entry::of::<get_dataset::GetDataset>(),
    Entry::of::<get_dataset_records::GetDatasetRecords>(),
    Entry::of::<search_run_datasets::SearchRunDatasets>(),
    Entry::of::<search_runs_by_dataset::SearchRunsByDataset>(),
    Entry::of::<create_dataset::CreateDataset>(),
    Entry::of::<upsert_dataset_records::UpsertDatasetRecords>(),
    Entry::of::<delete_dataset_records::DeleteDatasetRecords>(),
    Entry::of::<set_dataset_tags::SetDatasetTags>(),
    Entry::of::<delete_dataset_tag::DeleteDatasetTag>(),
    Entry::of::<add_dataset_to_experiments::AddDatasetToExperiments>(),
    Entry::of::<remove_dataset_from_experiments::RemoveDatasetFromExperiments>(),
    Entry::of::<delete_dataset::DeleteDataset>(),
];

/// Each id once, in that order.
fn each_once(ids: &[String]) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for id in ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
        if !once.iter().any(|known| known == id) {
            once.push(id.to_owned());
        }
    }
    once
}
