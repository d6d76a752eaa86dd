//! What a run's histories, status and logs are found to mean, and what that costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use support::{Mlflow, STARTED, answer, call, call_with, failure, success};

/// A run as an MLflow has it, which samples as MLflow does.
#[derive(Clone)]
struct Made {
    status: &'static str,
    curves: Vec<(String, Vec<Value>)>,
    tags: Value,
    files: Vec<(&'static str, String)>,
    artifacts_fail: bool,
}

fn made(status: &'static str, curves: &[(&str, Vec<Value>)]) -> Made {
    let curves = curves.iter().map(|(name, values)| ((*name).to_owned(), values.clone())).collect();
    Made { status, curves, tags: json!([]), files: Vec::new(), artifacts_fail: false }
}

/// A point each minute, the last one an hour before the test.
fn point(name: &str, step: usize, value: &Value, all: usize) -> Value {
    let last = i64::try_from(STARTED.as_millis()).unwrap() - 3_600_000;
    let back = i64::try_from(all - 1 - step).unwrap() * 60_000;
    json!({"key": name, "value": value, "step": step, "timestamp": last - back})
}

impl Made {
    fn run(&self) -> Value {
        let last = |(name, values): &(String, Vec<Value>)| {
            point(name, values.len() - 1, values.last().unwrap(), values.len())
        };
        let metrics: Vec<Value> = self.curves.iter().map(last).collect();
        let start = i64::try_from(STARTED.as_millis()).unwrap() - 7_200_000;
        json!({"run": {
            "info": {"run_id": "r", "run_name": "n", "experiment_id": "1", "status": self.status,
                     "start_time": start, "end_time": if self.status == "RUNNING" { 0 } else { start + 90_000 }},
            "data": {"metrics": metrics, "tags": self.tags}
        }})
    }

    fn history(&self, query: &[(String, String)]) -> Value {
        let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let number = |name: &str| get(name).map(|text| text.parse::<usize>().unwrap());
        let (name, values) =
            self.curves.iter().find(|(name, _)| Some(name.as_str()) == get("metric_key")).unwrap();
        let steps = number("start_step").unwrap_or(0)..=number("end_step").unwrap_or(usize::MAX);
        let rows: Vec<Value> = (0..values.len())
            .filter(|step| steps.contains(step))
            .map(|step| point(name, step, &values[step], values.len()))
            .collect();
        let most = number("max_results").unwrap();
        let even = |index: usize| rows[index * (rows.len() - 1) / (most - 1)].clone();
        json!({"metrics": if rows.len() <= most { rows.clone() } else { (0..most).map(even).collect::<Vec<_>>() }})
    }

    fn list(&self, directory: &str) -> Value {
        let mut files = Vec::new();
        for (path, content) in &self.files {
            let inside =
                if directory.is_empty() { Some(*path) } else { path.strip_prefix(&format!("{directory}/")) };
            let Some(inside) = inside else { continue };
            files.push(match inside.split_once('/') {
                Some((below, _)) => json!({"path": below, "is_dir": true}),
                None => json!({"path": path, "is_dir": false, "file_size": content.len()}),
            });
        }
        json!({"files": files})
    }

    fn file(&self, path: &str, range: &str) -> Response<bytes::Bytes> {
        let content = &self.files.iter().find(|(name, _)| *name == path).unwrap().1;
        let (start, end) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        let start: usize = start.parse().unwrap();
        let end = content.len().min(end.parse::<usize>().unwrap() + 1);
        let mut response = answer(206, content.as_bytes()[start..end].to_vec());
        let told = format!("bytes {start}-{}/{}", end - 1, content.len());
        response.headers_mut().insert("content-range", told.parse().unwrap());
        response
    }

    fn mlflow(&self) -> Mlflow {
        let made = self.clone();
        Mlflow::new(move |request| {
            let query: Vec<(String, String)> = request
                .uri()
                .query()
                .unwrap_or_default()
                .split('&')
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or_default();
                    (name.to_owned(), percent_decode_str(value).decode_utf8().unwrap().into_owned())
                })
                .collect();
            let path = |name: &str| {
                query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value).to_owned()
            };
            Ok(match request.uri().path() {
                "/api/2.0/mlflow/runs/get" => answer(200, made.run().to_string()),
                "/api/2.0/mlflow/metrics/get-history-bulk-interval" => {
                    answer(200, made.history(&query).to_string())
                }
                "/api/2.0/mlflow/artifacts/list" if made.artifacts_fail => answer(500, "no such bucket"),
                "/api/2.0/mlflow/artifacts/list" => answer(200, made.list(&path("path")).to_string()),
                "/get-artifact" => made.file(&path("path"), request.headers()["range"].to_str().unwrap()),
                other => panic!("{other}"),
            })
        })
    }

    fn diagnosis(&self) -> Value {
        success(&call(&self.mlflow(), "diagnose_run", json!({"run_id": "r"}))).clone()
    }
}

