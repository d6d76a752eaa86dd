//! An MLflow with a table of runs, which understands the filters that tools make.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use super::{Mlflow, answer};

const MISSING: &str = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "there is none"}"#;

/// A finished run of experiment 1 with these metrics and params; the higher the number, the newer.
pub fn run(n: usize, metrics: &Value, params: &Value) -> Value {
    let pairs = |map: &Value| -> Vec<Value> {
        map.as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| json!({"key": key, "value": value, "step": 7}))
            .collect()
    };
    json!({"info": {"run_id": format!("run-{n:05}"), "run_name": format!("trial-{n}"), "experiment_id": "1",
                    "status": "FINISHED", "start_time": n, "user_id": "ann", "lifecycle_stage": "active"},
           "data": {"metrics": pairs(metrics), "params": pairs(params)}})
}

/// A server with these runs.
pub fn server(runs: Vec<Value>) -> Mlflow {
    Mlflow::new(move |request| Ok(react(&runs, request)))
}

fn react(runs: &[Value], request: &Request<Bytes>) -> Response<Bytes> {
    let query = request.uri().query().unwrap_or_default();
    match request.uri().path().rsplit_once('/').unwrap() {
        (_, "search") => {
            let asked: Value = serde_json::from_slice(request.body()).unwrap();
            answer(200, search(runs, &asked).to_string())
        }
        (group, "get") if group.ends_with("experiments") => match query {
            "experiment_id=1" => answer(200, r#"{"experiment": {"experiment_id": "1", "name": "churn"}}"#),
            _ => answer(404, MISSING),
        },
        _ => match runs.iter().find(|run| query.ends_with(run["info"]["run_id"].as_str().unwrap())) {
            Some(run) => answer(200, json!({"run": run}).to_string()),
            None => answer(404, MISSING),
        },
    }
}

/// As MLflow on a database does: NaN is kept as 0 and a mark, and passes filters as 0.
fn search(runs: &[Value], asked: &Value) -> Value {
    let filter = asked["filter"].as_str().unwrap_or_default();
    let experiments = asked["experiment_ids"].as_array().unwrap();
    let mut found: Vec<&Value> = runs
        .iter()
        .filter(|run| experiments.contains(&run["info"]["experiment_id"]))
        .filter(|run| filter.is_empty() || filter.split(" AND ").all(|condition| holds(run, condition)))
        .collect();
    found.sort_by_key(|run| std::cmp::Reverse(run["info"]["start_time"].as_i64()));
    for order in asked["order_by"].as_array().into_iter().flatten().rev() {
        let (key, direction) = order.as_str().unwrap().rsplit_once(' ').unwrap();
        if let Some(name) = key.strip_prefix("metrics.") {
            found.sort_by(|a, b| by(metric(a, name), metric(b, name), direction));
        }
    }
    let offset = asked["page_token"].as_str().map_or(0, |token| {
        let token: Value = serde_json::from_slice(&STANDARD.decode(token).unwrap()).unwrap();
        usize::try_from(token["offset"].as_u64().unwrap()).unwrap()
    });
    let end = (offset + usize::try_from(asked["max_results"].as_u64().unwrap()).unwrap()).min(found.len());
    let next =
        if end < found.len() { STANDARD.encode(format!("{{\"offset\": {end}}}")) } else { String::new() };
    json!({"runs": found[offset.min(end)..end], "next_page_token": next})
}

/// What has no value comes last.
fn by(a: Option<f64>, b: Option<f64>, direction: &str) -> Ordering {
    match (a.filter(|a| !a.is_nan()), b.filter(|b| !b.is_nan())) {
        (Some(a), Some(b)) if direction == "ASC" => a.total_cmp(&b),
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn metric(run: &Value, quoted: &str) -> Option<f64> {
    let name = quoted.trim_matches(['`', '"']);
    let metric = run["data"]["metrics"].as_array()?.iter().find(|metric| metric["key"] == name)?;
    Some(metric["value"].as_f64().unwrap_or(f64::NAN))
}

fn holds(run: &Value, condition: &str) -> bool {
    let (place, value) = condition.rsplit_once(' ').unwrap();
    let (key, operator) = place.rsplit_once(' ').unwrap();
    let text = value.trim_matches('\'');
    if key == "attributes.status" {
        return run["info"]["status"] == text;
    }
    if let Some(name) = key.strip_prefix("params.") {
        let params = run["data"]["params"].as_array().unwrap();
        return params.iter().any(|param| param["key"] == name && param["value"] == text);
    }
    let Some(found) = metric(run, key.strip_prefix("metrics.").unwrap()) else { return false };
    let (found, bound) = (if found.is_nan() { 0.0 } else { found }, value.parse::<f64>().unwrap());
    match operator {
        ">" => found > bound,
        "<" => found < bound,
        ">=" => found >= bound,
        "<=" => found <= bound,
        other => panic!("an operator that this server does not know: {other}"),
    }
}
