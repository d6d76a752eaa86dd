//! The run and metric tools.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::http;
use super::world::{World, every_page, search_body, texts};

/// What MLflow says of a run, as tools show it.
fn expected(run: &Value, member: &str) -> Value {
    let pairs = run["data"][member].as_array().cloned().unwrap_or_default();
    pairs
        .into_iter()
        .map(|mut pair| (pair["key"].as_str().unwrap().to_owned(), pair["value"].take()))
        .collect()
}

fn runs_of(world: &World, experiment_id: &str) -> Vec<Value> {
    let address = world.mlflow.uri().trim_start_matches("http://").parse().unwrap();
    let head = "POST /api/2.0/mlflow/runs/search HTTP/1.1\r\nContent-Type: application/json";
    let (_, body) = http::request(address, head, &search_body(experiment_id).to_string()).unwrap();
    let page: Value = serde_json::from_slice(&body).unwrap();
    page["runs"].as_array().cloned().unwrap_or_default()
}

#[test]
fn get_runs_pages_through_all_active_runs_with_what_mlflow_has_of_them() {
    let world = World::shared();
    let id = world.text("/experiments/churn/id");
    let shown = every_page(&world, "get_runs", json!({"experiment_id": id, "limit": 7}));
    let real = runs_of(&world, &id);
    assert!(real.len() > 20 && shown.len() == real.len());
    for (shown, real) in shown.iter().zip(&real) {
        for member in ["run_id", "run_name", "status", "user_id", "start_time", "lifecycle_stage"] {
            assert_eq!(shown[member], real["info"][member], "{member}");
        }
        for member in ["metrics", "params", "tags"] {
            assert_eq!(shown[member], expected(real, member), "{member}");
        }
    }
    let deleted = world.text("/runs/deleted");
    assert!(shown.iter().all(|run| run["run_id"] != deleted.as_str()));
    let deleted = json!({"experiment_id": id, "view_type": "DELETED_ONLY", "limit": 5});
    assert_eq!(world.ok("get_runs", deleted)["result"][0]["run_id"], world.text("/runs/deleted").as_str());
    let third = world.ok("get_runs", json!({"experiment_id": id, "limit": 1, "offset": 2}));
    assert_eq!(third["result"][0]["run_id"], real[2]["info"]["run_id"]);
}

#[test]
fn get_runs_tells_an_empty_experiment_from_an_unknown_one() {
    let world = World::shared();
    let empty = world.ok("get_runs", json!({"experiment_id": world.text("/experiments/empty/id")}));
    assert_eq!(empty["result"], json!([]));
    let unknown = world.fails("get_runs", json!({"experiment_id": 99999}));
    assert!(unknown.contains("there is no experiment with id \"99999\""), "{unknown}");
    let name = world.fails("get_runs", json!({"experiment_id": "churn-classifier"}));
    assert!(name.contains("get_experiment_by_name") || name.contains("valid integer"), "{name}");
}

#[test]
fn query_runs_filters_and_passes_on_what_mlflow_says_of_a_bad_filter() {
    let world = World::shared();
    let id = world.text("/experiments/churn/id");
    let failed =
        world.ok("query_runs", json!({"experiment_id": id, "query": "status = 'FAILED'", "limit": 50}));
    assert!(texts(&failed, "run_id").contains(&world.text("/runs/failed")));
    assert!(texts(&failed, "status").iter().all(|status| status == "FAILED"));
    let parent = world.text("/runs/sweep_parent");
    let query = format!("tags.mlflow.parentRunId = '{parent}'");
    let children = every_page(&world, "query_runs", json!({"experiment_id": id, "query": query, "limit": 5}));
    let children: BTreeSet<&str> = children.iter().map(|run| run["run_id"].as_str().unwrap()).collect();
    let made = world.manifest["runs"]["sweep_children"].as_array().unwrap();
    assert_eq!(children, made.iter().map(|id| id.as_str().unwrap()).collect());
    for (query, said) in [
        ("metrics.accuracy > 'high'", "Expected numeric value type for metric"),
        ("params.learning_rate > '0.1'", "Invalid comparator '>'"),
        ("foo = 'x'", "Invalid attribute key 'foo'"),
        ("metrics.a > 1 OR metrics.a < 0", "Invalid clause(s)"),
    ] {
        let text = world.fails("query_runs", json!({"experiment_id": id, "query": query}));
        assert!(text.contains("INVALID_PARAMETER_VALUE") && text.contains(said), "{query}: {text}");
    }
}

