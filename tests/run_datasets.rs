//! The data sets that runs have read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::recorded::{VERSIONS, fixture, recorded, response};
use support::records::asked;
use support::{Mlflow, answer, call, failure, success};

#[test]
fn data_sets_of_runs_are_listed_on_both_servers() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["experiments-search-datasets"]);
        let result = call(&mlflow, "search_run_datasets", json!({"experiment_ids": ["1"]}));
        assert_eq!(
            success(&result)["result"],
            json!([
                {"name": "churn-2025q4-test", "digest": "a92be310", "context": "eval", "experiment_id": "1"},
                {"name": "churn-2025q4-train", "digest": "5f0c1d7a", "context": "training", "experiment_id": "1"},
            ])
        );
    }
}

#[test]
fn many_experiments_are_asked_for_in_parts_and_many_data_sets_come_in_pages() {
    let mlflow = Mlflow::new(|request| {
        let ids = asked(request)["experiment_ids"].as_array().unwrap().clone();
        assert!((1..=20).contains(&ids.len()));
        let rows: Vec<Value> = (0..1_000)
            .map(|n| json!({"experiment_id": ids[0], "name": format!("d-{n:04}"), "digest": "x".repeat(36)}))
            .collect();
        Ok(answer(200, json!({"dataset_summaries": rows}).to_string()))
    });
    let ids: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let (mut seen, mut token, mut pages) = (BTreeSet::new(), Value::Null, 0);
    loop {
        let arguments = json!({"experiment_ids": ids, "page_token": token});
        let result = call(&mlflow, "search_run_datasets", arguments);
        let page = success(&result);
        assert!(page["note"].as_str().unwrap().contains("so some are missing"));
        for row in page["result"].as_array().unwrap() {
            assert!(seen.insert((row["experiment_id"].to_string(), row["name"].to_string())));
        }
        (token, pages) = (page["next_page_token"].clone(), pages + 1);
        assert_eq!(token != Value::Null, page["truncated"] == true);
        if token == Value::Null {
            break;
        }
    }
    assert_eq!((seen.len(), mlflow.seen().len()), (3_000, pages * 3));
    for arguments in
        [json!({"experiment_ids": []}), json!({"experiment_ids": vec!["1x"; 1], "page_token": "!"})]
    {
        failure(&call(&Mlflow::untouched(), "search_run_datasets", arguments));
    }
}

/// A run that has read these: name, digest, context.
fn run(number: usize, read: &[(&str, &str, &str)]) -> Value {
    let inputs: Vec<Value> = read
        .iter()
        .map(|(name, digest, context)| {
            json!({"tags": [{"key": "mlflow.data.context", "value": context}],
                "dataset": {"name": name, "digest": digest, "source_type": "code"}})
        })
        .collect();
    json!({"info": {"run_id": number.to_string(), "run_name": format!("run-{number}"), "experiment_id": "1", "status": "FINISHED"},
        "inputs": {"dataset_inputs": inputs}})
}

#[test]
fn a_run_that_has_read_two_data_sets_is_not_taken_for_a_third() {
    let runs = json!({"runs": [run(1, &[("churn", "1", "training"), ("other", "2", "eval")]), run(2, &[("churn", "1", "eval")])]})
        .to_string();
    let mlflow = Mlflow::new(move |_| Ok(answer(200, runs.clone())));
    let find = |mut more: Value| {
        more["experiment_ids"] = json!(["1"]);
        let result = call(&mlflow, "search_runs_by_dataset", more);
        let rows = success(&result)["result"].as_array().unwrap().clone();
        rows.iter().map(|row| row["run_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(find(json!({"name": "churn"})), ["1", "2"]);
    assert_eq!(find(json!({"name": "churn", "context": "eval"})), ["2"]);
    assert_eq!(find(json!({"digest": 2, "context": "eval"})), ["1"]);
    let filters: Vec<Value> = mlflow.seen().iter().map(|request| asked(request)["filter"].clone()).collect();
    assert_eq!(filters[1], "dataset.name = 'churn' AND dataset.context = 'eval'");
    assert_eq!(filters[2], "dataset.digest = '2' AND dataset.context = 'eval'");
    let result = call(&Mlflow::untouched(), "search_runs_by_dataset", json!({"experiment_ids": ["1"]}));
    assert!(failure(&result).contains("one of \"name\", \"digest\" and \"context\" is needed"), "{result}");
}

#[test]
fn every_run_is_found_once_however_the_pages_are_cut() {
    let all: Vec<Value> = (0..350)
        .map(|n| run(n, &[("churn", "1", if n % 2 == 0 { "eval" } else { "training" }), ("x", "1", "eval")]))
        .collect();
    let mlflow = Mlflow::new(move |request| {
        let body = asked(request);
        let offset = body["page_token"].as_str().map_or(0, |token| {
            let token: Value = serde_json::from_slice(&STANDARD.decode(token).unwrap()).unwrap();
            usize::try_from(token["offset"].as_u64().unwrap()).unwrap()
        });
        let most = usize::try_from(body["max_results"].as_u64().unwrap()).unwrap();
        let page: Vec<Value> = all.iter().skip(offset).take(most).cloned().collect();
        let mut found = json!({"runs": page});
        if offset + most < all.len() {
            found["next_page_token"] = json!(STANDARD.encode(format!("{{\"offset\": {}}}", offset + most)));
        }
        Ok(answer(200, found.to_string()))
    });
    for most in [7, 100, 1_000] {
        let (mut found, mut token) = (Vec::new(), Value::Null);
        loop {
            let arguments = json!({"experiment_ids": ["1"], "name": "churn", "context": "eval", "max_results": most,
                "page_token": token});
            let result = call(&mlflow, "search_runs_by_dataset", arguments);
            let page = success(&result);
            let rows = page["result"].as_array().unwrap();
            assert!(rows.len() <= most);
            found.extend(rows.iter().map(|row| row["run_id"].as_str().unwrap().parse::<usize>().unwrap()));
            token = page["next_page_token"].clone();
            if token == Value::Null {
                break;
            }
        }
        assert_eq!(found, (0..350).step_by(2).collect::<Vec<_>>(), "{most}");
    }
}

#[test]
fn a_data_set_that_no_run_has_read_is_told_with_those_that_were() {
    let datasets = fixture("3.17.2", "experiments-search-datasets");
    let experiment = fixture("3.17.2", "experiments-get");
    let mlflow = Mlflow::new(move |request| {
        Ok(match request.uri().path() {
            path if path.ends_with("/search-datasets") => response(&datasets),
            path if path.ends_with("/experiments/get") => response(&experiment),
            _ => answer(200, "{}"),
        })
    });
    let arguments = json!({"experiment_ids": ["1"], "name": "churn-2025q4-tests"});
    let result = call(&mlflow, "search_runs_by_dataset", arguments);
    let note = success(&result)["note"].as_str().unwrap();
    assert!(
        note.starts_with("Did you mean \"churn-2025q4-test\"? Runs of these experiments have read:"),
        "{note}"
    );
}
