//! Traces. MLflow has them since 2.14; their third form, with assessments and previews, since 3.0.

pub mod assessments;
pub mod change;
pub mod correlation;
pub mod info;
pub mod metrics;
pub mod search;
pub mod span;
pub mod spans;

use serde::Deserialize;
use serde_json::json;

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::{Error, Refusal, RefusalKind};

pub use info::TraceInfo;

/// Of one trace and what belongs to it; its third form since 3.2.
const ALL: &str = "/api/3.0/mlflow/traces";
/// The same before.
const ALL_2: &str = "/api/2.0/mlflow/traces";

/// The metadata that names a trace's session.
pub const SESSION: &str = "mlflow.trace.session";

/// Whether the server has no such route, rather than no such trace.
///
/// Where a newer route lies beneath `/traces/`, an older server takes its last part for the id of a trace.
#[must_use]
pub fn is_lacking(error: &Error, last: &str) -> bool {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. }) => true,
        Error::Refused(refusal) => error.is_missing() && refusal.message.contains(&format!("'{last}'")),
        _ => false,
    }
}

/// The trace of that id, without its spans.
///
/// # Errors
/// See [`Error`]; an unknown id is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, trace_id: &str) -> Result<TraceInfo, Error> {
    #[derive(Deserialize)]
    struct One {
        trace: Inner,
    }
    #[derive(Deserialize)]
    struct Inner {
        trace_info: TraceInfo,
    }
    #[derive(Deserialize)]
    struct Two {
        trace_info: info::Second,
    }
    match client.get::<One>(&Endpoint::get_one(ALL, trace_id)?, &[]).await {
        Ok(one) => Ok(one.trace.trace_info),
        Err(Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. })) => {
            let two: Two = client.get(&Endpoint::get_one(ALL_2, trace_id)?.then("/info"), &[]).await?;
            Ok(two.trace_info.into())
        }
        Err(error) => Err(error),
    }
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
        "locations": search::locations(&[experiment_id]),
        "filter": format!("run_id = '{run_id}'"),
        "max_results": most,
        "order_by": search::NEWEST,
    });
    let page: search::Found = client.send(&search::SEARCH, &question).await?;
    Ok((page.traces, page.next_page_token.is_some_and(|token| !token.is_empty())))
}
