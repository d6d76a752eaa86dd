//! An MLflow of made-up runs with histories.

use http::Request;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::support::{Mlflow, answer};

/// Step, milliseconds since the first, and value.
pub type Points = Vec<(i64, i64, f64)>;

/// A run with its params and the histories of its metrics.
pub struct Run {
    pub name: String,
    pub params: Vec<(&'static str, String)>,
    pub metrics: Vec<(&'static str, Points)>,
}

impl Run {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), params: Vec::new(), metrics: Vec::new() }
    }

    pub fn param(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// One value a step, ten seconds apart.
    pub fn metric(self, name: &'static str, values: impl IntoIterator<Item = f64>) -> Self {
        let points = (0..).zip(values).map(|(step, value)| (step, step * 10_000, value)).collect();
        self.history(name, points)
    }

    pub fn history(mut self, name: &'static str, points: Points) -> Self {
        self.metrics.push((name, points));
        self
    }

    fn json(&self, id: &str) -> Value {
        let pair = |key: &str, value: Value| json!({"key": key, "value": value});
        let params: Vec<Value> = self.params.iter().map(|(key, value)| pair(key, json!(value))).collect();
        let latest = |(key, points): &(&str, Points)| Some(pair(key, number_of(points.last()?.2)));
        let metrics: Vec<Value> = self.metrics.iter().filter_map(latest).collect();
        json!({"info": {"run_id": id, "run_name": self.name, "experiment_id": "5", "status": "FINISHED",
                        "start_time": 0, "lifecycle_stage": "active"},
               "data": {"metrics": metrics, "params": params, "tags": []}})
    }
}

fn number_of(value: f64) -> Value {
    match value {
        value if value.is_nan() => json!("NaN"),
        value if value.is_infinite() => json!(if value > 0.0 { "Infinity" } else { "-Infinity" }),
        value => json!(value),
    }
}

/// The id of the run of that number.
pub fn id(number: usize) -> String {
    // Runs of one name are told apart by their first digits.
    format!("{number:08x}{:024}", 0)
}

pub fn ids(count: usize) -> Vec<String> {
    (0..count).map(id).collect()
}

fn asked(request: &Request<bytes::Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(percent_decode_str(value).decode_utf8().unwrap().into_owned())
}

/// Serves runs by their ids, the newest of them first to a search, and their histories as even samples.
pub fn mlflow(runs: Vec<Run>) -> Mlflow {
    Mlflow::new(move |request| {
        let path = request.uri().path();
        let number = |id: &str| (0..runs.len()).find(|number| self::id(*number) == *id);
        if path.ends_with("get-history-bulk-interval") {
            let most: usize = asked(request, "max_results").unwrap().parse().unwrap();
            let (run, key) = (asked(request, "run_ids").unwrap(), asked(request, "metric_key").unwrap());
            let run = &runs[number(&run).unwrap()];
            let points = run.metrics.iter().find(|(name, _)| *name == key);
            let points = points.map(|(_, points)| points.clone()).unwrap_or_default();
            let kept: Vec<&(i64, i64, f64)> = match points.len() {
                all if all <= most => points.iter().collect(),
                all => (0..most).map(|index| &points[index * (all - 1) / (most - 1)]).collect(),
            };
            let point = |(step, time, value): &(i64, i64, f64)| json!({"key": key, "step": step, "timestamp": 1_700_000_000_000 + time, "value": number_of(*value)});
            let metrics: Vec<Value> = kept.into_iter().map(point).collect();
            return Ok(answer(200, json!({"metrics": metrics}).to_string()));
        }
        if path.ends_with("runs/search") {
            let question: Value = serde_json::from_slice(request.body()).unwrap();
            let most = usize::try_from(question["max_results"].as_u64().unwrap()).unwrap();
            let wanted = question["filter"].as_str().unwrap_or_default();
            let all = runs.iter().enumerate().map(|(number, run)| (id(number), run));
            let found: Vec<Value> = all
                .filter(|(id, _)| !wanted.contains("run_id IN") || wanted.contains(id.as_str()))
                .map(|(id, run)| run.json(&id))
                .collect();
            let token = if found.len() > most { "more" } else { "" };
            let shown = &found[..found.len().min(most)];
            return Ok(answer(200, json!({"runs": shown, "next_page_token": token}).to_string()));
        }
        if path.ends_with("experiments/get") {
            return Ok(answer(
                200,
                json!({"experiment": {"experiment_id": "5", "name": "five"}}).to_string(),
            ));
        }
        let id = asked(request, "run_id").unwrap_or_default();
        Ok(match number(&id) {
            Some(number) => answer(200, json!({"run": runs[number].json(&id)}).to_string()),
            None => answer(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no"}"#),
        })
    })
}

/// Numbers between -1 and 1 that look random and are the same on every machine.
pub fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from(u32::try_from(state >> 33).unwrap()) / f64::from(u32::MAX >> 2) - 1.0
    })
}

/// A loss that falls from `from` towards `to`, with some noise.
pub fn falling(seed: u64, from: f64, to: f64, steps: usize, rough: f64) -> Vec<f64> {
    (0..u32::try_from(steps).unwrap())
        .zip(noise(seed).skip(3))
        .map(|(step, noise)| {
            let part = f64::from(step) / steps as f64;
            (to + (from - to) * (-5.0 * part).exp()) * (1.0 + rough * noise)
        })
        .collect()
}
