//! Evaluation datasets with their records: how they are found and read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::spec::Toolset;
use mlflow_mcp::tools;
use serde_json::{Map, Value, json};
use support::furnished::{calls, changes};
use support::made_up::arguments;
use support::recorded::{fixture, recorded, response};
use support::records::{asked, record, with_records};
use support::{Mlflow, answer, call, failure, success};

#[test]
fn a_dataset_is_what_a_real_server_says_of_it() {
    let real = &fixture("3.17.2", "evaluation-datasets-get")["response"]["body"]["dataset"];
    let id = real["dataset_id"].as_str().unwrap();
    let names = ["evaluation-datasets-get", "evaluation-datasets-experiment-ids"];
    let result = call(&recorded("3.17.2", &names), "get_dataset", json!({"dataset_id": id}));
    let found = success(&result);
    for name in ["dataset_id", "name", "digest", "created_time", "last_update_time"] {
        assert_eq!(found[name], real[name]);
    }
    assert_eq!((&found["num_records"], &found["profile"]), (&json!(8), &json!({"num_records": 8})));
    assert_eq!((&found["tags"], &found["experiment_ids"]), (&json!({"owner": "zoe"}), &json!(["9"])));
    assert_eq!(found["schema"]["expectations"], json!({"topic": "string"}));

    let mlflow = recorded("3.17.2", &["evaluation-datasets-search"]);
    let result = call(&mlflow, "search_datasets", json!({"experiment_ids": ["9"], "filter_string": " "}));
    let listed = &success(&result)["result"][0];
    assert_eq!((&listed["dataset_id"], &listed["num_records"]), (&json!(id), &json!(8)));
    assert_eq!(asked(&mlflow.seen()[0]), json!({"experiment_ids": ["9"], "max_results": 100}));
}

#[test]
fn records_are_those_of_a_real_server() {
    let real = &fixture("3.17.2", "evaluation-datasets-records")["response"]["body"]["records"];
    let real: Vec<Value> = serde_json::from_str(real.as_str().unwrap()).unwrap();
    let mlflow = recorded("3.17.2", &["evaluation-datasets-get", "evaluation-datasets-records"]);
    let id = &real[0]["dataset_id"];
    let result = call(&mlflow, "get_dataset_records", json!({"dataset_id": id}));
    let found = success(&result);
    assert_eq!(found["result"].as_array().unwrap().len(), 8);
    for (found, real) in found["result"].as_array().unwrap().iter().zip(&real) {
        for name in ["dataset_record_id", "inputs", "expectations", "tags", "created_time"] {
            assert_eq!(found[name], real[name]);
        }
        assert_eq!((found.get("outputs"), found.get("source"), found.get("omitted")), (None, None, None));
    }
    assert_eq!((&found["truncated"], found.get("next_page_token")), (&json!(false), None));
}

#[test]
fn what_is_not_there_is_told() {
    let mlflow = recorded("3.17.2", &["evaluation-datasets-get-missing", "evaluation-datasets-search-none"]);
    let path = &fixture("3.17.2", "evaluation-datasets-get-missing")["request"]["path_and_query"];
    let id = path.as_str().unwrap().rsplit('/').next().unwrap();
    let text =
        format!("there is no evaluation dataset with id \"{id}\". search_datasets lists ids and names.");
    assert!(failure(&call(&mlflow, "get_dataset", json!({"dataset_id": id}))).contains(&text));

    let names = ["evaluation-datasets-search-none", "evaluation-datasets-search"];
    let result = call(&recorded("3.17.2", &names), "get_dataset", json!({"name": "support-goldn"}));
    assert!(failure(&result).contains("Did you mean \"support-golden\"?"), "{result}");

    // A name where an id belongs is found, and where it is no id it is no part of a path.
    let (missing, found) = ("evaluation-datasets-get-missing", "evaluation-datasets-search");
    let mlflow = Mlflow::new(move |request| {
        let name = if request.uri().path().ends_with("/search") { found } else { missing };
        Ok(response(&fixture("3.17.2", name)))
    });
    let result = call(&mlflow, "get_dataset", json!({"dataset_id": "support-golden"}));
    assert!(failure(&result).contains("That is the name of dataset d-"), "{result}");
    mlflow.forget();
    let result = call(&mlflow, "delete_dataset", json!({"dataset_id": "support golden/.."}));
    assert!(failure(&result).contains("there is no evaluation dataset with id"), "{result}");
    assert_eq!(mlflow.lines(), ["POST /api/3.0/mlflow/datasets/search"]);

    let said = &fixture("3.17.2", "evaluation-datasets-search-400-or")["response"]["body"]["message"];
    let mlflow = recorded("3.17.2", &["evaluation-datasets-search-400-or"]);
    let result = call(&mlflow, "search_datasets", json!({"filter_string": "name = 'a' OR name = 'b'"}));
    assert!(failure(&result).contains(said.as_str().unwrap()), "{result}");
    for arguments in [json!({}), json!({"dataset_id": "d-1", "name": "a"})] {
        let result = call(&Mlflow::untouched(), "get_dataset", arguments);
        assert!(failure(&result).contains("either \"dataset_id\" or \"name\""), "{result}");
    }
}

