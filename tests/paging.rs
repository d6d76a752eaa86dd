//! Lists of runs, page after page, on servers of every kind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::HashMap;

use http::Response;
use serde_json::{Value, json};
use support::{Mlflow, answer, call, failure, success};

fn run(n: usize, size: usize) -> Value {
    json!({"info": {"run_id": format!("run-{n}"), "experiment_id": "1"},
           "data": {"params": [{"key": "p", "value": "x".repeat(size)}]}})
}

/// The ids that `get_runs` gives, page after page.
fn every_run(mlflow: &Mlflow, mut arguments: Value) -> Vec<String> {
    let limit = usize::try_from(arguments["limit"].as_u64().unwrap()).unwrap();
    let mut seen = Vec::new();
    loop {
        let result = call(mlflow, "get_runs", arguments.clone());
        let page = success(&result);
        assert!(page.to_string().chars().count() <= 40_000, "{arguments}");
        let rows = page["result"].as_array().unwrap();
        assert!(!rows.is_empty() && rows.len() <= limit, "{arguments}");
        assert_eq!(page["truncated"] == true, rows.len() < limit && page.get("next_page_token").is_some());
        seen.extend(rows.iter().map(|run| run["run_id"].as_str().unwrap().to_owned()));
        match page.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => return seen,
        }
    }
}

/// A server with that many runs, each of about `size` bytes, that pages by offset as MLflow does.
fn server_of_runs(runs: usize, size: usize) -> Mlflow {
    Mlflow::new(move |request| {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let most = usize::try_from(asked["max_results"].as_u64().unwrap()).unwrap();
        let from = asked["page_token"].as_str().map_or(0, offset);
        let to = (from + most).min(runs);
        let mut page = json!({"runs": (from..to).map(|n| run(n, size)).collect::<Vec<_>>()});
        if to < runs {
            page["next_page_token"] = json!(token(to));
        }
        Ok(Response::new(page.to_string().into()))
    })
}

fn token(offset: usize) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("{{\"offset\": {offset}}}"))
}

fn offset(token: &str) -> usize {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(token).unwrap();
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    usize::try_from(value["offset"].as_u64().unwrap()).unwrap()
}

#[test]
fn pages_meet_without_gap_or_overlap_whatever_cuts_them() {
    let all: Vec<String> = (0..300).map(|n| format!("run-{n}")).collect();
    for (limit, size) in [(7, 10), (250, 10), (1_000, 900), (3, 60_000)] {
        let seen = every_run(&server_of_runs(300, size), json!({"experiment_id": "1", "limit": limit}));
        assert_eq!(seen, all, "limit {limit}, size {size}");
    }
}

#[test]
fn an_offset_costs_one_request_and_reads_nothing_before_it() {
    let mlflow = server_of_runs(300, 10);
    let result = call(&mlflow, "get_runs", json!({"experiment_id": "1", "limit": 2, "offset": 200}));
    assert_eq!(success(&result)["result"][0]["run_id"], "run-200");
    assert_eq!(mlflow.lines(), ["POST /api/2.0/mlflow/runs/search"]);
}

/// A server whose tokens are its own, and which refuses any other, as Databricks does.
fn server_with_opaque_tokens(runs: usize, size: usize) -> Mlflow {
    Mlflow::new(move |request| {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let most = usize::try_from(asked["max_results"].as_u64().unwrap()).unwrap();
        let from = match asked["page_token"].as_str() {
            None => 0,
            Some(token) => match token.strip_prefix("opaque-").and_then(|row| row.parse().ok()) {
                Some(row) => row,
                None => {
                    return Ok(answer(
                        400,
                        r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "token"}"#,
                    ));
                }
            },
        };
        let to = (from + most).min(runs);
        let mut page = json!({"runs": (from..to).map(|n| run(n, size)).collect::<Vec<_>>()});
        if to < runs {
            page["next_page_token"] = json!(format!("opaque-{to}"));
        }
        Ok(Response::new(page.to_string().into()))
    })
}

