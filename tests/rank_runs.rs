//! The best k: what counts, ties, what it costs among many, and why there are none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::table::{run, server};
use support::{Mlflow, call, failure, success};

fn rank(mlflow: &Mlflow, more: Value) -> Value {
    let mut arguments = json!({"experiment_ids": ["1"], "order_by": ["acc DESC"], "fields": ["run_name"]});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(mlflow, "rank_runs", arguments)
}

fn names(ranking: &Value) -> Vec<&str> {
    ranking["result"].as_array().unwrap().iter().map(|place| place["run_name"].as_str().unwrap()).collect()
}

fn ranks(ranking: &Value) -> Vec<u64> {
    ranking["result"].as_array().unwrap().iter().map(|place| place["rank"].as_u64().unwrap()).collect()
}

/// Runs with these values of `acc`.
fn with(values: &[Value]) -> Mlflow {
    let row = |(n, value): (usize, &Value)| run(n, &json!({"acc": value}), &json!({}));
    server(values.iter().enumerate().map(row).collect())
}

#[test]
fn the_best_come_first_with_their_values_and_addresses() {
    let mlflow = with(&[json!(0.5), json!(0.9), json!(0.7)]);
    let result = rank(&mlflow, json!({"k": 2}));
    let ranking = success(&result);
    assert_eq!(
        ranking["result"][0],
        json!({"rank": 1, "values": {"acc": 0.9}, "steps": {"acc": 7}, "run_id": "run-00001", "run_name": "trial-1",
               "url": "http://mlflow.test:5000/#/experiments/1/runs/run-00001"})
    );
    assert_eq!((names(ranking), ranking["tied_behind"].clone()), (vec!["trial-1", "trial-2"], json!(0)));
    assert_eq!(mlflow.lines().len(), 1);
}

#[test]
fn equal_runs_share_a_rank_and_the_next_metric_breaks_ties() {
    let row = |n: usize, acc: f64, loss: f64| run(n, &json!({"acc": acc, "loss": loss}), &json!({}));
    let runs = || server(vec![row(0, 0.9, 3.0), row(1, 0.9, 2.0), row(2, 0.5, 1.0), row(3, 0.9, 3.0)]);
    let result = rank(&runs(), json!({}));
    assert_eq!(
        (names(success(&result)), ranks(success(&result))),
        (vec!["trial-3", "trial-1", "trial-0", "trial-2"], vec![1, 1, 1, 4])
    );
    let result = rank(&runs(), json!({"order_by": ["acc", "loss ASC"]}));
    assert_eq!(
        (names(success(&result)), ranks(success(&result))),
        (vec!["trial-1", "trial-3", "trial-0", "trial-2"], vec![1, 2, 2, 4])
    );
    let result = rank(&runs(), json!({"k": 1}));
    assert_eq!(success(&result)["tied_behind"], 2);
}

#[test]
fn what_is_no_number_is_never_ranked() {
    let mlflow = with(&[
        json!("NaN"),
        json!(-0.5),
        json!(f64::MAX),
        json!("Infinity"),
        json!(-0.25),
        json!(-f64::MAX),
    ]);
    for order in ["acc DESC", "acc ASC"] {
        let result = rank(&mlflow, json!({"order_by": [order]}));
        let expected = if order == "acc DESC" { ["trial-4", "trial-1"] } else { ["trial-1", "trial-4"] };
        assert_eq!(names(success(&result)), expected);
    }
}

#[test]
fn only_finished_runs_within_the_filter_count() {
    let mut runs: Vec<Value> = (0..4)
        .map(|n| run(n, &json!({"acc": n}), &json!({"model": if n == 2 { "gbdt" } else { "tree" }})))
        .collect();
    runs[3]["info"]["status"] = json!("RUNNING");
    let mlflow = server(runs);
    assert_eq!(names(success(&rank(&mlflow, json!({"k": 1})))), ["trial-2"]);
    assert_eq!(names(success(&rank(&mlflow, json!({"k": 1, "unfinished": true})))), ["trial-3"]);
    assert_eq!(names(success(&rank(&mlflow, json!({"filter": "params.model = 'gbdt'"})))), ["trial-2"]);
}