#[test]
fn search_runs_by_tags_finds_an_invocation_in_every_experiment() {
    let world = World::shared();
    for invocation in world.manifest["invocations"].as_array().unwrap() {
        let mut found = BTreeSet::new();
        for experiment in invocation["experiment_ids"].as_array().unwrap() {
            let tags = json!({"invocation_id": invocation["invocation_id"]});
            // As some desktop clients send it: the object as JSON text, numbers as text.
            let arguments = json!({"experiment_id": experiment, "tags": tags.to_string(), "limit": "50"});
            let runs = world.ok("search_runs_by_tags", arguments);
            found.extend(texts(&runs, "run_id"));
        }
        let made = invocation["runs"].as_array().unwrap().iter();
        assert_eq!(found, made.map(|run| run["run_id"].as_str().unwrap().to_owned()).collect());
    }
    let quote = json!({"experiment_id": world.text("/experiments/churn/id"), "tags": {"owner": "it's"}});
    assert_eq!(world.ok("search_runs_by_tags", quote)["result"], json!([]));
}

#[test]
fn get_run_shows_all_that_mlflow_has() {
    let world = World::shared();
    for key in ["baseline", "awkward", "diverged", "running", "deleted", "artifacts"] {
        let run_id = world.text(&format!("/runs/{key}"));
        let real = world.rest(&format!("/api/2.0/mlflow/runs/get?run_id={run_id}"))["run"].take();
        let shown = world.ok("get_run", json!({"run_id": run_id}));
        for member in ["metrics", "params", "tags"] {
            assert_eq!(shown[member], expected(&real, member), "{key} {member}");
        }
        for member in ["run_id", "run_name", "experiment_id", "status", "artifact_uri", "lifecycle_stage"] {
            assert_eq!(shown[member], real["info"][member], "{key} {member}");
        }
        assert_eq!(shown["end_time"].is_null(), key == "running", "{key}");
        for metric in real["data"]["metrics"].as_array().into_iter().flatten() {
            let point = &shown["metric_points"][metric["key"].as_str().unwrap()];
            assert_eq!((&point["step"], &point["timestamp"]), (&metric["step"], &metric["timestamp"]));
        }
        let inputs = real["inputs"]["dataset_inputs"].as_array().map_or(0, Vec::len);
        assert_eq!(shown["inputs"].as_array().unwrap().len(), inputs, "{key}");
        let outputs = real["outputs"]["model_outputs"].as_array().map_or(0, Vec::len);
        assert_eq!(shown["outputs"].as_array().unwrap().len(), outputs, "{key}");
    }
    let unknown = world.fails("get_run", json!({"run_id": "deadbeef"}));
    assert!(unknown.contains("RESOURCE_DOES_NOT_EXIST: Run with id=deadbeef not found"), "{unknown}");
}

#[test]
fn get_run_metrics_is_one_object_and_has_nan_as_text() {
    let world = World::shared();
    let run_id = world.text("/runs/diverged");
    let real = world.rest(&format!("/api/2.0/mlflow/runs/get?run_id={run_id}"))["run"].take();
    let shown = world.ok("get_run_metrics", json!({"run_id": run_id}));
    assert_eq!(shown, expected(&real, "metrics"));
    assert!(shown.as_object().unwrap().values().any(|value| value == "NaN"));
    let curve = world.text("/curve/run_id");
    let some = world.ok("get_run_metrics", json!({"run_id": curve, "prefix": "eval/"}));
    assert_eq!(some.as_object().unwrap().keys().collect::<Vec<_>>(), ["eval/accuracy"]);
}

