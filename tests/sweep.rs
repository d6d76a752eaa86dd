//! The summary of a sweep: what counts, what is said of it, and what it costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::{Mlflow, answer, call, call_with, failure, success};

fn child(n: usize, status: &str, value: &Value, params: &[(&str, &str)]) -> Value {
    let params: Vec<Value> = params.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    let metrics =
        if value.is_null() { json!([]) } else { json!([{"key": "acc", "value": value, "step": 9}]) };
    json!({"info": {"run_id": format!("run-{n:03}"), "run_name": format!("trial {n}"), "status": status},
           "data": {"metrics": metrics, "params": params}})
}

/// An MLflow in which the run `p` has these children, in pages of 500.
fn sweep(children: Vec<Value>) -> Mlflow {
    Mlflow::new(move |request| {
        if request.uri().path() == "/api/2.0/mlflow/runs/get" {
            let run = json!({"run": {"info": {"run_id": "p", "run_name": "sweep", "experiment_id": "7", "status": "FINISHED"},
                                     "data": {"tags": [{"key": "mlflow.parentRunId", "value": "above"}]}}});
            return Ok(answer(200, run.to_string()));
        }
        let question: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            (&question["filter"], &question["experiment_ids"]),
            (&json!("tags.`mlflow.parentRunId` = 'p'"), &json!(["7"]))
        );
        let token = question["page_token"].as_str().map(|token| STANDARD.decode(token).unwrap());
        let from = token
            .map_or(0, |token| serde_json::from_slice::<Value>(&token).unwrap()["offset"].as_u64().unwrap());
        let from = usize::try_from(from).unwrap();
        let to =
            children.len().min(from + usize::try_from(question["max_results"].as_u64().unwrap()).unwrap());
        let mut page = json!({"runs": children[from..to]});
        if to < children.len() {
            page["next_page_token"] = json!(STANDARD.encode(json!({"offset": to}).to_string()));
        }
        Ok(answer(200, page.to_string()))
    })
}

fn summary(mlflow: &Mlflow) -> Value {
    success(&call(mlflow, "sweep_summary", json!({"run_id": "p", "metric": "acc"}))).clone()
}

#[test]
fn only_finished_children_with_a_finite_value_count() {
    let found = summary(&sweep(vec![
        child(1, "FINISHED", &json!(0.5), &[]),
        child(2, "FINISHED", &json!("NaN"), &[]),
        child(3, "FINISHED", &json!(f64::MAX), &[]),
        child(4, "FINISHED", &Value::Null, &[]),
        child(5, "FAILED", &json!(0.99), &[]),
        child(6, "RUNNING", &json!(0.98), &[]),
        child(7, "FINISHED", &json!(0.7), &[]),
        child(8, "FINISHED", &json!(0.7), &[]),
    ]));
    let best: Vec<&Value> = found["best"].as_array().unwrap().iter().map(|trial| &trial["run_id"]).collect();
    assert_eq!(best, ["run-007", "run-008", "run-001"]);
    assert_eq!((&found["tied_for_best"], &found["direction"]), (&json!(2), &json!("highest")));
    assert_eq!(found["children_by_status"], json!({"FAILED": 1, "FINISHED": 6, "RUNNING": 1}));
    let spread = &found["spread"];
    assert_eq!(
        [&spread["count"], &spread["nan"], &spread["infinite"], &spread["missing"], &spread["median"]],
        [&json!(3), &json!(1), &json!(1), &json!(1), &json!(0.7)]
    );
    assert_eq!(
        (&found["failed"]["count"], &found["failed"]["newest"][0]["run_id"]),
        (&json!(1), &json!("run-005"))
    );
    let lowest = json!({"run_id": "p", "metric": "acc", "ascending": true, "top": 1});
    let result = call(
        &sweep(vec![child(1, "FINISHED", &json!(2), &[]), child(2, "FINISHED", &json!(1), &[])]),
        "sweep_summary",
        lowest,
    );
    let found = success(&result);
    assert_eq!(found["best"][0]["run_id"], "run-002");
    let page = |id: &str| format!("http://mlflow.test:5000/#/experiments/7/runs/{id}");
    assert_eq!((&found["url"], &found["best"][0]["url"]), (&json!(page("p")), &json!(page("run-002"))));
}

#[test]
fn each_kind_of_parameter_has_its_measure_and_says_with_how_many_runs() {
    let children = (0..12).map(|n| {
        let (lr, own) = (format!("{}e-3", n + 1), format!("id {n}"));
        let mut params = vec![
            ("lr", lr.as_str()),
            ("own", &own),
            ("opt", if n % 2 == 0 { "adam" } else { "sgd" }),
            ("seed", "7"),
        ];
        if n > 9 {
            params.push(("rare", "1"));
        }
        child(n, "FINISHED", &json!(n * n), &params)
    });
    let found = summary(&sweep(children.collect()));
    let rows = found["parameters"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["parameter"].as_str().unwrap()).collect();
    assert_eq!(names, ["lr", "opt", "own", "rare"]);
    assert_eq!(
        (&rows[0]["spearman"], &rows[0]["importance"], &rows[0]["n"]),
        (&json!(1.0), &json!(1.0), &json!(12))
    );
    let eta = rows[1]["eta_squared"].as_f64().unwrap();
    assert!((eta - 363.0 / 18_637.666_667).abs() < 1e-9, "{eta}");
    assert_eq!(rows[1]["importance"], rows[1]["eta_squared"]);
    assert_eq!(rows[2]["not_measured"], "fewer than two children for each of its values");
    assert_eq!(
        (&rows[3]["not_measured"], &rows[3]["n"]),
        (&json!("fewer than three children have it"), &json!(2))
    );
    assert_eq!(found["same_params"], json!({"seed": "7"}));
    assert_eq!(found["best"][0]["params"], json!({"lr": "12e-3", "opt": "sgd", "own": "id 11", "rare": "1"}));
    assert!(found["about_importance"].as_str().unwrap().contains("not what causes what"));
}

