//! Metric histories.

use serde::Deserialize;

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::page::{self, Position};
use super::runs::Metric;

/// Samples on the server; since MLflow 2.11.
const INTERVAL: Endpoint = Endpoint::get("/api/2.0/mlflow/metrics/get-history-bulk-interval");
const HISTORY: Endpoint = Endpoint::get("/api/2.0/mlflow/metrics/get-history");

/// The most points that MLflow samples for one run.
pub const MAX_SAMPLED: usize = 2_500;

/// Steps, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRange {
    /// The first.
    pub start: i64,
    /// The last.
    pub end: i64,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    metrics: Vec<Metric>,
    next_page_token: Option<String>,
}

/// At most `points` values of one metric of one run, evenly spaced over its rows, first and last
/// included. Servers before 3.15 may send a few more.
///
/// # Errors
/// See [`Error`]. An unknown run or metric is none: the list is empty.
pub async fn sampled(
    client: &Client<'_>,
    run_id: &str,
    key: &str,
    points: usize,
    steps: Option<StepRange>,
) -> Result<Vec<Metric>, Error> {
    let points = points.to_string();
    let mut query = vec![("run_ids", run_id), ("metric_key", key), ("max_results", &points)];
    let range = steps.map(|steps| (steps.start.to_string(), steps.end.to_string()));
    if let Some((start, end)) = &range {
        query.extend([("start_step", start.as_str()), ("end_step", end.as_str())]);
    }
    let page: Page = client.get(&INTERVAL, &query).await?;
    Ok(page.metrics)
}

/// The values of one metric of one run as they are, a page of at most `points`.
///
/// # Errors
/// See [`Error`]. An unknown run or metric is none: the page is empty.
pub async fn history(
    client: &Client<'_>,
    run_id: &str,
    key: &str,
    points: usize,
    from: &Position,
) -> Result<page::Page<Metric>, Error> {
    page::read(from, points, async |token, points| {
        // Never without max_results: servers from 3.1.4 to 3.13 then answer with an endless empty page.
        let points = points.to_string();
        let mut query = vec![("run_id", run_id), ("metric_key", key), ("max_results", &points)];
        query.extend(token.map(|token| ("page_token", token)));
        let page: Page = client.get(&HISTORY, &query).await?;
        Ok((page.metrics, page.next_page_token))
    })
    .await
}
