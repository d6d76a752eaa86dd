//! `delete_dataset_records`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find;
use super::given::MOST;
use super::merge::again;
use super::scan::scan;
use crate::mlflow::evaluation_datasets::EvaluationDataset;
use crate::mlflow::evaluation_datasets::change::{RECORDS_GO, delete_records};
use crate::mlflow::evaluation_datasets::records::Record;
use crate::mlflow::server;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, json};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};
use crate::tools::since::{older, since};

/// Records that a person is shown, and characters of the inputs of each.
const SHOWN: usize = 5;
const INPUTS: usize = 80;

/// What a server before 3.10 cannot do.
const DELETING: &str = "deleting records of a dataset";

/// Delete records of an evaluation dataset for good (MLflow 3.10).
#[derive(Deserialize, JsonSchema)]
pub struct DeleteDatasetRecords {
    /// d- and 32 hex digits.
    #[schemars(length(min = 1))]
    dataset_id: String,
    /// Up to 100: dr- and 32 hex digits, as get_dataset_records shows them.
    dataset_record_ids: Vec<String>,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    dataset_id: String,
    deleted: i64,
    dataset_record_ids: Vec<String>,
    /// The call that adds them again, with other ids and times; or why there is none.
    undo: String,
}

impl Tool for DeleteDatasetRecords {
    const SPEC: Spec = Spec {
        name: "delete_dataset_records",
        title: "Delete records of a dataset",
        toolset: Toolset::Datasets,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Look { dataset, ids, found, .. } = self.look(cx).await?;
        let done = delete_records(&cx.client, &dataset.dataset_id, &ids).await;
        let deleted = done.map_err(|error| since("3.10", DELETING, error))?;
        let undo = adding(&dataset.dataset_id, &ids, &found);
        Ok(Deleted { success: true, dataset_id: dataset.dataset_id, deleted, dataset_record_ids: ids, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        if server::is_before(&cx.client, RECORDS_GO).await {
            return Err(older("3.10", DELETING).into());
        }
        let Look { dataset, ids, found, read } = self.look(cx).await?;
        let some: Vec<String> = found
            .iter()
            .take(SHOWN)
            .map(|record| format!("{} ({})", record.dataset_record_id, json(&record.inputs, INPUTS)))
            .collect();
        let more = if found.len() > SHOWN { " and more" } else { "" };
        let unseen = match ids.len() - found.len() {
            0 => String::new(),
            unseen => format!(" {unseen} of them are not among the first {read} records."),
        };
        Ok(Some(format!(
            "Delete {} of {}, which has {}, for good: {}{more}.{unseen} Added again they have other ids.",
            counted(ids.len(), false, "record"),
            find::spoken(&dataset),
            dataset.num_records(),
            some.join(", "),
        )))
    }
}

/// The call that adds the records again.
fn adding(dataset_id: &str, ids: &[String], found: &[Record]) -> String {
    let records: Option<Vec<Value>> = found.iter().map(again).collect();
    match records {
        _ if found.len() < ids.len() => "None: not all of them were seen before.".to_owned(),
        Some(list) => {
            let list = Value::Array(list).to_string();
            undo("upsert_dataset_records", &[("dataset_id", dataset_id), ("records", &list)])
        }
        None => "None: one of them has inputs that are no object.".to_owned(),
    }
}

struct Look {
    dataset: EvaluationDataset,
    ids: Vec<String>,
    found: Vec<Record>,
    read: usize,
}

impl DeleteDatasetRecords {
    async fn look(&self, cx: &Context<'_>) -> Result<Look, Failure> {
        let ids = super::each_once(&self.dataset_record_ids);
        if ids.is_empty() || ids.len() > MOST {
            return Err(ToolError::argument(format!(
                "argument \"dataset_record_ids\" has {} ids, and must have 1 to {MOST}; nothing was changed",
                ids.len()
            ))
            .into());
        }
        let dataset = find::dataset(cx, &self.dataset_id).await?;
        let mut found = Vec::new();
        let scan = scan(cx, &dataset.dataset_id, &mut |record| {
            if ids.contains(&record.dataset_record_id) {
                found.push(record);
            }
            found.len() < ids.len()
        })
        .await?;
        let missing = |id: &&String| !found.iter().any(|record| record.dataset_record_id == **id);
        match ids.iter().find(missing) {
            // MLflow would leave it out without a word.
            Some(id) if scan.is_done => Err(ToolError::new(
                Kind::NotFound,
                format!(
                    "RESOURCE_DOES_NOT_EXIST: {} has no record {id:?}; nothing was changed",
                    find::spoken(&dataset)
                ),
                "get_dataset_records shows their ids.",
            )
            .into()),
            _ => Ok(Look { dataset, ids, found, read: scan.read }),
        }
    }
}
