//! The best run: what counts, what it costs, and why there is none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::recorded::{VERSIONS, recorded};
use support::{Mlflow, answer, call, failure, success};

/// A run with that value of `acc`, logged at step 3.
fn run(n: usize, value: &Value) -> Value {
    json!({"info": {"run_id": format!("run-{n}"), "experiment_id": "1", "status": "FINISHED"},
           "data": {"metrics": [{"key": "acc", "value": value, "timestamp": 7, "step": 3}]}})
}

/// A server that gives these pages, one after the other, all but the last with a token.
fn server(pages: Vec<Vec<Value>>) -> Mlflow {
    let all = pages.len();
    let pages: Vec<String> = pages
        .into_iter()
        .enumerate()
        .map(|(index, runs)| json!({"runs": runs, "next_page_token": if index + 1 < all { "more" } else { "" }}))
        .map(|page| page.to_string())
        .collect();
    let next = std::cell::Cell::new(0);
    Mlflow::new(move |_| Ok(answer(200, pages[next.replace(next.get() + 1)].clone())))
}

fn best(mlflow: &Mlflow, ascending: bool) -> Value {
    call(mlflow, "get_best_run", json!({"experiment_id": "1", "metric": "acc", "ascending": ascending}))
}

fn asked(mlflow: &Mlflow, index: usize) -> Value {
    serde_json::from_slice(mlflow.seen()[index].body()).unwrap()
}

#[test]
fn only_finished_runs_with_a_usable_value_are_asked_for_in_one_request() {
    let mlflow = server(vec![vec![run(1, &json!(0.5)), run(2, &json!(0.9)), run(3, &json!(-1))]]);
    let result = best(&mlflow, false);
    let found = success(&result);
    assert_eq!((&found["run_id"], &found["best_metric_value"]), (&json!("run-2"), &json!(0.9)));
    assert_eq!((&found["direction"], &found["best_metric_step"]), (&json!("highest"), &json!(3)));
    assert!(found["note"].as_str().unwrap().contains("last value"), "{found}");
    assert_eq!(mlflow.lines().len(), 1);
    let filter = "metrics.`acc` > -1.7976931348623157e308 AND metrics.`acc` < 1.7976931348623157e308 AND \
                  attributes.status = 'FINISHED'";
    assert_eq!(asked(&mlflow, 0)["filter"], filter);
    assert_eq!(asked(&mlflow, 0)["run_view_type"], "ACTIVE_ONLY");
    let mlflow = server(vec![vec![run(1, &json!(0.5)), run(2, &json!(0.9)), run(3, &json!(-1))]]);
    assert_eq!(success(&best(&mlflow, true))["run_id"], "run-3");
}

#[test]
fn among_many_runs_only_those_at_least_as_good_as_the_newest_are_sorted() {
    let newest: Vec<Value> =
        (0..50).map(|n| run(n, &json!(f64::from(u32::try_from(n).unwrap()) / 100.0))).collect();
    let mlflow = server(vec![newest, vec![run(700, &json!(0.95)), run(49, &json!(0.49))]]);
    let result = best(&mlflow, false);
    assert_eq!(success(&result)["run_id"], "run-700");
    let question = asked(&mlflow, 1);
    assert!(question["filter"].as_str().unwrap().ends_with(" AND metrics.`acc` >= 4.9e-1"), "{question}");
    assert_eq!(question["order_by"][0], "metrics.`acc` DESC");
    assert_eq!(mlflow.lines().len(), 2);
}

#[test]
fn what_is_no_number_never_wins_even_if_the_server_lets_it_through() {
    let odd = [json!("NaN"), json!(f64::MAX), json!("Infinity"), json!(0.1), json!(-f64::MAX)];
    let runs: Vec<Value> = odd.iter().enumerate().map(|(n, value)| run(n, value)).collect();
    for ascending in [false, true] {
        let result = best(&server(vec![runs.clone()]), ascending);
        assert_eq!(success(&result)["run_id"], "run-3");
    }
}

#[test]
fn ties_are_named() {
    let runs = (0..3).map(|n| run(n, &json!(0.5))).collect();
    let result = best(&server(vec![runs]), false);
    let found = success(&result);
    assert_eq!((&found["run_id"], &found["tied_run_ids"]), (&json!("run-0"), &json!(["run-1", "run-2"])));
    let runs = (0..90).map(|n| run(n, &json!(0.5))).collect();
    let result = best(&server(vec![runs]), false);
    assert_eq!(success(&result)["tied_run_ids"].as_array().unwrap().len(), 20);
    assert!(success(&result)["note"].as_str().unwrap().contains("89 other runs"), "{result}");
}

#[test]
fn the_best_run_is_found_on_every_version() {
    for version in VERSIONS {
        let arguments = json!({"experiment_id": "2", "metric": "loss", "ascending": true});
        let result = call(&recorded(version, &["runs-search-best-usable"]), "get_best_run", arguments);
        let found = success(&result);
        assert_eq!((&found["run_name"], &found["status"]), (&json!("orion-8b-lora-r16"), &json!("FINISHED")));
        assert_eq!((&found["best_metric_step"], &found["direction"]), (&json!(29_999), &json!("lowest")));
        assert_eq!(found["best_metric_value"], found["metrics"]["loss"]);
    }
}

#[test]
fn an_unknown_metric_is_an_error_with_the_nearest_there_is() {
    for version in VERSIONS {
        let names = ["runs-search-best-unknown", "runs-search-newest", "runs-search-having-unknown"];
        let result =
            call(&recorded(version, &names), "get_best_run", json!({"experiment_id": "2", "metric": "los"}));
        let text = failure(&result);
        assert!(text.contains("has a metric \"los\"") && text.contains("Did you mean \"loss\"?"), "{text}");
    }
}

#[test]
fn a_metric_without_a_value_that_counts_is_told_from_an_unknown_one() {
    for version in VERSIONS {
        let names = ["runs-search-best-infinite", "runs-search-newest", "runs-search-having-infinite"];
        let arguments = json!({"experiment_id": "2", "metric": "eval/perplexity"});
        let result = call(&recorded(version, &names), "get_best_run", arguments);
        let text = failure(&result);
        assert!(text.contains("no FINISHED run") && text.contains("is FAILED and has 1.79"), "{text}");
    }
}

#[test]
fn an_unknown_experiment_and_one_without_runs_are_told() {
    for version in VERSIONS {
        let empty = ["runs-search-empty", "runs-search-empty", "runs-search-empty"];
        let with = |name: &'static str| recorded(version, &[empty.as_slice(), &[name]].concat());
        let result = best(&with("experiments-get-missing"), false);
        assert!(failure(&result).contains("no experiment with id \"1\""), "{result}");
        let result = best(&with("experiments-get"), false);
        assert!(failure(&result).contains("has no active runs"), "{result}");
    }
}