#[test]
fn get_run_metric_samples_a_long_history_evenly_and_says_so() {
    let world = World::shared();
    let run_id = world.text("/curve/run_id");
    let last = world.manifest["curve"]["points"].as_i64().unwrap() - 1;
    let sample = world.ok("get_run_metric", json!({"run_id": run_id, "metric_name": "loss"}));
    let points = sample["result"].as_array().unwrap();
    assert_eq!((points.len(), &sample["sampled"]), (200, &json!(true)));
    assert_eq!((&points[0]["step"], &points[199]["step"]), (&json!(0), &json!(last)));
    let gaps: Vec<i64> = points
        .windows(2)
        .map(|pair| pair[1]["step"].as_i64().unwrap() - pair[0]["step"].as_i64().unwrap())
        .collect();
    // Every other one of the server's own sample, whose gaps differ by one; it puts what is left over before the
    // last point.
    let (least, most) = (gaps[..198].iter().min().unwrap(), gaps[..198].iter().max().unwrap());
    assert!(most - least <= 2, "gaps from {least} to {most}");
    let part = json!({"run_id": run_id, "metric_name": "loss", "start_step": 100, "end_step": 149});
    let part = world.ok("get_run_metric", part);
    assert_eq!((part["result"].as_array().unwrap().len(), &part["sampled"]), (50, &json!(false)));
}

#[test]
fn get_run_metric_pages_through_every_point_when_asked() {
    let world = World::shared();
    let arguments = json!({"run_id": world.text("/curve/run_id"), "metric_name": "loss", "sample": false,
                           "max_points": 1_250});
    let points = every_page(&world, "get_run_metric", arguments);
    let steps: Vec<i64> = points.iter().map(|point| point["step"].as_i64().unwrap()).collect();
    assert_eq!(steps, (0..30_000).collect::<Vec<i64>>());
}

#[test]
fn get_run_metric_keeps_nan_and_names_the_metrics_there_are() {
    let world = World::shared();
    let run_id = world.text("/runs/diverged");
    let history =
        world.ok("get_run_metric", json!({"run_id": run_id, "metric_name": "loss", "max_points": 1_000}));
    assert!(history["result"].as_array().unwrap().iter().any(|point| point["value"] == "NaN"));
    let slip = world.fails("get_run_metric", json!({"run_id": run_id, "metric_name": "los"}));
    assert!(slip.contains("Did you mean \"loss\"?"), "{slip}");
    let unknown = world.fails("get_run_metric", json!({"run_id": "deadbeef", "metric_name": "loss"}));
    assert!(unknown.contains("Run with id=deadbeef not found"), "{unknown}");
}

#[test]
fn get_parent_run_shows_the_parent_of_a_sweep_and_null_for_a_run_without() {
    let world = World::shared();
    let parent = world.text("/runs/sweep_parent");
    let child = world.manifest["runs"]["sweep_children"][0].clone();
    let shown = world.ok("get_parent_run", json!({"run_id": child}));
    assert_eq!(shown, world.ok("get_run", json!({"run_id": parent})));
    assert_eq!(world.ok("get_parent_run", json!({"run_id": parent})), json!({"result": null}));
    let unknown = world.fails("get_parent_run", json!({"run_id": "deadbeef"}));
    assert!(unknown.contains("Run with id=deadbeef not found"), "{unknown}");
}

#[test]
fn get_best_run_ranks_finished_runs_with_a_usable_value_only() {
    let world = World::shared();
    let churn = world.text("/experiments/churn/id");
    let best = world.ok("get_best_run", json!({"experiment_id": churn, "metric": "test/auc"}));
    assert_eq!(best["run_id"], world.text("/runs/sweep_best").as_str());
    assert_eq!(best["best_metric_value"], best["metrics"]["test/auc"]);
    let runs = runs_of(&world, &churn);
    let value = |run: &Value| expected(run, "metrics")["train/loss"].as_f64();
    let finished = runs.iter().filter(|run| run["info"]["status"] == "FINISHED");
    let lowest = finished.filter_map(value).reduce(f64::min);
    let best = world
        .ok("get_best_run", json!({"experiment_id": churn, "metric": "train/loss", "ascending": "true"}));
    assert_eq!((best["best_metric_value"].as_f64(), &best["direction"]), (lowest, &json!("lowest")));
    assert_eq!(best["best_metric_step"], 19);
    let finetuning = world.text("/experiments/finetuning/id");
    for ascending in [true, false] {
        let arguments = json!({"experiment_id": finetuning, "metric": "loss", "ascending": ascending});
        assert_eq!(world.ok("get_best_run", arguments)["run_id"], world.text("/curve/run_id").as_str());
    }
    let infinite = json!({"experiment_id": finetuning, "metric": "eval/perplexity"});
    assert!(world.fails("get_best_run", infinite).contains("no FINISHED run"));
    let slip = world.fails("get_best_run", json!({"experiment_id": churn, "metric": "test_auc"}));
    assert!(slip.contains("Did you mean \"test/auc\"?"), "{slip}");
    let odd = json!({"experiment_id": world.text("/experiments/unicode/id"), "metric": "größe.mean"});
    assert_eq!(world.ok("get_best_run", odd)["best_metric_value"].as_f64(), Some(0.0));
    let unknown = world.fails("get_best_run", json!({"experiment_id": "99999", "metric": "loss"}));
    assert!(unknown.contains("there is no experiment with id \"99999\""), "{unknown}");
}

