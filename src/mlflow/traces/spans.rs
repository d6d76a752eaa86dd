//! The spans of traces.

use serde::Deserialize;
use serde_json::Value;

use super::info::TraceInfo;
use super::is_lacking;
use super::span::Span;
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;

/// Since MLflow 2.14, on every server since then, wherever it keeps the spans. Only under `/ajax-api`.
const OF_ONE: Endpoint = Endpoint::get("/ajax-api/2.0/mlflow/get-trace-artifact");

/// Since MLflow 3.6, only what is kept in the database; unknown ids are left out without a word.
const OF_MANY: Endpoint = Endpoint::get("/api/3.0/mlflow/traces/batchGet");

/// Ids in one request: their query stays below what a server takes.
pub const AT_ONCE: usize = 20;

/// The spans of one trace, in no particular order.
///
/// # Errors
/// See [`Error`]; without spans, as those of a trace that goes on before MLflow 3, it is [`Error::is_missing`] or a
/// refusal `NOT_FOUND`.
pub async fn of_trace(client: &Client<'_>, trace_id: &str) -> Result<Vec<Span>, Error> {
    #[derive(Deserialize)]
    struct Data {
        #[serde(default)]
        spans: Vec<Value>,
    }
    let data: Data = client.get(&OF_ONE, &[("request_id", trace_id)]).await?;
    Ok(data.spans.iter().map(Span::of).collect())
}

/// The traces of those ids, at most [`AT_ONCE`], that the server has in its database, each with its spans. `None` where
/// it has no such route, or refuses because one of them lies elsewhere: then each is to be asked for by itself.
///
/// # Errors
/// See [`Error`].
pub async fn of_traces(
    client: &Client<'_>,
    trace_ids: &[String],
) -> Result<Option<Vec<(TraceInfo, Vec<Span>)>>, Error> {
    #[derive(Deserialize)]
    struct Many {
        #[serde(default)]
        traces: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        trace_info: TraceInfo,
        #[serde(default)]
        spans: Vec<Value>,
    }
    let query: Vec<(&str, &str)> = trace_ids.iter().map(|id| ("trace_ids", id.as_str())).collect();
    match client.get::<Many>(&OF_MANY, &query).await {
        Ok(many) => {
            let each = many.traces.into_iter();
            Ok(Some(each.map(|one| (one.trace_info, one.spans.iter().map(Span::of).collect())).collect()))
        }
        Err(error) if is_lacking(&error, "batchGet") || error.is_too_large() => Ok(None),
        Err(error) if error.status().is_some_and(|status| status.is_server_error()) => Ok(None),
        Err(error) => Err(error),
    }
}