#[test]
fn a_server_without_evaluation_datasets_is_told_apart() {
    let older = || Mlflow::new(|_| Ok(response(&fixture("2.22.5", "evaluation-datasets-get"))));
    let mut told = 0;
    for entry in tools::all().filter(|entry| entry.spec.toolset == Toolset::Datasets) {
        let name = entry.spec.name;
        if name.starts_with("search_run") {
            continue;
        }
        let arguments = match calls().into_iter().find(|(tool, _)| *tool == name) {
            Some((_, arguments)) => arguments,
            None => Value::Object(arguments(&entry.input_schema())),
        };
        let mlflow = older();
        let result = call(&mlflow, name, arguments);
        assert!(
            failure(&result).contains("MLflow has them since 3.4, and this server is older"),
            "{name}: {result}"
        );
        assert_eq!(changes(&mlflow), Vec::<String>::new());
        told += 1;
    }
    assert_eq!(told, 11);
}

#[test]
fn backticks_around_a_tag_are_explained() {
    for (filter, explained) in
        [("tags.`team` = 'nlp'", true), ("tags.\"team\" = 'nlp'", true), ("tags.team = 'nlp'", false)]
    {
        let mlflow = recorded("3.17.2", &["evaluation-datasets-search-none"]);
        let result = call(&mlflow, "search_datasets", json!({"filter_string": filter}));
        assert_eq!(success(&result).get("note").is_some(), explained, "{filter}");
        assert_eq!(asked(&mlflow.seen()[0])["filter_string"], filter);
    }
}

#[test]
fn a_name_is_found_whatever_quotes_it_has() {
    let both = "it's \"golden\" 100%";
    let found = |name: &str, id: &str| json!({"dataset_id": id, "name": name});
    let datasets =
        json!({"datasets": [found(both, "d-2"), found("it-s \"golden\" 100 x", "d-1")]}).to_string();
    let mlflow = Mlflow::new(move |request| {
        Ok(match request.uri().path().ends_with("/search") {
            true => answer(200, datasets.clone()),
            false => answer(200, "{}"),
        })
    });
    let result = call(&mlflow, "get_dataset", json!({"name": both}));
    assert_eq!(success(&result)["dataset_id"], "d-2");
    assert_eq!(asked(&mlflow.seen()[0])["filter_string"], "name LIKE 'it_s \"golden\" 100%'");
    let twins = json!({"datasets": [found("a", "d-2"), found("a", "d-1")]}).to_string();
    let mlflow = Mlflow::new(move |_| Ok(answer(200, twins.clone())));
    let result = call(&mlflow, "get_dataset", json!({"name": "a"}));
    assert!(
        failure(&result)
            .contains("2 evaluation datasets are named \"a\". Give the dataset_id of one of them: d-2, d-1.")
    );
}

#[test]
fn every_record_is_shown_once_however_the_pages_are_cut() {
    let records: Vec<Value> = (0..400).map(|n| record(n, &"ü".repeat(n % 300))).collect();
    for (asked, largest) in [(30, 1_000), (400, 1_000), (1_000, 20)] {
        let mlflow = with_records(records.clone(), largest);
        let (mut found, mut token, mut cut) = (Vec::new(), Value::Null, 0);
        loop {
            let arguments = json!({"dataset_id": "d-1", "max_results": asked, "page_token": token});
            let result = call(&mlflow, "get_dataset_records", arguments);
            assert!(result["content"][0]["text"].as_str().unwrap().chars().count() < 50_000);
            let page = success(&result);
            found.extend(
                page["result"].as_array().unwrap().iter().map(|one| one["inputs"]["n"].as_u64().unwrap()),
            );
            cut += usize::from(page["truncated"] == true);
            token = page["next_page_token"].clone();
            if token == Value::Null {
                break;
            }
        }
        assert_eq!(found, (0..400).collect::<Vec<u64>>(), "{asked} {largest}");
        assert_eq!(cut > 0, asked == 400, "{asked} {largest}");
    }
}

