//! Descriptions, stages, copies and deletions of model versions.

use serde_json::json;
use xtask::mlflow::Version;

use super::{Bench, tag};

fn a_version_is_described_moved_copied_and_deleted(line: Version) {
    let bench = Bench::of(line);
    bench.model("staged", 3);
    let answer = bench
        .ok("update_model_version", json!({"name": "staged", "version": 1, "description": "**new** text"}));
    assert_eq!(answer["description"], "**new** text");
    assert_eq!(bench.version("staged", "1")["description"], "**new** text");

    let to = |version: u32, archive: bool| {
        let arguments =
            json!({"name": "staged", "version": version, "stage": "staging", "archive_existing": archive});
        bench.ok("transition_model_version_stage", arguments)
    };
    let answer = to(1, false);
    assert_eq!(answer["previous_stage"], "None");
    assert_eq!(answer["current_stage"], "Staging");
    to(2, true);
    assert_eq!(bench.version("staged", "1")["current_stage"], "Archived");
    assert_eq!(bench.version("staged", "2")["current_stage"], "Staging");

    let copy = json!({"src_model_name": "staged", "src_version": "1", "dst_model_name": "copied"});
    let answer = bench.ok("copy_model_version", copy.clone());
    assert_eq!(answer["created_model"], true);
    assert_eq!(bench.ok("copy_model_version", copy)["created_model"], false);
    let copied = bench.version("copied", "2");
    assert_eq!(
        (&copied["source"], &copied["description"]),
        (&json!("models:/staged/1"), &json!("**new** text"))
    );
    assert_eq!(tag(&copied["tags"], "validated"), Some("yes"));
    let none = json!({"src_model_name": "staged", "src_version": "99", "dst_model_name": "never"});
    bench.fails("copy_model_version", none);
    assert!(!bench.exists("never"));

    let answer = bench.ok("delete_model_version", json!({"name": "staged", "version": 3}));
    assert_eq!(answer["source"], "s3://bucket/model");
    let gone = bench.fails("delete_model_version", json!({"name": "staged", "version": 3}));
    assert!(gone.contains("RESOURCE_DOES_NOT_EXIST"), "{gone}");
    bench.ok("delete_registered_model", json!({"name": "copied"}));
    assert!(!bench.exists("copied"));
}

#[test]
fn a_version_is_described_moved_copied_and_deleted_on_the_newest_mlflow() {
    a_version_is_described_moved_copied_and_deleted(Version::Newest);
}

#[test]
fn a_version_is_described_moved_copied_and_deleted_on_mlflow_2() {
    a_version_is_described_moved_copied_and_deleted(Version::Two);
}

#[test]
fn a_version_is_described_moved_copied_and_deleted_on_mlflow_3_5() {
    a_version_is_described_moved_copied_and_deleted(Version::Early);
}
