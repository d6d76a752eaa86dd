//! What to say where there is no such trace, or a server that knows nothing of it.

use crate::mlflow::Error;
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::tool::{Context, Failure, Kind, ToolError};

/// A server older than the feature does not have its route.
pub(super) fn lacking(cx: &Context<'_>, error: Error, what: &str, since: &str, instead: &str) -> Failure {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. }) => ToolError::new(
            Kind::Refused,
            format!(
                "{} has no {what}: MLflow has them since {since}, and this server is older",
                cx.client.tracking().base
            ),
            format!(
                "{instead} If health shows a newer version, MLFLOW_TRACKING_URI is not the server's root."
            ),
        )
        .into(),
        error => error.into(),
    }
}

/// The same of a call for one trace, which may not exist, and of what belongs to it.
pub(super) fn of_trace(error: Error, trace_id: &str) -> Failure {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::Mlflow(code), message, .. })
            if code == "RESOURCE_DOES_NOT_EXIST" =>
        {
            ToolError::new(
                Kind::NotFound,
                format!("{code}: {message} (trace_id {trace_id:?})"),
                "search_traces lists the ids of traces; get_trace those of a trace's spans and assessments.",
            )
            .into()
        }
        error => error.into(),
    }
}

/// An id as MLflow makes them, so that nothing else is asked for than a trace, a span or an assessment.
///
/// # Errors
/// It is none.
pub(super) fn id<'a>(argument: &str, text: &'a str) -> Result<&'a str, ToolError> {
    let id = text.trim();
    let made = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !id.is_empty() && id.len() <= 100 && id.bytes().all(made) {
        return Ok(id);
    }
    Err(ToolError::new(
        Kind::Argument,
        format!("argument {argument:?} is {id:?}, which is no id that MLflow makes"),
        "A trace's is tr- and 32 hex digits, a span's 16 hex digits, an assessment's a- and 32 hex digits: search_traces \
         and get_trace show them.",
    ))
}

/// The same of assessments.
pub(super) fn assessments(cx: &Context<'_>, error: Error, trace_id: &str) -> Failure {
    match of_trace(error, trace_id) {
        Failure::Mlflow(error) => {
            let instead = "search_traces and get_trace show what an older server has of a trace.";
            lacking(cx, error, "assessments in this form", "3.2", instead)
        }
        told @ Failure::Tool(_) => told,
    }
}