#[test]
fn the_best_of_ten_thousand_are_found_without_reading_or_sorting_them() {
    // A permutation of 10 007 places, a prime.
    let values: Vec<Value> = (0..10_007_u64).map(|n| json!(n * 7_919 % 10_007)).collect();
    let mlflow = with(&values);
    let result = rank(&mlflow, json!({}));
    let best: Vec<u64> = success(&result)["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place["values"]["acc"].as_f64().unwrap() as u64)
        .collect();
    assert_eq!(best, (9_997..10_007).rev().collect::<Vec<u64>>());
    let asked: Vec<Value> =
        mlflow.seen().iter().map(|request| serde_json::from_slice(request.body()).unwrap()).collect();
    assert!(asked.len() <= 4, "{} requests", asked.len());
    assert!(
        asked.iter().all(|asked| asked.get("order_by").is_none() && asked["max_results"] == 100),
        "{asked:?}"
    );
}

#[test]
fn among_many_equal_runs_mlflow_sorts_and_the_answer_says_that_there_are_more() {
    let mlflow = with(&vec![json!(1); 500]);
    let result = rank(&mlflow, json!({"k": 3}));
    let ranking = success(&result);
    assert_eq!(
        (names(ranking), ranks(ranking)),
        (vec!["trial-499", "trial-498", "trial-497"], vec![1, 1, 1])
    );
    assert_eq!(ranking["tied_behind"], 100);
    assert!(ranking["note"].as_str().unwrap().contains("at least 100 runs that tie"), "{ranking}");
    assert_eq!(mlflow.lines().len(), 3);
}

#[test]
fn an_answer_is_cut_by_whole_runs() {
    let long = "v".repeat(6_000);
    let params: Value =
        (0..30).map(|n| (format!("param_{n}"), json!(long))).collect::<serde_json::Map<_, _>>().into();
    let mlflow = server((0..100).map(|n| run(n, &json!({"acc": n}), &params)).collect());
    let result = rank(&mlflow, json!({"k": 100, "fields": []}));
    let ranking = success(&result);
    assert!(ranking.to_string().chars().count() <= 40_000);
    let shown = ranking["result"].as_array().unwrap().len();
    assert!(shown > 50, "{shown}");
    assert_eq!(ranking["truncated"], shown < 100);
    assert!(ranking["result"][0]["omitted"]["params"].as_u64().unwrap() > 0, "{}", ranking["result"][0]);
}

#[test]
fn what_is_wrong_is_said_with_what_is_right() {
    let mlflow = with(&[json!(0.5)]);
    let text = rank(&mlflow, json!({"order_by": ["acuracy"]}));
    assert!(
        failure(&text).contains("no run that counts has a metric \"acuracy\"")
            && failure(&text).contains("\"acc\""),
        "{text}"
    );
    let text = rank(&with(&[json!("NaN")]), json!({}));
    assert!(failure(&text).contains("no run that counts has a finite value of \"acc\""), "{text}");
    let text = rank(&with(&[]), json!({}));
    assert!(failure(&text).contains("there are no active runs in 1"), "{text}");
    let text = rank(&mlflow, json!({"experiment_ids": ["7"]}));
    assert!(failure(&text).contains("no experiment with id \"7\""), "{text}");
    for (more, said) in [
        (json!({"order_by": []}), "\"order_by\" has 0 metrics"),
        (json!({"order_by": ["a`b\"c"]}), "cannot have both"),
        (json!({"experiment_ids": []}), "names no experiment"),
        (json!({"k": 0}), "\"k\""),
        (json!({"fields": ["colour"]}), "\"fields\" has \"colour\""),
    ] {
        assert!(failure(&rank(&Mlflow::untouched(), more.clone())).contains(said), "{more}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Narrowing by bounds finds what sorting everything would.
    #[test]
    fn ranks_are_those_of_sorting_all(values in prop::collection::vec(0..50_u32, 1..700), k in 1..30_usize, ascending: bool) {
        let rows: Vec<Value> = values.iter().map(|value| json!(f64::from(*value) / 8.0)).collect();
        let order = if ascending { "acc ASC" } else { "acc DESC" };
        let result = rank(&with(&rows), json!({"k": k, "order_by": [order]}));
        let ranking = success(&result);
        let mut sorted: Vec<f64> = values.iter().map(|value| f64::from(*value) / 8.0).collect();
        sorted.sort_by(f64::total_cmp);
        if !ascending {
            sorted.reverse();
        }
        let shown: Vec<f64> = ranking["result"].as_array().unwrap().iter().map(|place| place["values"]["acc"].as_f64().unwrap()).collect();
        let places = k.min(sorted.len());
        prop_assert_eq!(&shown, &sorted[..places]);
        let ranked: Vec<u64> = shown.iter().map(|value| sorted.iter().position(|one| one == value).unwrap() as u64 + 1).collect();
        prop_assert_eq!(ranks(ranking), ranked);
        let tied = sorted[places..].iter().filter(|value| **value == shown[places - 1]).count();
        prop_assert_eq!(ranking["tied_behind"].as_u64().unwrap() as usize, tied.min(100));
    }
}
