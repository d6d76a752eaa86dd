//! What a launcher says of one task's requests and running time.

use std::collections::BTreeMap;

use serde_json::Value;

use super::launch::text;
use crate::mlflow::artifacts::{self, Owner};
use crate::mlflow::number::Number;
use crate::mlflow::python_json::json;
use crate::mlflow::runs::Run;
use crate::tool::{Context, Failure};

/// The file, from the run's root or from the task's directory.
const FILE: &str = "artifacts/eval_factory_metrics.json";

/// More than this is no file of statistics, in bytes.
const LARGEST: u64 = 1 << 20;

/// The most numbers that are taken from it.
const MOST: usize = 60;

/// Its numbers by their places, for instance `response_stats.avg_latency_ms`; nothing if the run has no such file.
///
/// # Errors
/// MLflow does not answer.
pub(super) async fn read(
    cx: &Context<'_>,
    task: &str,
    run: &Run,
) -> Result<BTreeMap<String, Number>, Failure> {
    let directory = text(run, "harness").map(|harness| format!("{harness}.{task}/{FILE}"));
    for path in [Some(FILE.to_owned()), directory].into_iter().flatten() {
        match artifacts::read(&cx.client, Owner::Run(&run.info.run_id), &path, 0, LARGEST).await {
            Ok(part) if part.total <= LARGEST => {
                let parsed = std::str::from_utf8(&part.bytes).ok().and_then(|text| json(text).ok());
                return Ok(parsed.map(|value| numbers(&value)).unwrap_or_default());
            }
            // Not there: 404, or 500 on servers before 3.12.
            Err(error) if error.status().is_none() => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(BTreeMap::new())
}

fn numbers(value: &Value) -> BTreeMap<String, Number> {
    let mut found = BTreeMap::new();
    collect(value, "", &mut found);
    found
}

/// Numbers of objects within objects; lists hold single requests, and are left out.
fn collect(value: &Value, place: &str, found: &mut BTreeMap<String, Number>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                collect(member, &place, found);
            }
        }
        Value::Number(_) | Value::String(_) if found.len() < MOST => {
            let number = match value {
                // Python writes NaN bare; the reader makes text of it.
                Value::String(text) if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") => {
                    text.parse().ok()
                }
                other => other.as_f64(),
            };
            if let Some(number) = number {
                found.insert(place.to_owned(), Number(number));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_found_by_their_places() {
        let file =
            json!({"a": {"count": 3, "text": "x", "codes": {"200": 2}}, "b": "NaN", "list": [1], "c": true});
        let found: Vec<(String, String)> =
            numbers(&file).into_iter().map(|(name, number)| (name, number.0.to_string())).collect();
        let expected = [("a.codes.200", "2"), ("a.count", "3"), ("b", "NaN")];
        assert_eq!(found, expected.map(|(name, number)| (name.to_owned(), number.to_owned())));
    }
}
