//! The names that an experiment's runs use, however many runs there are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mlflow_mcp::port::HttpError;
use serde_json::{Value, json};
use support::recorded::{VERSIONS, recorded};
use support::{Mlflow, answer, call, call_with, failure, success};

/// A server with that many runs, each with a metric of its own; an answer of more than `most` runs is too large.
fn server_of_runs(runs: usize, most: usize) -> Mlflow {
    Mlflow::new(move |request| {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let wanted = usize::try_from(asked["max_results"].as_u64().unwrap()).unwrap();
        if wanted > most {
            return Err(HttpError::TooLarge);
        }
        let from = asked["page_token"].as_str().map_or(0, offset);
        let to = (from + wanted).min(runs);
        let run =
            |n: usize| json!({"data": {"metrics": [{"key": format!("metric-{n:05}"), "value": "NaN"}]}});
        let mut page = json!({"runs": (from..to).map(run).collect::<Vec<_>>()});
        if to < runs {
            page["next_page_token"] = json!(STANDARD.encode(format!("{{\"offset\": {to}}}")));
        }
        Ok(answer(200, page.to_string()))
    })
}

fn offset(token: &str) -> usize {
    let value: Value = serde_json::from_slice(&STANDARD.decode(token).unwrap()).unwrap();
    usize::try_from(value["offset"].as_u64().unwrap()).unwrap()
}

#[test]
fn names_beyond_the_first_thousand_runs_are_found() {
    let mlflow = server_of_runs(1_700, 10_000);
    let result =
        call(&mlflow, "get_experiment_metrics", json!({"experiment_id": "1", "prefix": "metric-016"}));
    let answer = success(&result);
    assert_eq!((&answer["total"], &answer["runs_read"]), (&json!(100), &json!(1_700)));
    assert_eq!((&answer["result"][99], &answer["truncated"]), (&json!("metric-01699"), &json!(false)));
    assert_eq!(mlflow.lines().len(), 4);
}

#[test]
fn when_time_is_up_the_answer_says_how_many_runs_were_read_and_how_to_go_on() {
    let mlflow = server_of_runs(2_400, 10_000).taking(Duration::from_secs(20));
    let mut arguments = json!({"experiment_id": "1"});
    let result = call(&mlflow, "get_experiment_metrics", arguments.clone());
    let first = success(&result);
    assert_eq!((&first["runs_read"], &first["truncated"]), (&json!(1_500), &json!(true)));
    assert!(first["note"].as_str().unwrap().contains("1500 runs"), "{first}");
    arguments["page_token"] = first["next_page_token"].clone();
    let result = call(&mlflow, "get_experiment_metrics", arguments);
    let rest = success(&result);
    assert_eq!((&rest["runs_read"], &rest["result"][0]), (&json!(900), &json!("metric-01500")));
    assert_eq!(rest.get("next_page_token"), None);
}

#[test]
fn no_page_waits_longer_than_there_is_time() {
    let mlflow = server_of_runs(2_400, 10_000).taking(Duration::from_secs(20));
    call(&mlflow, "get_experiment_metrics", json!({"experiment_id": "1"}));
    let waits: Vec<u64> = mlflow.limits().iter().map(|limits| limits.first_byte.as_secs()).collect();
    assert_eq!(waits, [30, 25, 5]);
}

#[test]
fn runs_that_are_too_large_together_are_read_a_few_at_a_time() {
    let mlflow = server_of_runs(40, 10);
    let result = call(&mlflow, "get_experiment_metrics", json!({"experiment_id": "1"}));
    assert_eq!(success(&result)["total"], 40);
    let result = call(&server_of_runs(40, 0), "get_experiment_metrics", json!({"experiment_id": "1"}));
    assert!(failure(&result).contains("larger than"), "{result}");
}

#[test]
fn too_many_names_are_counted_and_a_prefix_finds_the_others() {
    let few = [("MLFLOW_MCP_ANSWER_CHARACTERS", "2000")];
    let result =
        call_with(&server_of_runs(700, 500), &few, "get_experiment_metrics", json!({"experiment_id": "1"}));
    assert!(result["content"][0]["text"].as_str().unwrap().chars().count() <= 2_000);
    let cut = success(&result);
    assert_eq!((&cut["total"], &cut["truncated"]), (&json!(700), &json!(true)));
    assert!(cut["note"].as_str().unwrap().contains("of 700 names: a prefix"), "{cut}");
}

#[test]
fn the_names_are_those_of_the_runs_on_every_version() {
    for version in VERSIONS {
        for (tool, name) in [
            ("get_experiment_metrics", "test/auc"),
            ("get_experiment_params", "max_depth"),
            ("get_experiment_tags", "mlflow.user"),
        ] {
            let result = call(
                &recorded(version, &["runs-search-filter", "runs-search-invocation"]),
                tool,
                json!({"experiment_id": "1"}),
            );
            let names = success(&result);
            assert!(names["result"].as_array().unwrap().contains(&json!(name)), "{version} {tool}: {names}");
            let said = names["note"].as_str().unwrap_or_default().contains("not of the experiment");
            assert_eq!(said, tool == "get_experiment_tags");
        }
    }
}

#[test]
fn an_unknown_experiment_is_an_error_and_one_without_runs_is_not() {
    for version in VERSIONS {
        let unknown = recorded(version, &["runs-search-empty", "experiments-get-missing"]);
        let result = call(&unknown, "get_experiment_params", json!({"experiment_id": "999999"}));
        assert!(failure(&result).contains("no experiment with id \"999999\""), "{result}");
        let empty = recorded(version, &["runs-search-empty", "experiments-get"]);
        let result = call(&empty, "get_experiment_params", json!({"experiment_id": "4"}));
        assert_eq!(success(&result), &json!({"result": [], "truncated": false, "total": 0, "runs_read": 0}));
    }
}

#[test]
fn pages_without_end_end() {
    let page = r#"{"runs": [{"data": {"metrics": [{"key": "loss"}]}}], "next_page_token": "again"}"#;
    let result = call(&Mlflow::always(200, page), "get_experiment_metrics", json!({"experiment_id": "1"}));
    assert_eq!(
        (&success(&result)["runs_read"], &success(&result)["truncated"]),
        (&json!(1_000), &json!(true))
    );
}