#[test]
fn a_record_that_is_too_long_is_cut_and_says_so() {
    let mut long = record(1, &"x".repeat(100_000));
    long["expectations"] = json!({"list": (0..20_000).collect::<Vec<_>>(), "short": true});
    let result = call(&with_records(vec![long], 1_000), "get_dataset_records", json!({"dataset_id": "d-1"}));
    assert!(result["content"][0]["text"].as_str().unwrap().chars().count() < 50_000);
    let record = &success(&result)["result"][0];
    assert!(record["inputs"]["text"].as_str().unwrap().ends_with("x... (100000 characters)"));
    assert_eq!((&record["inputs"]["n"], &record["expectations"]["short"]), (&json!(1), &json!(true)));
    let list = record["expectations"]["list"].as_array().unwrap();
    assert_eq!(record["omitted"], json!({"clipped_values": 1, "expectations": 20_000 - list.len()}));
    let text = record["inputs"]["text"].as_str().unwrap();
    assert!(
        list.len() > 2_000 && text.len() > 15_000,
        "both have much of the room: {} {}",
        list.len(),
        text.len()
    );
}

#[test]
fn a_dataset_that_is_too_long_is_cut_and_says_so() {
    let schema: Value =
        (0..3_000).map(|n| (format!("column {n}"), json!("string"))).collect::<Map<_, _>>().into();
    let profile: Value = (0..900).map(|n| (format!("figure {n}"), json!(n))).collect::<Map<_, _>>().into();
    let profile = json!({"num_records": 7, "more": profile});
    let dataset = json!({"dataset_id": "d-1", "name": "a", "schema": json!({"inputs": schema}).to_string(),
        "profile": profile.to_string()});
    let ids: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
    let body = json!({"dataset": dataset, "experiment_ids": ids}).to_string();
    let result = call(
        &Mlflow::new(move |_| Ok(answer(200, body.clone()))),
        "get_dataset",
        json!({"dataset_id": "d-1"}),
    );
    let found = success(&result);
    assert!(found.to_string().chars().count() <= 40_000, "{}", found.to_string().len());
    let listed = found["experiment_ids"].as_array().unwrap().len();
    let note = found["note"].as_str().unwrap();
    assert!(note.contains(&format!("{listed} of 5000 experiments are listed.")), "{note}");
    assert!(note.contains("The schema is too long") && note.contains("The profile is too long"), "{note}");
    assert!(found["schema"]["inputs"].as_object().unwrap().len() > 500);
    assert_eq!(found["num_records"], 7);
}

#[test]
fn missing_cells_of_a_data_frame_are_shown() {
    // As MLflow writes them, with what pandas has for nothing.
    let body = json!({"records": r#"[{"dataset_record_id": "dr-1", "inputs": {"q": "NaN \" Infinity"}, "outputs": {},
        "expectations": NaN, "tags": {"n": -Infinity}, "created_time": 1, "last_update_time": 1}]"#})
    .to_string();
    let mlflow = Mlflow::new(move |_| Ok(answer(200, with_dataset(&body))));
    let result = call(&mlflow, "get_dataset_records", json!({"dataset_id": "d-1"}));
    let record = &success(&result)["result"][0];
    assert_eq!((&record["expectations"], &record["tags"]), (&json!("NaN"), &json!({"n": "-Infinity"})));
    assert_eq!(record["inputs"], json!({"q": "NaN \" Infinity"}));
}

/// The body, with a dataset in it.
fn with_dataset(body: &str) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap();
    body["dataset"] = json!({"dataset_id": "d-1", "name": "golden"});
    body.to_string()
}

#[test]
fn a_page_token_that_mlflow_fails_at_is_not_sent() {
    assert_eq!(fixture("3.17.2", "evaluation-datasets-records-500-token")["response"]["status"], 500);
    for token in ["garbage", "eyJvZmZzZXQiOiAyfQ=="] {
        let arguments = json!({"dataset_id": "d-1", "page_token": token});
        let result = call(&Mlflow::untouched(), "get_dataset_records", arguments);
        assert!(failure(&result).contains("is none of this list"), "{result}");
    }
}
