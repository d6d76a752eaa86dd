//! Two runs beside each other: what differs, environment files included.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::{Mlflow, answer, call, failure, success};

const MISSING: &str = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Run not found"}"#;

fn pairs(map: &Value) -> Vec<Value> {
    map.as_object().unwrap().iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

/// Two runs of two experiments, with these files: owner (run or model), path, content.
fn server(one: Value, other: Value, files: Vec<(&'static str, &'static str, &'static str)>) -> Mlflow {
    Mlflow::new(move |request| {
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        let owner =
            |owner: &str| query.contains(&format!("run_id={owner}")) || path.contains(&format!("/{owner}/"));
        if path.ends_with("runs/get") {
            let run = if owner("one") {
                &one
            } else if owner("two") {
                &other
            } else {
                return Ok(answer(404, MISSING));
            };
            return Ok(answer(200, json!({"run": run}).to_string()));
        }
        if path.ends_with("artifacts/list") || path.ends_with("directories") {
            let folder = query.split_once("&path=").map_or("", |(_, folder)| folder);
            let mut listed: Vec<Value> = Vec::new();
            for (_, path, content) in files.iter().filter(|(of, ..)| owner(of)) {
                match (path.split_once('/'), folder) {
                    (None, "") => {
                        listed.push(json!({"path": path, "is_dir": false, "file_size": content.len()}))
                    }
                    (Some((top, _)), "") => listed.push(json!({"path": top, "is_dir": true})),
                    (Some((top, _)), folder) if top == folder => {
                        listed.push(json!({"path": path, "is_dir": false}))
                    }
                    _ => {}
                }
            }
            return Ok(answer(200, json!({"files": listed}).to_string()));
        }
        let wanted = query.replace("%2F", "/");
        let found = files.iter().find(|(of, path, _)| owner(of) && wanted.ends_with(path));
        Ok(found.map_or_else(|| answer(404, MISSING), |(_, _, content)| answer(200, *content)))
    })
}

fn run(id: &str, experiment: &str, metrics: &Value, params: &Value, tags: &Value) -> Value {
    json!({"info": {"run_id": id, "run_name": format!("name of {id}"), "experiment_id": experiment, "status": "FINISHED",
                    "lifecycle_stage": "active"},
           "data": {"metrics": pairs(metrics), "params": pairs(params), "tags": pairs(tags)}})
}

fn diff(mlflow: &Mlflow) -> Value {
    call(mlflow, "diff_runs", json!({"baseline_run_id": "one", "run_id": " two "}))
}

#[test]
fn what_differs_is_shown_with_both_values() {
    let mut one = run(
        "one",
        "1",
        &json!({"acc": 0.5, "loss": 2, "odd": "NaN", "old": 1, "zero": 0}),
        &json!({"lr": "0.1", "seed": "7", "depth": "3"}),
        &json!({"team": "nlp", "mlflow.runName": "a", "owner": "ann"}),
    );
    let mut two = run(
        "two",
        "2",
        &json!({"acc": 0.75, "loss": 1, "odd": 3, "new": f64::MAX, "zero": 1}),
        &json!({"lr": "0.2", "seed": "7", "width": "9"}),
        &json!({"team": "cv", "mlflow.runName": "b", "owner": "ann"}),
    );
    let dataset = |digest: &str| {
        json!({"tags": [{"key": "mlflow.data.context", "value": "training"}],
                                        "dataset": {"name": "churn", "digest": digest}})
    };
    one["inputs"] = json!({"dataset_inputs": [dataset("d1"), dataset("d2")]});
    two["inputs"] = json!({"dataset_inputs": [dataset("d2"), dataset("d3")]});
    let result = diff(&server(one, two, Vec::new()));
    let found = success(&result);
    assert_eq!(found["baseline"]["url"], "http://mlflow.test:5000/#/experiments/1/runs/one");
    assert_eq!(
        (&found["run"]["experiment_id"], &found["run"]["run_name"]),
        (&json!("2"), &json!("name of two"))
    );
    assert_eq!(
        found["params"],
        json!({"depth": {"baseline": "3"}, "lr": {"baseline": "0.1", "run": "0.2"}, "width": {"run": "9"}})
    );
    assert_eq!(found["same_params"], json!({"seed": "7"}));
    assert_eq!(
        (&found["tags"], &found["same_tags"]),
        (&json!({"team": {"baseline": "nlp", "run": "cv"}}), &json!(1))
    );
    assert_eq!(
        found["metrics"],
        json!({"acc": {"baseline": 0.5, "run": 0.75, "delta": 0.25, "relative": 0.5},
               "loss": {"baseline": 2.0, "run": 1.0, "delta": -1.0, "relative": -0.5},
               "new": {"run": f64::MAX}, "odd": {"baseline": "NaN", "run": 3.0}, "old": {"baseline": 1.0},
               "zero": {"baseline": 0.0, "run": 1.0, "delta": 1.0}})
    );
    assert_eq!(
        found["datasets"],
        json!({"only_baseline": ["churn d1 (training)"], "only_run": ["churn d3 (training)"], "same": 1})
    );
    assert_eq!(found.get("omitted"), None);
}

#[test]
fn environment_files_are_compared_line_by_line_wherever_they_are() {
    let none = json!({});
    let one = run("one", "1", &none, &none, &none);
    let mut two = run("two", "1", &none, &none, &none);
    two["outputs"] = json!({"model_outputs": [{"model_id": "m-7"}]});
    let files = vec![
        ("one", "requirements.txt", "# made by pip\nnumpy==1.0\npandas==2.0\n\n"),
        ("one", "model/conda.yaml", "name: a\n"),
        ("one", "notes.txt", "nothing"),
        ("two", "requirements.txt", "pandas==2.0\nnumpy==2.0"),
        ("two", "model/conda.yaml", "name: a\n"),
        ("m-7", "python_env.yaml", "python: 3.11"),
    ];
    let result = diff(&server(one, two, files));
    assert_eq!(
        success(&result)["environment"],
        json!({"logged model/python_env.yaml": {"only_run": ["python: 3.11"], "same": 0},
               "requirements.txt": {"only_baseline": ["numpy==1.0"], "only_run": ["numpy==2.0"], "same": 1}})
    );
}

#[test]
fn a_long_difference_is_cut_and_says_what_is_gone() {
    let long = |end: &str| -> Value {
        (0..300)
            .map(|n| (format!("param_{n:03}"), json!(format!("{}{end}", "v".repeat(6_000)))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let (none, same) = (json!({}), json!({"same": "1"}));
    let result = diff(&server(
        run("one", "1", &same_metrics(), &long("a"), &none),
        run("two", "1", &same_metrics(), &long("b"), &same),
        Vec::new(),
    ));
    let found = success(&result);
    assert!(found.to_string().chars().count() <= 40_000);
    assert_eq!(found["omitted"]["clipped_values"], 600);
    let shown = found["params"].as_object().unwrap().len();
    assert_eq!(found["omitted"]["params"].as_u64().unwrap() as usize + shown, 300);
    assert_eq!(found["metrics"]["acc"]["delta"], 0.0);
}

fn same_metrics() -> Value {
    json!({"acc": 1})
}

#[test]
fn what_is_wrong_is_said_with_what_is_right() {
    let none = json!({});
    let mlflow =
        || server(run("one", "1", &none, &none, &none), run("two", "1", &none, &none, &none), Vec::new());
    let result = call(&mlflow(), "diff_runs", json!({"baseline_run_id": "one", "run_id": "one"}));
    assert!(failure(&result).contains("are the same run"), "{result}");
    let result = call(&mlflow(), "diff_runs", json!({"baseline_run_id": "one", "run_id": "three"}));
    assert!(failure(&result).contains("there is no run \"three\""), "{result}");
}
