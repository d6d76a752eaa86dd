//! Statistics over groups of runs: what counts, what makes a group, and where it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::table::{run, server};
use support::{Mlflow, call, failure, success};

fn aggregate(mlflow: &Mlflow, more: Value) -> Value {
    let mut arguments = json!({"experiment_ids": "1", "metrics": ["acc"]});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(mlflow, "aggregate_runs", arguments)
}

#[test]
fn values_that_count_are_told_from_those_that_do_not() {
    let values = [json!(1), json!(2), json!("NaN"), json!(4), json!(f64::MAX), json!("-Infinity"), json!(8)];
    let mut runs: Vec<Value> =
        values.iter().enumerate().map(|(n, value)| run(n, &json!({"acc": value}), &json!({}))).collect();
    runs.push(run(7, &json!({"loss": 1}), &json!({})));
    let result = aggregate(&server(runs), json!({}));
    let found = success(&result);
    assert_eq!(
        (&found["runs_read"], &found["complete"], &found["groups"]),
        (&json!(8), &json!(true), &json!(1))
    );
    let acc = &found["result"][0]["metrics"]["acc"];
    for (member, expected) in [
        ("count", json!(4)),
        ("missing", json!(1)),
        ("nan", json!(1)),
        ("infinite", json!(2)),
        ("mean", json!(3.75)),
        ("min", json!(1.0)),
        ("median", json!(3.0)),
        ("q25", json!(1.75)),
        ("max", json!(8.0)),
    ] {
        assert_eq!(acc[member], expected, "{member}");
    }
    // numpy.std([1, 2, 4, 8], ddof=1)
    assert!((acc["std"].as_f64().unwrap() - 3.095_695_936_834_452).abs() < 1e-15);
}

#[test]
fn one_value_has_neither_spread_nor_interval() {
    let result = aggregate(&server(vec![run(1, &json!({"acc": 0.5}), &json!({}))]), json!({}));
    let acc = &success(&result)["result"][0]["metrics"]["acc"];
    assert_eq!(
        acc.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["count", "mean", "min", "q05", "q25", "median", "q75", "q95", "max"]
    );
}

#[test]
fn groups_are_made_by_params_and_attributes_and_the_largest_comes_first() {
    let mut runs: Vec<Value> = (0..5)
        .map(|n| run(n, &json!({"acc": n}), &json!({"model": if n < 3 { "gbdt" } else { "tree" }})))
        .collect();
    runs.push(run(5, &json!({"acc": 9}), &json!({})));
    runs[0]["info"]["status"] = json!("FAILED");
    let mlflow = server(runs);
    let result = aggregate(&mlflow, json!({"group_by": ["params.model"]}));
    let groups: Vec<(Value, Value)> = success(&result)["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["group"].clone(), group["runs"].clone()))
        .collect();
    assert_eq!(
        groups,
        [
            (json!({"params.model": "gbdt"}), json!(3)),
            (json!({"params.model": "tree"}), json!(2)),
            (json!({}), json!(1))
        ]
    );
    let result = aggregate(
        &mlflow,
        json!({"group_by": ["status", "params.model"], "filter": "params.model = 'gbdt'"}),
    );
    assert_eq!(success(&result)["result"][0]["group"], json!({"status": "FINISHED", "params.model": "gbdt"}));
    assert_eq!(success(&result)["groups"], 2);
}

#[test]
fn thousands_of_runs_are_read_in_pages() {
    let runs = (0..1_200).map(|n| run(n, &json!({"acc": n}), &json!({}))).collect();
    let mlflow = server(runs);
    let result = aggregate(&mlflow, json!({}));
    let acc = &success(&result)["result"][0]["metrics"]["acc"];
    assert_eq!((&acc["count"], &acc["mean"], &acc["median"]), (&json!(1_200), &json!(599.5), &json!(599.5)));
    assert_eq!(mlflow.lines().len(), 3);
}

#[test]
fn a_scan_that_takes_too_long_says_what_it_is_of() {
    let runs = (0..3_000).map(|n| run(n, &json!({"acc": 1}), &json!({}))).collect();
    let result = aggregate(&server(runs).taking(Duration::from_secs(20)), json!({}));
    let found = success(&result);
    assert_eq!((&found["complete"], &found["runs_read"]), (&json!(false), &json!(1_500)));
    assert!(found["note"].as_str().unwrap().contains("Only the newest 1500 runs"), "{found}");
}

#[test]
fn more_groups_than_can_be_kept_are_counted() {
    let runs = (0..1_100).map(|n| run(n, &json!({"acc": n}), &json!({"seed": n.to_string()}))).collect();
    let result = aggregate(&server(runs), json!({"group_by": "params.seed"}));
    let found = success(&result);
    assert_eq!(
        (&found["groups"], &found["complete"], &found["truncated"]),
        (&json!(1_000), &json!(false), &json!(true))
    );
    let note = found["note"].as_str().unwrap();
    assert!(note.contains("100 runs belong to further groups"), "{note}");
    let shown = found["result"].as_array().unwrap().len();
    assert!(note.contains(&format!("{shown} of 1000 groups fit")), "{note}");
    assert!(found.to_string().chars().count() <= 40_000);
}

#[test]
fn a_long_param_is_cut_in_the_answer_and_whole_in_the_comparison() {
    let long = |end: char| format!("{}{end}", "v".repeat(5_999));
    let runs = vec![
        run(0, &json!({"acc": 1}), &json!({"prompt": long('a')})),
        run(1, &json!({"acc": 2}), &json!({"prompt": long('b')})),
    ];
    let result = aggregate(&server(runs), json!({"group_by": ["params.prompt"]}));
    let found = success(&result);
    assert_eq!(found["groups"], 2);
    assert!(
        found["result"][0]["group"]["params.prompt"].as_str().unwrap().ends_with("... (6000 characters)")
    );
}

#[test]
fn what_is_wrong_is_said_with_what_is_right() {
    let mlflow = || server(vec![run(0, &json!({"acc": 1}), &json!({}))]);
    let result = aggregate(&mlflow(), json!({"metrics": ["acuracy"]}));
    assert!(
        failure(&result).contains("has a metric \"acuracy\"") && failure(&result).contains("\"acc\""),
        "{result}"
    );
    let result = aggregate(&mlflow(), json!({"metrics": ["acc", "acuracy"]}));
    assert!(
        success(&result)["note"].as_str().unwrap().contains("No run has a metric \"acuracy\""),
        "{result}"
    );
    let result = aggregate(&server(Vec::new()), json!({}));
    assert!(failure(&result).contains("no active runs"), "{result}");
    for (more, said) in [
        (json!({"metrics": []}), "\"metrics\" has 0 names"),
        (json!({"group_by": ["model"]}), "Write params.model or tags.model"),
        (json!({"group_by": ["status", "status", "status", "status", "status", "status"]}), "at most 5"),
    ] {
        assert!(failure(&aggregate(&Mlflow::untouched(), more.clone())).contains(said), "{more}");
    }
}
