//! The search for traces.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::info::{Second, TraceInfo};
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::{Error, Refusal, RefusalKind};
use crate::mlflow::page::{self, Page};

/// Since MLflow 3.0.
pub(super) const SEARCH: Endpoint = Endpoint::ask("/api/3.0/mlflow/traces/search");

/// All that servers before 3.0 have.
const SEARCH_2: Endpoint = Endpoint::get("/api/2.0/mlflow/traces");

/// The most that MLflow gives at once; above it answers 400.
pub const MOST: usize = 500;

/// The newest first.
pub const NEWEST: [&str; 1] = ["timestamp_ms DESC"];

/// A question for traces.
#[derive(Clone, Debug, Default)]
pub struct Search<'a> {
    /// In these experiments.
    pub experiment_ids: &'a [String],
    /// `None` for every one.
    pub filter: Option<&'a str>,
    /// At most so many, up to [`MOST`].
    pub max_results: usize,
    /// For instance `timestamp_ms DESC`.
    pub order_by: &'a [String],
}

#[derive(Deserialize)]
pub(super) struct Found {
    #[serde(default)]
    pub(super) traces: Vec<TraceInfo>,
    pub(super) next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Found2 {
    #[serde(default)]
    traces: Vec<Second>,
    next_page_token: Option<String>,
}

/// Experiments as the third form names them.
pub(super) fn locations(experiment_ids: &[impl Serialize]) -> Vec<Value> {
    let location = |id| json!({"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": id}});
    experiment_ids.iter().map(location).collect()
}

/// The page of such traces at a position, of at most `max_results`.
///
/// # Errors
/// See [`Error`]; a bad filter is a refusal with MLflow's own explanation.
pub async fn page(
    client: &Client<'_>,
    search: &Search<'_>,
    from: &page::Position,
) -> Result<Page<TraceInfo>, Error> {
    page::read(from, search.max_results, async |token, most| ask(client, search, token, most.min(MOST)).await)
        .await
}

async fn ask(
    client: &Client<'_>,
    search: &Search<'_>,
    token: Option<&str>,
    most: usize,
) -> Result<(Vec<TraceInfo>, Option<String>), Error> {
    let mut question = json!({
        "locations": locations(search.experiment_ids),
        "max_results": most,
        "order_by": search.order_by,
    });
    for (name, value) in [("filter", search.filter), ("page_token", token)] {
        if let Some(value) = value {
            question[name] = value.into();
        }
    }
    match client.send::<Found>(&SEARCH, &question).await {
        Ok(found) => Ok((found.traces, found.next_page_token)),
        Err(Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. })) => {
            second(client, search, token, most).await
        }
        Err(error) => Err(error),
    }
}

async fn second(
    client: &Client<'_>,
    search: &Search<'_>,
    token: Option<&str>,
    most: usize,
) -> Result<(Vec<TraceInfo>, Option<String>), Error> {
    let most = most.to_string();
    let mut query: Vec<(&str, &str)> = vec![("max_results", &most)];
    query.extend(search.experiment_ids.iter().map(|id| ("experiment_ids", id.as_str())));
    query.extend(search.order_by.iter().map(|order| ("order_by", order.as_str())));
    query.extend(search.filter.map(|filter| ("filter", filter)));
    query.extend(token.map(|token| ("page_token", token)));
    let found: Found2 = client.get(&SEARCH_2, &query).await?;
    Ok((found.traces.into_iter().map(TraceInfo::from).collect(), found.next_page_token))
}