fn values(many: usize, of: impl Fn(f64) -> f64) -> Vec<Value> {
    (0..many).map(|step| json!(of(f64::from(u32::try_from(step).unwrap())))).collect()
}

fn finding<'a>(diagnosis: &'a Value, finding: &str, metric: &str) -> Option<&'a Value> {
    let all = diagnosis["findings"].as_array().unwrap();
    all.iter()
        .find(|found| found["finding"] == finding && found["metric"] == metric)
        .map(|found| &found["evidence"])
}

fn kinds(diagnosis: &Value) -> Vec<&str> {
    diagnosis["findings"].as_array().unwrap().iter().map(|found| found["finding"].as_str().unwrap()).collect()
}

#[test]
fn curves_are_told_apart_by_how_they_end() {
    type Case = (&'static str, fn(f64) -> f64, &'static str);
    let cases: [Case; 9] = [
        ("train/loss", |step| (-step / 10.0).exp(), "plateau"),
        ("a/loss", |step| (-step / 20.0).exp(), "converged"),
        ("b/loss", |step| 1.0 - step / 100.0, "improving"),
        ("c/loss", |step| 0.1 + step / 100.0, "diverged"),
        ("d/loss", |step| ((step - 50.0) / 60.0).powi(2), "worsening"),
        ("e/loss", |_| 0.7, "plateau"),
        ("f/acc", |step| step / 100.0, "improving"),
        ("g/acc", |step| 1.0 - step / 100.0, "diverged"),
        ("h/acc", |step| 1.0 - (-step / 10.0).exp(), "plateau"),
    ];
    let noise = |step: f64| 0.01 * (step * 1.7).sin();
    for (name, curve, expected) in cases {
        let found =
            made("FINISHED", &[(name, values(100, |step| curve(step) + noise(step) / 10.0))]).diagnosis();
        assert_eq!(kinds(&found), [expected], "{name}");
        assert_eq!(found["metrics"][0]["trend"], expected);
        assert!(found["rules"][expected].as_str().unwrap().len() > 40);
        assert_eq!(found["rules"].as_object().unwrap().len(), 1);
    }
}

#[test]
fn the_evidence_is_the_means_of_fifths_and_their_steps() {
    let found = made("FINISHED", &[("val/loss", values(10, |step| 10.0 - step))]).diagnosis();
    let evidence = finding(&found, "improving", "val/loss").unwrap();
    assert_eq!(found["metrics"][0]["fifths"], json!([9.5, 7.5, 5.5, 3.5, 1.5]));
    assert_eq!(
        (&evidence["mean_of_first_fifth"], &evidence["mean_of_last_fifth"]),
        (&json!(9.5), &json!(1.5))
    );
    assert_eq!(
        (&evidence["last_fifth_steps"], &evidence["best_fifth_steps"]),
        (&json!([8, 9]), &json!([8, 9]))
    );
    // A straight line has no noise, and its fifths span 8.
    assert_eq!(evidence["tolerance"], 0.4);
    assert_eq!(found["metrics"][0]["lowest"], json!({"step": 9, "value": 1.0}));
}

#[test]
fn it_leads_to_the_page_of_the_run() {
    let found = made("FINISHED", &[]).diagnosis();
    assert_eq!(found["url"], "http://mlflow.test:5000/#/experiments/1/runs/r");
}

#[test]
fn noise_is_no_trend_and_nine_points_are_none() {
    let dice = |step: f64| ((step * 12.9898).sin() * 43_758.545_3).fract();
    let found = made("FINISHED", &[("loss", values(200, dice))]).diagnosis();
    assert_eq!(kinds(&found), ["plateau"]);
    let few = made("FINISHED", &[("loss", values(9, |step| step))]).diagnosis();
    assert_eq!((kinds(&few), &few["metrics"][0]["trend"]), (vec![], &json!("too_few_points")));
    let unknown = made("FINISHED", &[("größe 🚀 `x`", values(100, |step| step))]).diagnosis();
    assert_eq!((kinds(&unknown), &unknown["metrics"][0]["trend"]), (vec![], &json!("rising")));
}

