//! Figures about traces that the server works out; since MLflow 3.9.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::Number;

const QUERY: Endpoint = Endpoint::ask("/api/3.0/mlflow/traces/metrics");

/// Points in one answer.
const POINTS: usize = 1_000;

/// The most answers to one question.
const PAGES: usize = 20;

/// What all questions about the same traces have in common.
#[derive(Clone, Debug, Default)]
pub struct Among<'a> {
    /// In these experiments.
    pub experiment_ids: &'a [String],
    /// Each one condition, for instance `trace.status = 'ERROR'`.
    pub filters: &'a [String],
    /// From then on, in epoch milliseconds.
    pub start: Option<i64>,
    /// Until then.
    pub end: Option<i64>,
    /// One figure for each so many seconds; it needs start and end.
    pub interval: Option<u64>,
}

/// Figures of one group.
#[derive(Debug, Deserialize)]
pub struct Point {
    /// What its traces have in common, and `time_bucket`.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// By the name of the aggregation, for instance `P95.0`; without one where nothing was measured.
    #[serde(default)]
    pub values: BTreeMap<String, Number>,
}

/// One metric of `TRACES` or `SPANS`. An aggregation is `COUNT`, `SUM`, `AVG`, `MAX`, or a percentile, `P95`.
///
/// # Errors
/// See [`Error`]; a server before 3.9 has no such route.
pub async fn query(
    client: &Client<'_>,
    among: &Among<'_>,
    (view, metric): (&str, &str),
    aggregations: &[&str],
    dimensions: &[&str],
) -> Result<Vec<Point>, Error> {
    #[derive(Deserialize)]
    struct Found {
        #[serde(default)]
        data_points: Vec<Point>,
        next_page_token: Option<String>,
    }
    let aggregation = |name: &&str| match name.strip_prefix('P').and_then(|q| q.parse::<f64>().ok()) {
        Some(q) => json!({"aggregation_type": "PERCENTILE", "percentile_value": q}),
        None => json!({"aggregation_type": name}),
    };
    let mut question = json!({
        "experiment_ids": among.experiment_ids,
        "view_type": view,
        "metric_name": metric,
        "aggregations": aggregations.iter().map(aggregation).collect::<Vec<_>>(),
        "dimensions": dimensions,
        "filters": among.filters,
        "max_results": POINTS,
    });
    let optional: [(&str, Option<Value>); 3] = [
        ("start_time_ms", among.start.map(Value::from)),
        ("end_time_ms", among.end.map(Value::from)),
        ("time_interval_seconds", among.interval.map(Value::from)),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            question[name] = value;
        }
    }
    let mut points = Vec::new();
    for _ in 0..PAGES {
        let found: Found = client.send(&QUERY, &question).await?;
        points.extend(found.data_points);
        match found.next_page_token.filter(|token| !token.is_empty()) {
            Some(token) => question["page_token"] = token.into(),
            None => break,
        }
    }
    Ok(points)
}