#[test]
fn compare_runs_shows_what_differs_between_few_and_many_runs() {
    let world = World::shared();
    let churn = world.text("/experiments/churn/id");
    let mut ids = vec![json!(world.text("/runs/baseline"))];
    ids.extend(world.manifest["runs"]["sweep_children"].as_array().unwrap().iter().cloned());
    for many in [2, 25] {
        let compared = world.ok("compare_runs", json!({"experiment_id": churn, "run_ids": ids[..many]}));
        let shown: Vec<Value> =
            compared["runs"].as_array().unwrap().iter().map(|run| run["run_id"].clone()).collect();
        assert_eq!((shown.as_slice(), &compared["truncated"]), (&ids[..many], &json!(false)), "{many}");
        assert!(compared["all_metrics"].as_array().unwrap().contains(&json!("test/auc")));
        let auc = &compared["metric_differences"]["test/auc"];
        let delta = auc["values"][1].as_f64().unwrap() - auc["values"][0].as_f64().unwrap();
        assert_eq!(auc["deltas"][1].as_f64(), Some(delta));
        assert_eq!(compared["differing_params"]["model"][0], "logreg");
    }
    let sweep = world.ok("compare_runs", json!({"experiment_id": churn, "run_ids": ids[1..]}));
    assert_eq!(sweep["same_params"], json!({"model": "gbdt", "n_estimators": "400"}));
    let elsewhere = world.text("/curve/run_id");
    let mixed =
        json!({"experiment_id": churn, "run_ids": format!("{},{elsewhere}", world.text("/runs/baseline"))});
    let mixed = world.ok("compare_runs", mixed);
    assert!(mixed["note"].as_str().unwrap().contains("1 of the runs"));
    assert_eq!(mixed["experiment_ids"][0], churn);
    let more = json!({"experiment_id": churn, "run_ids": ids[..2], "include": ["tags", "datasets"]});
    let more = world.ok("compare_runs", more);
    assert_eq!(more["differing_tags"]["stage"], json!(["baseline", "sweep"]));
    let baseline = world.ok("get_run", json!({"run_id": ids[0]}));
    let read = &baseline["inputs"][0];
    let name = format!("{} {}", read["name"].as_str().unwrap(), read["digest"].as_str().unwrap());
    assert!(more["datasets"][name.as_str()][0].is_string(), "{more}");
    let named = json!({"experiment_id": churn, "run_ids": ["trial-03", ids[0]]});
    let named = world.fails("compare_runs", named);
    assert!(named.contains("\"trial-03\" is the name of run"), "{named}");
}

#[test]
fn fields_and_formats_choose_what_is_shown_of_each_run() {
    let world = World::shared();
    let id = world.text("/experiments/churn/id");
    let some = json!({"experiment_id": id, "query": "metrics.`test/auc` > 0.5", "fields": ["run_name", "metrics.test/auc"]});
    let some = world.ok("query_runs", some);
    for row in some["result"].as_array().unwrap() {
        assert_eq!(row.as_object().unwrap().keys().collect::<Vec<_>>(), ["run_id", "run_name", "metrics"]);
        assert_eq!(row["metrics"].as_object().unwrap().keys().collect::<Vec<_>>(), ["test/auc"]);
    }
    let concise =
        world.ok("get_runs", json!({"experiment_id": id, "limit": 1, "response_format": "CONCISE"}));
    assert!(concise["result"][0].get("tags").is_none() && concise["result"][0].get("params").is_some());
}
