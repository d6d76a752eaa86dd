//! `upsert_dataset_records`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::find;
use super::given;
use super::merge::Merge;
use super::scan::{Scan, scan};
use crate::mlflow::evaluation_datasets::change::{RECORDS_GO, upsert};
use crate::mlflow::evaluation_datasets::{self, EvaluationDataset, records};
use crate::mlflow::server;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::preview::counted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};

/// What is true of a server before 3.10.
const STAY: &str =
    "What is inserted cannot be taken back: MLflow removes records since 3.10, and this server is older.";

/// Records that a person is shown.
const SHOWN: usize = 3;

/// Add records to an evaluation dataset. One whose inputs are there is updated: its expectations and tags are merged.
#[derive(Deserialize, JsonSchema)]
pub struct UpsertDatasetRecords {
    /// d- and 32 hex digits.
    #[schemars(length(min = 1))]
    dataset_id: String,
    /// JSON, up to 100: [{"inputs": {"question": "Who?"}, "expectations": {"answer": "Ada"}, "tags": {"set": "a"}, "source": {"source_type": "TRACE", "source_data": {"trace_id": "tr-1"}}}]. Only inputs are needed.
    records: String,
}

/// What was replaced in a record.
#[derive(Serialize, JsonSchema)]
pub struct Previous {
    dataset_record_id: String,
    /// Of expectations, tags and outputs.
    replaced: Any,
}

/// What was added and updated.
#[derive(Serialize, JsonSchema)]
pub struct Upserted {
    success: bool,
    dataset_id: String,
    inserted: i64,
    updated: i64,
    /// Those that were inserted.
    inserted_record_ids: Vec<String>,
    /// What was replaced in those that were updated.
    previous: Vec<Previous>,
    /// The calls that take it back.
    undo: Vec<String>,
    /// What to know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Tool for UpsertDatasetRecords {
    const SPEC: Spec = Spec {
        name: "upsert_dataset_records",
        title: "Add or update records",
        toolset: Toolset::Datasets,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Upserted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Look { dataset, merges, scan } = self.look(cx).await?;
        let given: Vec<_> = merges.iter().map(|merge| merge.given.clone()).collect();
        let (inserted, updated) = upsert(&cx.client, &dataset.dataset_id, &given).await?;
        let mut done = Upserted {
            success: true,
            dataset_id: dataset.dataset_id,
            inserted,
            updated,
            inserted_record_ids: Vec::new(),
            previous: Vec::new(),
            undo: Vec::new(),
            note: None,
        };
        let mut notes = Vec::new();
        if inserted > 0 {
            done.inserted_record_ids = made(cx, &done.dataset_id, &merges).await;
            done.take_back_inserted(server::is_before(&cx.client, RECORDS_GO).await, &mut notes);
        }
        if updated > 0 {
            done.take_back_updated(cx, &merges, &mut notes);
            if !scan.is_done {
                notes.push(beyond(scan));
            }
        }
        done.note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(done)
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let Look { dataset, merges, scan } = self.look(cx).await?;
        let known = merges.iter().filter(|merge| merge.known.is_some()).count();
        let mut would = format!(
            "Merge {} into {}, which has {}: insert {}, update {known}.",
            counted(merges.len(), false, "record"),
            find::spoken(&dataset),
            dataset.num_records(),
            merges.len() - known,
        );
        let replaced: Vec<String> = merges.iter().filter_map(Merge::would).collect();
        for one in replaced.iter().take(SHOWN) {
            would.push(' ');
            would.push_str(one);
        }
        if replaced.len() > SHOWN {
            would.push_str(&format!(" And so in {} more.", replaced.len() - SHOWN));
        }
        let added: usize = merges.iter().map(Merge::added).sum();
        if added > 0 {
            would.push_str(&format!(
                " It adds {}, which MLflow cannot remove from a record again.",
                counted(added, false, "member")
            ));
        }
        if known < merges.len() && server::is_before(&cx.client, RECORDS_GO).await {
            would.push_str(&format!(" {STAY}"));
        }
        if !scan.is_done {
            would.push(' ');
            would.push_str(&beyond(scan));
        }
        Ok(Some(would))
    }
}

