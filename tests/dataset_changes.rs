//! What changes evaluation datasets and their records.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::furnished::{calls, changes, furnished, interrupted};
use support::records::{asked, query, record, with_records};
use support::{Mlflow, answer, call, failure, success};

/// The body of the only change.
fn sent(mlflow: &Mlflow) -> Value {
    let [line] = changes(mlflow).try_into().unwrap();
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let all = mlflow.seen();
    asked(all.iter().rfind(|request| request.uri().path() == path && request.method() != "GET").unwrap())
}

#[test]
fn a_server_without_a_later_route_is_told_apart() {
    for (tool, route, status, since) in [
        ("delete_dataset_records", "/records", 405, "3.10"),
        ("add_dataset_to_experiments", "/add-experiments", 404, "3.7"),
        ("remove_dataset_from_experiments", "/remove-experiments", 404, "3.7"),
    ] {
        let (_, arguments) = calls().into_iter().find(|(name, _)| *name == tool).unwrap();
        let there = furnished();
        success(&call(&there, tool, arguments.clone()));
        let lines = there.lines();
        let number = lines.iter().position(|line| !line.starts_with("GET")).unwrap();
        assert!(lines[number].ends_with(route), "{lines:?}");
        let mlflow =
            interrupted(number, move || Ok(answer(status, "<!doctype html><title>404 Not Found</title>")));
        let result = call(&mlflow, tool, arguments);
        assert!(failure(&result).contains(&format!("needs MLflow {since} or newer")), "{tool}: {result}");
    }
}

#[test]
fn a_dataset_is_created_where_it_is_said() {
    let mlflow = furnished();
    let arguments = json!({"name": "new", "experiment_ids": [7, "7"], "tags": {"team": "nlp", "n": 1}});
    let result = call(&mlflow, "create_dataset", arguments);
    let created = success(&result);
    assert_eq!(created["undo"], "delete_dataset {\"dataset_id\":\"7\"}");
    assert_eq!((&created["experiment_ids"], created.get("note")), (&json!(["7"]), None));
    assert_eq!(
        sent(&mlflow),
        json!({"name": "new", "experiment_ids": ["7"], "tags": "{\"n\":\"1\",\"team\":\"nlp\"}"})
    );
    for (arguments, says) in [
        (json!({"name": "x".repeat(256)}), "MLflow keeps 255"),
        (json!({"name": "x", "tags": {"k": "v".repeat(5_001)}}), "MLflow keeps 5000"),
        (json!({"name": "x", "tags": {"": "v"}}), "an empty name"),
        (json!({"name": "x", "experiment_ids": ["8"]}), "experiment 8 is deleted"),
    ] {
        let mlflow = furnished();
        assert!(failure(&call(&mlflow, "create_dataset", arguments)).contains(says), "{says}");
        assert_eq!(changes(&mlflow), Vec::<String>::new());
    }
}