#[test]
fn validation_that_worsens_while_training_improves_is_overfitting() {
    let train = values(100, |step| (-step / 30.0).exp());
    let validation = values(100, |step| ((step - 50.0) / 60.0).powi(2));
    for (train_name, validation_name) in [("train/loss", "val/loss"), ("loss", "val_loss")] {
        let curves = [(train_name, train.clone()), (validation_name, validation.clone())];
        let found = made("FINISHED", &curves).diagnosis();
        let evidence = finding(&found, "overfit", validation_name).unwrap();
        assert_eq!(
            (&evidence["training_metric"], &evidence["best_fifth_steps"]),
            (&json!(train_name), &json!([40, 59]))
        );
        assert!(
            evidence["training_mean_at_last_fifth"].as_f64()
                < evidence["training_mean_at_best_fifth"].as_f64()
        );
    }
    // Training that worsens as well, and a metric of something else, are no overfitting.
    for other in ["train/loss", "train/acc"] {
        let found =
            made("FINISHED", &[(other, validation.clone()), ("val/loss", validation.clone())]).diagnosis();
        assert!(finding(&found, "overfit", "val/loss").is_none(), "{found}");
        assert!(finding(&found, "worsening", "val/loss").is_some(), "{found}");
    }
}

#[test]
fn the_first_nan_of_a_long_history_is_found_between_the_samples() {
    let mut long = values(30_000, |step| 1.0 / (step + 1.0));
    for value in &mut long[12_345..] {
        *value = json!("NaN");
    }
    let run = made("FINISHED", &[("loss", long)]);
    let mlflow = run.mlflow();
    let result = call(&mlflow, "diagnose_run", json!({"run_id": "r"}));
    let found = success(&result);
    assert_eq!(kinds(found), ["not_a_number", "diverged"]);
    let evidence = finding(found, "not_a_number", "loss").unwrap();
    assert_eq!((&evidence["first_step"], &evidence["first_step_is_exact"]), (&json!(12_345), &json!(true)));
    assert_eq!(evidence["finite_again_later"], false);
    assert!(found["note"].as_str().unwrap().contains("even samples of 500 points"));
    assert_eq!(mlflow.lines().len(), 3, "{:?}", mlflow.lines());
}

#[test]
fn what_databases_hold_for_infinity_is_infinite() {
    let curve = vec![json!(1.0), json!(f64::MAX), json!("-Infinity"), json!(2.0)];
    let found = made("FINISHED", &[("loss", curve)]).diagnosis();
    let evidence = finding(&found, "infinite", "loss").unwrap();
    assert_eq!((&evidence["first_step"], &evidence["points"]), (&json!(1), &json!(2)));
    assert_eq!(evidence["finite_again_later"], true);
    assert_eq!(
        (&found["metrics"][0]["highest"]["value"], &found["metrics"][0]["infinite"]),
        (&json!(2.0), &json!(2))
    );
}

#[test]
fn a_silent_running_run_is_stalled_only_beyond_its_own_pauses() {
    let run = made("RUNNING", &[("loss", values(20, |step| -step))]);
    let found = run.diagnosis();
    let evidence =
        finding(&found, "stalled", "").or(found["findings"].get(0).map(|found| &found["evidence"])).unwrap();
    assert_eq!(
        (&evidence["silent_minutes"], &evidence["longest_pause_minutes"]),
        (&json!(60.0), &json!(1.0))
    );
    assert_eq!((&evidence["last_metric"], &evidence["last_metric_step"]), (&json!("loss"), &json!(19)));
    let patient = json!({"run_id": "r", "stalled_after_minutes": 60});
    assert_eq!(kinds(success(&call(&run.mlflow(), "diagnose_run", patient))), ["improving"]);
    // The machine's metrics go on when training hangs.
    let mut hanging = made("RUNNING", &[]);
    hanging.curves = vec![("system/cpu_utilization_percentage".to_owned(), values(30, |_| 3.0))];
    let found = hanging.diagnosis();
    let evidence = &found["findings"][0]["evidence"];
    assert_eq!((&evidence["silent_minutes"], evidence.get("last_metric")), (&json!(120.0), None));
    assert!(evidence["last_system_metric_time"].is_i64());
    assert_eq!(found["system_metrics"][0]["mean"], 3.0);
    assert_eq!(found["metrics"], json!([]));
}

