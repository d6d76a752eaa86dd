//! `evaluation_report`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::{Mlflow, answer, call, failure, success};

/// A run of a launch: name, invocation id, task, status, metrics, start.
type Made = (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, f64)], i64);

const RUNS: &[Made] = &[
    (
        "r1",
        "aaaa",
        "ifeval",
        "FINISHED",
        &[("ifeval.acc", 0.5), ("ifeval.acc_stderr", 0.01), ("response_stats.n", 9.0)],
        1,
    ),
    ("r2", "aaaa", "gpqa", "FINISHED", &[("gpqa.score", 0.25)], 2),
    ("r3", "bbbb", "ifeval", "FINISHED", &[("ifeval.acc", 0.625)], 3),
    ("r4", "bbbb", "math", "FAILED", &[], 4),
    ("r5", "bbbb", "code", "FINISHED", &[], 5),
    ("r6", "bbbb", "ifeval", "RUNNING", &[], 6),
];

const STATISTICS: &str = r#"{"response_stats": {"avg_latency_ms": 12.5, "codes": {"200": 3}}, "evaluation": {"runtime_seconds": NaN}}"#;

/// Two experiments; the runs are in the second. Statistics have the runs of `with`.
fn world(kind: &'static str, with: &'static [&'static str]) -> Mlflow {
    Mlflow::new(move |request| {
        let path = request.uri().path();
        if path.ends_with("/experiments/search") {
            return Ok(answer(
                200,
                r#"{"experiments": [{"experiment_id": "1", "name": "a"}, {"experiment_id": "2", "name": "b"}]}"#,
            ));
        }
        if path.ends_with("/runs/search") {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(body["experiment_ids"], json!(["1", "2"]));
            let filter = body["filter"].as_str().unwrap();
            let found: Vec<Value> = RUNS
                .iter()
                .filter(|run| filter == format!("{kind}.invocation_id = '{}'", run.1))
                .map(made)
                .collect();
            return Ok(answer(200, json!({"runs": found}).to_string()));
        }
        let query = request.uri().query().unwrap();
        let has = with.iter().any(|run| query.contains(run));
        // The launcher's own directory is where they are.
        match (has, query.contains("path=harness.")) {
            (true, true) => Ok(answer(200, STATISTICS)),
            _ => Ok(answer(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no"}"#)),
        }
    })
}

fn made(run: &Made) -> Value {
    let (id, invocation, task, status, metrics, start) = run;
    let metrics: Vec<Value> =
        metrics.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    let pair = |key: &str, value: &str| json!({"key": key, "value": value});
    let tags = [pair("task_name", task), pair("harness", "harness"), pair("invocation_id", invocation)];
    json!({"info": {"run_id": id, "experiment_id": "2", "status": status, "start_time": start},
           "data": {"metrics": metrics, "tags": tags, "params": [pair("model", &format!("model-{invocation}"))]}})
}

fn report(mlflow: &Mlflow, arguments: Value) -> Value {
    call(mlflow, "evaluation_report", arguments)
}

#[test]
fn launches_are_compared_task_by_task() {
    let result = report(&world("tags", &[]), json!({"invocation_ids": ["aaaa", "bbbb"]}));
    let report = success(&result);
    assert_eq!(report["launches"][1]["model"], "model-bbbb");
    assert_eq!(report["launches"][0]["run_ids"], json!({"gpqa": "r2", "ifeval": "r1"}));
    let scores = json!([
        {"task": "gpqa", "metric": "gpqa.score", "values": [0.25, null], "deltas": [0.0, null]},
        {"task": "ifeval", "metric": "ifeval.acc", "values": [0.5, 0.625], "standard_errors": [0.01, null], "deltas": [0.0, 0.125]},
    ]);
    assert_eq!(report["scores"], scores);
}

#[test]
fn what_failed_is_missing_or_has_no_metrics_is_said() {
    let result = report(&world("tags", &[]), json!({"invocation_ids": "aaaa, bbbb"}));
    let report = success(&result);
    let problems: Vec<String> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one["invocation_id"].as_str().unwrap(),
                one["task"].as_str().unwrap(),
                one["problem"].as_str().unwrap()
            )
        })
        .collect();
    let expected = [
        "aaaa code missing",
        "aaaa math missing",
        "bbbb code no metrics",
        "bbbb gpqa missing",
        "bbbb math FAILED",
    ];
    assert_eq!(problems, expected);
    let failed = &report["problems"][4];
    let run = failed["run_id"].as_str().unwrap();
    assert!(failed["url"].as_str().unwrap().ends_with(&format!("/runs/{run}")), "{failed}");
    assert_eq!(report["problems"][0].get("url"), None);
    assert_eq!(report["run_url"], "http://mlflow.test:5000/#/runs/RUN_ID");
    // The run that is under way does not stand for the finished one.
    assert_eq!(report["launches"][1]["run_ids"]["ifeval"], "r3");
    assert!(report["note"].as_str().unwrap().contains("1 runs repeat a task"), "{report}");
}

#[test]
fn statistics_come_from_the_launcher_s_file_wherever_it_is() {
    let mlflow = world("tags", &["r1"]);
    let result = report(&mlflow, json!({"invocation_ids": ["aaaa", "bbbb"]}));
    let statistics = json!([
        {"task": "ifeval", "name": "evaluation.runtime_seconds", "values": ["NaN", null]},
        {"task": "ifeval", "name": "response_stats.avg_latency_ms", "values": [12.5, null]},
        {"task": "ifeval", "name": "response_stats.codes.200", "values": [3.0, null]},
    ]);
    assert_eq!(success(&result)["statistics"], statistics);
    let without = world("tags", &["r1"]);
    let result = report(&without, json!({"invocation_ids": ["aaaa"], "statistics": false}));
    assert_eq!(success(&result)["statistics"], json!([]));
    assert_eq!(without.lines().len(), 2, "{:?}", without.lines());
    let none = report(&world("tags", &[]), json!({"invocation_ids": ["aaaa"]}));
    assert!(success(&none)["note"].as_str().unwrap().contains("eval_factory_metrics.json"), "{none}");
}

#[test]
fn a_slow_server_gives_the_scores_and_the_statistics_there_was_time_for() {
    let mlflow = world("tags", &["r1", "r2"]).taking(std::time::Duration::from_secs(30));
    let result = report(&mlflow, json!({"invocation_ids": ["aaaa"]}));
    let report = success(&result);
    assert_eq!(report["scores"].as_array().unwrap().len(), 2);
    assert!(report["note"].as_str().unwrap().contains("statistics of 1 of 2 tasks"), "{report}");
}

#[test]
fn a_launch_that_has_its_id_as_a_param_is_found_too() {
    let result = report(&world("params", &[]), json!({"invocation_ids": ["aaaa"]}));
    assert_eq!(success(&result)["scores"][0]["values"], json!([0.25]));
    assert_eq!(success(&result)["scores"][0].get("deltas"), None);
}

#[test]
fn ids_that_are_none_are_told() {
    let unknown = report(&world("tags", &[]), json!({"invocation_ids": ["cccc"]}));
    assert!(failure(&unknown).contains("no run has the invocation id \"cccc\""), "{unknown}");
    let odd = report(&world("tags", &[]), json!({"invocation_ids": ["'\""]}));
    assert!(failure(&odd).contains("is no invocation id"), "{odd}");
    for ids in [json!([]), json!((0..9).map(|n| n.to_string()).collect::<Vec<_>>())] {
        let many = report(&Mlflow::untouched(), json!({"invocation_ids": ids}));
        assert!(failure(&many).contains("1 to 8 can be compared"), "{many}");
    }
}