#[test]
fn records_are_merged_with_those_that_are_there() {
    let given = json!([{"inputs": {"question": "Who?"}, "expectations": {"answer": "Zoe", "new": 1}, "outputs": "Zoe"},
        {"inputs": {"question": "When?"}, "tags": {"n": 1}}]);
    let would = {
        let result = call(
            &furnished(),
            "upsert_dataset_records",
            json!({"dataset_id": "7", "records": given, "dry_run": true}),
        );
        success(&result)["would"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        would,
        "Merge 2 records into evaluation dataset \"golden\" (7), which has 2: insert 1, update 1. In 7 it replaces \
         expectations {\"answer\":\"Ada\"}, outputs {}. It adds 1 member, which MLflow cannot remove from a record again."
    );
    // In both forms: JSON, and JSON in text.
    for records in [given.clone(), json!(given.to_string())] {
        let mlflow = furnished();
        let result = call(&mlflow, "upsert_dataset_records", json!({"dataset_id": "7", "records": records}));
        let done = success(&result);
        let records: Value = serde_json::from_str(sent(&mlflow)["records"].as_str().unwrap()).unwrap();
        assert_eq!(
            records[1],
            json!({"inputs": {"question": "When?"}, "tags": {"n": "1"},
            "source": {"source_type": "CODE", "source_data": {}}})
        );
        assert_eq!((&done["inserted"], &done["updated"]), (&json!(1), &json!(1)));
        assert_eq!(
            done["previous"],
            json!([{"dataset_record_id": "7", "replaced": {"expectations": {"answer": "Ada"}, "outputs": {}}}])
        );
        // Nobody has made it: this MLflow keeps nothing.
        assert_eq!(done["inserted_record_ids"], json!([]));
        assert_eq!(
            done["undo"],
            json!([
                "upsert_dataset_records {\"dataset_id\":\"7\",\"records\":\"[{\\\"expectations\\\":{\\\"answer\\\":\\\"Ada\\\"},\
                    \\\"outputs\\\":{},\\\"inputs\\\":{\\\"question\\\":\\\"Who?\\\"}}]\"}"
            ])
        );
        assert!(done["note"].as_str().unwrap().contains("Not all of the inserted records could be told"));
    }
}

#[test]
fn inserted_records_are_told_by_the_time_at_which_they_were_made() {
    let count = std::cell::Cell::new(0);
    let mlflow = Mlflow::new(move |request| {
        if request.method() == "POST" {
            count.set(1);
            return Ok(answer(200, r#"{"inserted_count": 1}"#));
        }
        if !request.uri().path().ends_with("/records") {
            let time = if count.get() == 0 { 500 } else { 1_000 };
            let body = json!({"dataset": {"dataset_id": "d-1", "name": "g", "last_update_time": time}});
            return Ok(answer(200, body.to_string()));
        }
        let Some(token) = query(request, "page_token") else {
            return Ok(answer(200, r#"{"records": "[]"}"#));
        };
        assert_eq!(STANDARD.decode(token).unwrap(), b"1000:");
        let made = |id: &str, time: i64, question: &str| json!({"dataset_record_id": id, "inputs": {"q": question}, "created_time": time});
        // One that somebody else made at the same time, and one that was made later.
        let records =
            json!([made("dr-1", 1_000, "theirs"), made("dr-2", 1_000, "ours"), made("dr-3", 1_001, "ours")]);
        Ok(answer(200, json!({"records": records.to_string()}).to_string()))
    });
    let arguments = json!({"dataset_id": "d-1", "records": {"inputs": {"q": "ours"}}});
    let result = call(&mlflow, "upsert_dataset_records", arguments);
    let done = success(&result);
    assert_eq!(done["inserted_record_ids"], json!(["dr-2"]));
    assert_eq!(
        done["undo"],
        json!(["delete_dataset_records {\"dataset_id\":\"d-1\",\"dataset_record_ids\":\"[\\\"dr-2\\\"]\"}"])
    );
    assert_eq!(done.get("note"), None);
}

#[test]
fn a_large_dataset_is_looked_at_in_part_and_the_answer_says_so() {
    let records: Vec<Value> = (0..10_500).map(|n| record(n, "")).collect();
    let new = json!([{"inputs": {"n": -1}}]);
    let mlflow = with_records(records.clone(), 1_000);
    let arguments = json!({"dataset_id": "d-1", "records": new, "dry_run": true});
    let result = call(&mlflow, "upsert_dataset_records", arguments);
    let would = success(&result)["would"].as_str().unwrap();
    assert!(would.contains("Only the first 10000 records of the dataset were looked at"), "{would}");
    // The dataset, its records in ten pages, and the version of the server.
    assert_eq!(mlflow.seen().len(), 12);
    // What is found early needs no more.
    let mlflow = with_records(records.clone(), 1_000);
    let arguments =
        json!({"dataset_id": "d-1", "records": [{"inputs": {"n": 5, "text": ""}}], "dry_run": true});
    let result = call(&mlflow, "upsert_dataset_records", arguments);
    assert!(success(&result)["would"].as_str().unwrap().ends_with("insert 0, update 1."), "{result}");
    assert_eq!(mlflow.seen().len(), 2);
    // A record that was not looked at may be there, and goes; it cannot be added again.
    let mlflow = with_records(records, 1_000);
    let arguments =
        json!({"dataset_id": "d-1", "dataset_record_ids": ["dr-10400", "dr-00001"], "dry_run": true});
    let result = call(&mlflow, "delete_dataset_records", arguments);
    let would = success(&result)["would"].as_str().unwrap();
    assert!(would.contains("1 of them are not among the first 10000 records"), "{would}");
}

#[test]
fn records_that_would_break_a_dataset_are_not_sent() {
    for (records, says) in [
        (json!([]), "has 0 records"),
        (json!([{"inputs": {"goal": "Find it."}}]), "mixes sessions"),
        (json!([{"input": {"question": "x"}}]), "Did you mean \"inputs\"?"),
        (json!("[{"), "is no JSON"),
    ] {
        let mlflow = furnished();
        let result = call(&mlflow, "upsert_dataset_records", json!({"dataset_id": "7", "records": records}));
        assert!(failure(&result).contains(says), "{says}: {result}");
        assert_eq!(changes(&mlflow), Vec::<String>::new());
    }
}

#[test]
fn deleted_records_are_given_back_with_all_that_was_said() {
    let mlflow = furnished();
    let arguments = json!({"dataset_id": "7", "dataset_record_ids": ["9", "9", " "]});
    let result = call(&mlflow, "delete_dataset_records", arguments);
    let done = success(&result);
    assert_eq!((&done["deleted"], &done["dataset_record_ids"]), (&json!(1), &json!(["9"])));
    let (tool, arguments) = done["undo"].as_str().unwrap().split_once(' ').unwrap();
    let arguments: Value = serde_json::from_str(arguments).unwrap();
    assert_eq!((tool, &arguments["dataset_id"]), ("upsert_dataset_records", &json!("7")));
    let records: Value = serde_json::from_str(arguments["records"].as_str().unwrap()).unwrap();
    assert_eq!(
        records,
        json!([{"inputs": {"question": "Where?"}, "tags": {"set": "b"}, "outputs": "Here."}])
    );
    assert_eq!(sent(&mlflow), json!({"dataset_record_ids": ["9"]}));
    for (ids, says) in [(json!(["9", "x"]), "has no record \"x\""), (json!([]), "has 0 ids")] {
        let mlflow = furnished();
        let arguments = json!({"dataset_id": "7", "dataset_record_ids": ids});
        assert!(failure(&call(&mlflow, "delete_dataset_records", arguments)).contains(says), "{says}");
        assert_eq!(changes(&mlflow), Vec::<String>::new());
    }
}

#[test]
fn tags_tell_what_they_were_and_those_that_cannot_go_are_told() {
    let mlflow = furnished();
    let arguments = json!({"dataset_id": "7", "tags": {"team": "nlp", "new": "1", "a/b": "2"}});
    let result = call(&mlflow, "set_dataset_tags", arguments.clone());
    let done = success(&result);
    assert_eq!((&done["previous"], &done["new_tags"]), (&json!({"team": "cv"}), &json!(["a/b", "new"])));
    assert_eq!(
        done["undo"],
        json!([
            "set_dataset_tags {\"dataset_id\":\"7\",\"tags\":\"{\\\"team\\\":\\\"cv\\\"}\"}",
            "delete_dataset_tag {\"dataset_id\":\"7\",\"key\":\"new\"}"
        ])
    );
    assert_eq!(sent(&mlflow)["tags"], "{\"a/b\":\"2\",\"new\":\"1\",\"team\":\"nlp\"}");
    let mut dry = arguments;
    dry["dry_run"] = json!(true);
    let result = call(&furnished(), "set_dataset_tags", dry);
    let would = success(&result)["would"].as_str().unwrap();
    assert!(
        would.ends_with("replace \"team\" (is \"cv\"). MLflow has no way to remove \"a/b\" again."),
        "{would}"
    );

    let mlflow = furnished();
    let result = call(&mlflow, "delete_dataset_tag", json!({"dataset_id": "7", "key": "team"}));
    assert_eq!(
        success(&result)["undo"],
        "set_dataset_tags {\"dataset_id\":\"7\",\"tags\":\"{\\\"team\\\":\\\"cv\\\"}\"}"
    );
    assert_eq!(changes(&mlflow), ["DELETE /api/3.0/mlflow/datasets/7/tags/team"]);
    let body = r#"{"dataset": {"dataset_id": "d-1", "name": "g", "tags": "{\"a/b\": \"1\"}"}}"#;
    let mlflow = Mlflow::always(200, body);
    let result = call(&mlflow, "delete_dataset_tag", json!({"dataset_id": "d-1", "key": "a/b"}));
    assert!(failure(&result).contains("MLflow cannot delete tag \"a/b\""), "{result}");
    assert_eq!(changes(&mlflow), Vec::<String>::new());
}

#[test]
fn experiments_are_added_and_removed_as_far_as_that_changes_something() {
    let mlflow = furnished();
    let arguments = json!({"dataset_id": "7", "experiment_ids": ["5", "7"]});
    let result = call(&mlflow, "add_dataset_to_experiments", arguments);
    let done = success(&result);
    assert_eq!((&done["added"], &done["unchanged"]), (&json!(["5"]), &json!(["7"])));
    assert_eq!(sent(&mlflow), json!({"experiment_ids": ["5"]}));
    assert_eq!(
        done["undo"],
        "remove_dataset_from_experiments {\"dataset_id\":\"7\",\"experiment_ids\":\"[\\\"5\\\"]\"}"
    );
    let mlflow = furnished();
    let result =
        call(&mlflow, "add_dataset_to_experiments", json!({"dataset_id": "7", "experiment_ids": "7"}));
    assert_eq!((&success(&result)["added"], changes(&mlflow).len()), (&json!([]), 0));
    let mlflow = furnished();
    let arguments = json!({"dataset_id": "7", "experiment_ids": ["5", "7"]});
    let result = call(&mlflow, "remove_dataset_from_experiments", arguments);
    assert_eq!(success(&result)["removed"], json!(["7"]));
    assert_eq!(sent(&mlflow), json!({"experiment_ids": ["7"]}));
    let result = call(
        &furnished(),
        "remove_dataset_from_experiments",
        json!({"dataset_id": "7", "experiment_ids": "5"}),
    );
    assert!(
        failure(&result).contains("is not in experiment 5; nothing was changed. It is in 7."),
        "{result}"
    );
}

#[test]
fn before_3_10_nothing_claims_that_records_can_be_deleted() {
    let mlflow = |version: &'static str| {
        let furnished = furnished();
        Mlflow::new(move |request| match request.uri().path() {
            "/version" => Ok(answer(200, version)),
            _ => furnished.react(request),
        })
    };
    let new = json!({"dataset_id": "7", "records": [{"inputs": {"question": "When?"}}]});
    let (mut dry, old) =
        (new.clone(), json!({"dataset_id": "7", "dataset_record_ids": ["9"], "dry_run": true}));
    dry["dry_run"] = json!(true);
    for (version, is_old) in [("3.5.1", true), ("3.9.0", true), ("3.10.0", false), ("4.0.0rc1", false)] {
        let done = call(&mlflow(version), "upsert_dataset_records", new.clone());
        assert_eq!(success(&done)["note"].to_string().contains("cannot be taken back"), is_old, "{done}");
        let would = call(&mlflow(version), "upsert_dataset_records", dry.clone());
        assert_eq!(success(&would).to_string().contains("cannot be taken back"), is_old, "{would}");
        let deletion = call(&mlflow(version), "delete_dataset_records", old.clone());
        assert_eq!(deletion.to_string().contains("needs MLflow 3.10 or newer"), is_old, "{deletion}");
    }
}
