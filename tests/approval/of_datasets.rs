//! What a person reads before something of an evaluation dataset is deleted.

use serde_json::{Value, json};

/// A call of each tool that deletes, and how its question begins.
pub fn deletions() -> [(&'static str, Value, &'static str); 4] {
    [
        (
            "delete_dataset",
            json!({"dataset_id": "d-1"}),
            "Delete evaluation dataset \"golden\" (d-1) with 2 records for good: this cannot be undone. It is in experiment 7; runs \
             that have read it keep its name and digest.",
        ),
        (
            "delete_dataset_records",
            json!({"dataset_id": "d-1", "dataset_record_ids": ["dr-1"]}),
            "Delete 1 record of evaluation dataset \"golden\" (d-1), which has 2, for good: dr-1 ({\"question\":\"Who?\"}). Added \
             again they have other ids.",
        ),
        (
            "delete_dataset_tag",
            json!({"dataset_id": "d-1", "key": "team"}),
            "Remove tag \"team\" of evaluation dataset \"golden\" (d-1), which is \"cv\".",
        ),
        (
            "remove_dataset_from_experiments",
            json!({"dataset_id": "d-1", "experiment_ids": ["7", "8"]}),
            "Remove evaluation dataset \"golden\" (d-1) from experiment 7. It is in no other then. Its records stay; \
             add_dataset_to_experiments adds it again.",
        ),
    ]
}