#[test]
fn a_metric_that_is_the_same_everywhere_goes_with_nothing() {
    let children = (0..5).map(|n| child(n, "FINISHED", &json!(0.1), &[("lr", &n.to_string())]));
    let found = summary(&sweep(children.collect()));
    assert_eq!((&found["spread"]["std"], &found["tied_for_best"]), (&json!(0.0), &json!(5)));
    assert!(found["parameters"][0]["not_measured"].as_str().unwrap().contains("does not vary"));
    assert!(found["parameters"][0].get("importance").is_none());
}

#[test]
fn children_that_stopped_early_are_known_by_status_or_steps() {
    let mut short = child(2, "FINISHED", &json!(0.5), &[]);
    short["data"]["metrics"][0]["step"] = json!(3);
    // Samples of the machine are no steps of the training.
    let sample = json!({"key": "system/cpu", "value": 1, "step": 5_000});
    let mut sampled = child(3, "FINISHED", &json!(0.5), &[]);
    sampled["data"]["metrics"].as_array_mut().unwrap().push(sample);
    let killed = child(4, "KILLED", &Value::Null, &[]);
    let found = summary(&sweep(vec![child(1, "FINISHED", &json!(0.5), &[]), short, sampled, killed]));
    let early: Vec<(&Value, Option<&Value>)> = found["stopped_early"]["newest"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trial| (&trial["run_id"], trial.get("last_step")))
        .collect();
    assert_eq!(early, [(&json!("run-002"), Some(&json!(3))), (&json!("run-004"), None)]);
    assert_eq!((&found["longest"], &found["stopped_early"]["count"]), (&json!(9), &json!(2)));
    assert!(found["note"].as_str().unwrap().contains("steps is a parameter itself"));
}

#[test]
fn hundreds_of_children_take_a_request_for_each_500() {
    let long = "x".repeat(6_000);
    let children = (0..1_200).map(|n| {
        child(n, "FINISHED", &json!(n), &[("lr", &n.to_string()), ("prompt", &format!("{long}{}", n % 3))])
    });
    let mlflow = sweep(children.collect());
    let found = summary(&mlflow);
    assert_eq!(
        (&found["children"], &found["spread"]["count"], &found["truncated"]),
        (&json!(1_200), &json!(1_200), &json!(false))
    );
    assert_eq!(mlflow.lines().len(), 4);
    // Values that differ only behind what is shown of them are different values.
    let prompt =
        found["parameters"].as_array().unwrap().iter().find(|row| row["parameter"] == "prompt").unwrap();
    assert_eq!((&prompt["distinct"], &prompt["numeric"]), (&json!(3), &json!(false)));
    assert!(found["best"][0]["params"]["prompt"].as_str().unwrap().ends_with("(6001 characters)"));
    assert!(found.to_string().len() < 10_000);
}

#[test]
fn what_was_read_in_time_is_an_answer() {
    let children = (0..2_000).map(|n| child(n, "FINISHED", &json!(n), &[]));
    let mlflow = sweep(children.collect()).taking(Duration::from_secs(20));
    let found = summary(&mlflow);
    assert_eq!((&found["truncated"], &found["children"]), (&json!(true), &json!(1_500)));
    assert!(found["note"].as_str().unwrap().contains("newest 1500 children"), "{found}");
}

#[test]
fn a_long_summary_is_cut_at_the_ends_of_its_lists() {
    let params: Vec<(String, String)> = (0..300).map(|n| (format!("param {n}"), "v".repeat(100))).collect();
    let children = (0..40).map(|n| {
        let mut params: Vec<(&str, &str)> =
            params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let own = n.to_string();
        params.push(("lr", &own));
        child(n, if n % 2 == 0 { "FINISHED" } else { "FAILED" }, &json!(n), &params)
    });
    let mlflow = sweep(children.collect());
    let arguments = json!({"run_id": "p", "metric": "acc"});
    let result = call_with(&mlflow, &[("MLFLOW_MCP_ANSWER_CHARACTERS", "5000")], "sweep_summary", arguments);
    let found = success(&result);
    assert!(found.to_string().chars().count() <= 5_000);
    assert_eq!((&found["truncated"], &found["failed"]["count"]), (&json!(true), &json!(20)));
    assert_eq!(found["best"].as_array().unwrap().len(), 5);
    assert!(found["note"].as_str().unwrap().contains("cut at their ends"));
}

#[test]
fn without_children_or_their_metric_it_says_what_there_is() {
    let none = call(&sweep(Vec::new()), "sweep_summary", json!({"run_id": "p", "metric": "acc"}));
    assert!(failure(&none).contains("run p has no children. It is itself a child, of run above"), "{none}");
    let slip = call(
        &sweep(vec![child(1, "FINISHED", &json!(1), &[])]),
        "sweep_summary",
        json!({"run_id": "p", "metric": "acx"}),
    );
    assert!(failure(&slip).contains("Did you mean \"acc\"?"), "{slip}");
    let bare = call(
        &sweep(vec![child(1, "FAILED", &Value::Null, &[])]),
        "sweep_summary",
        json!({"run_id": "p", "metric": "acc"}),
    );
    assert!(failure(&bare).contains("The children have no metrics"), "{bare}");
    let found = summary(&sweep(vec![child(1, "FAILED", &json!(1), &[])]));
    assert!(found["note"].as_str().unwrap().contains("No FINISHED child has a metric"), "{found}");
    assert_eq!((&found["best"], found["spread"].get("mean")), (&json!([]), None));
}