/// That some records were not looked at.
fn beyond(scan: Scan) -> String {
    format!(
        "Only the first {} records of the dataset were looked at: others may have the same inputs, too.",
        scan.read
    )
}

struct Look {
    dataset: EvaluationDataset,
    merges: Vec<Merge>,
    scan: Scan,
}

impl UpsertDatasetRecords {
    async fn look(&self, cx: &Context<'_>) -> Result<Look, Failure> {
        let given = given::records(&self.records)?;
        let dataset = find::dataset(cx, &self.dataset_id).await?;
        given::fit(&given, &dataset.schema)?;
        let mut merges: Vec<Merge> = given.into_iter().map(|given| Merge { given, known: None }).collect();
        let mut left = merges.len();
        let scan = scan(cx, &dataset.dataset_id, &mut |record| {
            let same = merges.iter_mut().find(|merge| merge.given["inputs"] == record.inputs);
            if let Some(merge) = same {
                merge.known = Some(record);
                left -= 1;
            }
            left > 0
        })
        .await?;
        Ok(Look { dataset, merges, scan })
    }
}

/// The ids of the records that were inserted just now, which MLflow does not say: they were made when the dataset was
/// last updated. Fewer where somebody else updates it meanwhile, or MLflow does not answer any more.
async fn made(cx: &Context<'_>, dataset_id: &str, merges: &[Merge]) -> Vec<String> {
    let now = evaluation_datasets::get(&cx.client, dataset_id).await.ok();
    let Some(time) = now.and_then(|dataset| dataset.last_update_time) else { return Vec::new() };
    let token = records::made_at(time);
    let page = records::page(&cx.client, dataset_id, 2 * given::MOST, Some(&token)).await.unwrap_or_default();
    let ours = |record: &records::Record| {
        let same = |merge: &&Merge| merge.known.is_none() && merge.given["inputs"] == record.inputs;
        record.created_time == time && merges.iter().any(|merge| same(&merge))
    };
    page.records.into_iter().filter(ours).map(|record| record.dataset_record_id).collect()
}

impl Upserted {
    fn take_back_inserted(&mut self, they_stay: bool, notes: &mut Vec<String>) {
        if they_stay {
            notes.push(STAY.to_owned());
            return;
        }
        let ids = &self.inserted_record_ids;
        if ids.len() != usize::try_from(self.inserted).unwrap_or(0) {
            notes.push(
                "Not all of the inserted records could be told from others: get_dataset_records shows their ids.".to_owned(),
            );
        }
        if !ids.is_empty() {
            let list = json!(ids).to_string();
            let arguments = [("dataset_id", self.dataset_id.as_str()), ("dataset_record_ids", &list)];
            self.undo.push(undo("delete_dataset_records", &arguments));
        }
    }

    fn take_back_updated(&mut self, cx: &Context<'_>, merges: &[Merge], notes: &mut Vec<String>) {
        let undoing: Vec<Value> = merges.iter().filter_map(Merge::undoing).collect();
        let before = merges.iter().filter_map(|merge| {
            let replaced = Any(Value::Object(merge.replaced()?));
            Some(Previous { dataset_record_id: merge.known.as_ref()?.dataset_record_id.clone(), replaced })
        });
        self.previous = before.collect();
        if !undoing.is_empty() {
            let list = Value::Array(undoing).to_string();
            let arguments = [("dataset_id", self.dataset_id.as_str()), ("records", &list)];
            self.undo.push(undo("upsert_dataset_records", &arguments));
        }
        let (all, fitting) = (self.previous.len(), cx.budget.share(3).fitting(&self.previous));
        self.previous.truncate(fitting);
        if fitting < all {
            notes.push(format!("{fitting} of {all} records in which something was replaced are shown."));
        }
        let added: usize = merges.iter().map(Merge::added).sum();
        if added > 0 {
            let members = counted(added, false, "member");
            notes.push(format!(
                "{members} of expectations and tags are new, and MLflow cannot remove them again."
            ));
        }
    }
}