#[test]
fn a_server_that_refuses_our_tokens_is_read_from_its_first_run_on() {
    let mlflow = server_with_opaque_tokens(3_000, 10);
    for (offset, asked) in [(0, 1), (5, 2), (2_500, 4)] {
        let before = mlflow.lines().len();
        let arguments = json!({"experiment_id": "1", "limit": 2, "offset": offset});
        let result = call(&mlflow, "get_runs", arguments);
        assert_eq!(success(&result)["result"][0]["run_id"], format!("run-{offset}"));
        assert_eq!(mlflow.lines().len() - before, asked, "offset {offset}");
    }
    // The answer's own bound cuts pages in the middle: 300 runs of 900 bytes.
    for mlflow in [server_with_opaque_tokens(300, 900), server_of_runs(300, 900)] {
        let all: Vec<String> = (0..300).map(|n| format!("run-{n}")).collect();
        assert_eq!(every_run(&mlflow, json!({"experiment_id": "1", "limit": 300})), all);
    }
}

#[test]
fn a_filter_that_mlflow_refuses_is_told_whatever_the_offset() {
    let said =
        r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid clause(s) in filter string: 'OR'"}"#;
    let arguments = json!({"experiment_id": "1", "query": "a OR b", "offset": 10});
    let result = call(&Mlflow::always(400, said), "query_runs", arguments);
    assert!(failure(&result).contains("Invalid clause(s)"), "{result}");
}

#[test]
fn pages_without_end_are_not_followed_without_end() {
    let empty = || Mlflow::always(200, r#"{"runs": [], "next_page_token": "opaque"}"#);
    let mlflow = empty();
    let result = call(&mlflow, "get_runs", json!({"experiment_id": "1", "limit": 500}));
    assert_eq!(success(&result)["next_page_token"], "opaque");
    assert!(mlflow.lines().len() <= 2, "{:?}", mlflow.lines());
    // Rows to be skipped that never come: the answer says where to go on.
    let first = Mlflow::always(200, r#"{"runs": [{"info": {"run_id": "a"}}], "next_page_token": "opaque"}"#);
    let far = URL_SAFE_NO_PAD.encode(r#"{"token":null,"skip":1000000}"#);
    let result = call(&first, "get_runs", json!({"experiment_id": "1", "page_token": far}));
    assert!(success(&result)["next_page_token"].is_string(), "{result}");
    assert!(first.lines().len() <= 502, "{} requests", first.lines().len());
}

#[test]
fn a_history_that_is_cut_goes_on_where_it_was_cut_whether_or_not_the_server_knows_pages() {
    for knows in [true, false] {
        let mlflow = Mlflow::new(move |request| {
            let query: HashMap<&str, &str> =
                request.uri().query().unwrap().split('&').filter_map(|pair| pair.split_once('=')).collect();
            let wanted: usize = if knows { query["max_results"].parse().unwrap() } else { 900 };
            let at = |token: &&str| offset(&token.replace("%3D", "="));
            let from = query.get("page_token").filter(|_| knows).map_or(0, at);
            let to = (from + wanted).min(900);
            let point =
                |step| json!({"key": "m", "value": 1.5, "timestamp": 1_767_603_600_000_i64, "step": step});
            let mut page = json!({"metrics": (from..to).map(point).collect::<Vec<_>>()});
            if knows && to < 900 {
                page["next_page_token"] = json!(token(to));
            }
            Ok(Response::new(page.to_string().into()))
        });
        for points in [400, 900, 1_000] {
            let mut arguments =
                json!({"run_id": "a", "metric_name": "m", "sample": false, "max_points": points});
            let mut steps = Vec::new();
            loop {
                let result = call(&mlflow, "get_run_metric", arguments.clone());
                let page = success(&result);
                steps.extend(
                    page["result"].as_array().unwrap().iter().map(|point| point["step"].as_u64().unwrap()),
                );
                match page.get("next_page_token") {
                    Some(token) => arguments["page_token"] = token.clone(),
                    None => break,
                }
                assert!(steps.len() <= 900, "{knows} {points}");
            }
            assert_eq!(steps, (0..900).collect::<Vec<u64>>(), "{knows} {points}");
        }
    }
}
