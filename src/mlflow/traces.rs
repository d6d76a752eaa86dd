//! Traces. Their search by run is there since MLflow 3.0.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;

const SEARCH: Endpoint = Endpoint::ask("/api/3.0/mlflow/traces/search");

/// What a trace is, without its spans.
#[derive(Clone, Debug, Deserialize)]
pub struct TraceInfo {
    /// `tr-` and 32 hex digits.
    pub trace_id: String,
    /// When it began, RFC 3339.
    #[serde(default)]
    pub request_time: String,
    /// In seconds, for instance `0.219s`.
    #[serde(default)]
    pub execution_duration: String,
    /// OK, ERROR or IN_PROGRESS.
    #[serde(default)]
    pub state: String,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    traces: Vec<TraceInfo>,
    next_page_token: Option<String>,
}

/// At most so many traces of a run of that experiment, newest first, and whether there are more. The id comes from MLflow.
///
/// # Errors
/// See [`Error`].
pub async fn of_run(
    client: &Client<'_>,
    experiment_id: &str,
    run_id: &str,
    most: usize,
) -> Result<(Vec<TraceInfo>, bool), Error> {
    let question = json!({
        "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment_id}}],
        "filter": format!("run_id = '{run_id}'"),
        "max_results": most,
        "order_by": ["timestamp_ms DESC"],
    });
    let page: Page = client.send(&SEARCH, &question).await?;
    Ok((page.traces, page.next_page_token.is_some_and(|token| !token.is_empty())))
}