#[test]
fn a_failed_run_shows_the_ends_of_its_logs_and_its_telling_tags() {
    let mut run = made("FAILED", &[("loss", values(3, |step| step))]);
    run.tags = json!([{"key": "error", "value": "ValueError: x"}, {"key": "owner", "value": "ann"}]);
    let long: String = (0..1_000).map(|n| format!("line {n}\n")).collect();
    run.files = vec![
        ("logs/train.log", format!("{long}1%\r50%\r99%\n")),
        ("traceback.txt", "Traceback:\n  ValueError: x\n".to_owned()),
        ("empty.log", String::new()),
        ("model.pkl", "\0\0".to_owned()),
        ("binary.log", "\0\0".to_owned()),
    ];
    let found = run.diagnosis();
    assert_eq!(kinds(&found), ["failed"]);
    let evidence = &found["findings"][0]["evidence"];
    assert_eq!((&evidence["tags"], &evidence["minutes"]), (&json!({"error": "ValueError: x"}), &json!(1.5)));
    assert_eq!(
        found["logs"][0],
        json!({"path": "traceback.txt", "total_bytes": 27,
                                        "lines": ["Traceback:", "  ValueError: x"]})
    );
    let lines = found["logs"][1]["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[18], &lines[19]), (20, &json!("line 999"), &json!("99%")));
    assert_eq!(found["logs"].as_array().unwrap().len(), 2);
}

#[test]
fn artifacts_that_cannot_be_read_take_nothing_from_the_diagnosis() {
    let mut run = made("KILLED", &[("loss", values(20, |step| -step))]);
    run.artifacts_fail = true;
    let found = run.diagnosis();
    assert_eq!(kinds(&found), ["killed", "improving"]);
    assert!(found["note"].as_str().unwrap().contains("artifacts could not be read"), "{found}");
}

#[test]
fn losses_and_scores_come_first_among_many_metrics_and_the_rest_is_counted() {
    let mut run = made("FINISHED", &[]);
    run.curves = (0..30).map(|n| (format!("probe_{n:02}"), values(20, |step| step))).collect();
    run.curves.push(("zz/loss".to_owned(), values(20, |step| -step)));
    run.curves.push(("once".to_owned(), values(1, |step| step)));
    let mlflow = run.mlflow();
    let result = call(&mlflow, "diagnose_run", json!({"run_id": "r"}));
    let found = success(&result);
    assert_eq!(
        (found["metrics"].as_array().unwrap().len(), &found["metrics"][0]["metric"]),
        (20, &json!("zz/loss"))
    );
    assert!(found["note"].as_str().unwrap().contains("11 other metrics were not looked at"), "{found}");
    assert_eq!(mlflow.lines().len(), 21);
    let one = call(&run.mlflow(), "diagnose_run", json!({"run_id": "r", "metrics": ["probe_29"]}));
    assert_eq!(success(&one)["metrics"].as_array().unwrap().len(), 1);
    let slip = call(&run.mlflow(), "diagnose_run", json!({"run_id": "r", "metrics": ["zz_loss"]}));
    assert!(failure(&slip).contains("Did you mean \"zz/loss\"?"), "{slip}");
}

#[test]
fn histories_are_asked_for_at_the_same_time() {
    let mut run = made("FINISHED", &[]);
    run.curves = (0..12).map(|n| (format!("{n}/loss"), values(20, |step| step))).collect();
    let mlflow = run.mlflow().slow();
    success(&call(&mlflow, "diagnose_run", json!({"run_id": "r"})));
    assert_eq!(mlflow.most_at_once(), 8);
}

#[test]
fn a_long_diagnosis_is_cut_by_whole_items_and_says_so() {
    let mut run = made("FAILED", &[]);
    run.curves = (0..20).map(|n| (format!("{}{n}/loss", "ü".repeat(200)), values(20, |step| step))).collect();
    let result = call_with(
        &run.mlflow(),
        &[("MLFLOW_MCP_ANSWER_CHARACTERS", "6000")],
        "diagnose_run",
        json!({"run_id": "r"}),
    );
    let found = success(&result);
    assert_eq!(found["truncated"], true);
    assert!(found.to_string().chars().count() <= 6_000, "{}", found.to_string().chars().count());
    assert!(found["note"].as_str().unwrap().contains("name the metrics"));
    assert_eq!(kinds(found)[0], "failed");
}

#[test]
fn an_unknown_run_is_mlflows_own_error() {
    let unknown = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Run with id=r not found"}"#;
    let result = call(
        &Mlflow::always(StatusCode::NOT_FOUND.as_u16(), unknown),
        "diagnose_run",
        json!({"run_id": "r"}),
    );
    assert!(failure(&result).contains("Run with id=r not found"));
}

#[test]
fn a_metric_without_any_finite_point_has_no_lowest_and_no_highest() {
    let nan = vec![json!("NaN"); 3];
    let made = made("FAILED", &[("loss", nan.clone()), ("system/cpu_utilization_percentage", nan)]);
    let result = call(&made.mlflow(), "diagnose_run", json!({"run_id": "r"}));
    let (curve, system) = (&success(&result)["metrics"][0], &success(&result)["system_metrics"][0]);
    for member in ["lowest", "highest"] {
        assert_eq!((curve.get(member), system.get(member)), (Some(&Value::Null), Some(&Value::Null)));
    }
}
