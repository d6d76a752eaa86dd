//! `get_trace`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use super::record::TraceRecord;
use super::tree::{self, Line};
use crate::mlflow::Error;
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::mlflow::traces::{self, spans};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Context, Failure, Tool};

/// Get a trace: state, tokens, tags, metadata, assessments, and its spans as a tree in order, each with type, time, status
/// and error.
///
/// What went in and out of a span, its attributes and events: get_span.
#[derive(Deserialize, JsonSchema)]
pub struct GetTrace {
    /// tr- and 32 hex digits, as search_traces shows it.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// How many spans of the tree to skip (default 0).
    #[serde(default)]
    span_offset: usize,
}

/// A trace with the tree of its spans.
#[derive(Serialize, JsonSchema)]
pub struct WholeTrace {
    /// What it has in lists.
    #[serde(flatten)]
    pub trace: TraceRecord,
    /// Each below its parent, in the order in which they began.
    pub spans: Vec<Line>,
    /// How many there are.
    pub span_count: usize,
    /// Call again with it as `span_offset` for the spans that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_span_offset: Option<usize>,
    /// What to know about the spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for GetTrace {
    const SPEC: Spec = Spec {
        name: "get_trace",
        title: "Get a trace",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: false,
    };

    type Output = WholeTrace;

    async fn call(self, cx: &Context<'_>) -> Result<WholeTrace, Failure> {
        let id = missing::id("trace_id", &self.trace_id)?;
        let (info, spans) = zip(traces::get(&cx.client, id), spans::of_trace(&cx.client, id)).await;
        let info = info.map_err(|error| missing::of_trace(error, id))?;
        let (spans, note) = match spans {
            Ok(spans) => (spans, None),
            Err(error) => (Vec::new(), Some(without(error)?)),
        };
        let mut lines = tree::lines(&spans);
        let span_count = lines.len();
        lines.drain(..self.span_offset.min(span_count));
        // The tree may take what the rest leaves, and half in any case.
        let half = cx.budget.share(2);
        let trace = TraceRecord::whole(info, cx.budget.minus(size(&lines).min(half.characters())));
        let fitting = cx.budget.minus(size(&trace)).fitting(&lines).max(1);
        let next = self.span_offset.min(span_count) + fitting;
        lines.truncate(fitting);
        let next_span_offset = (next < span_count).then_some(next);
        Ok(WholeTrace { trace, spans: lines, span_count, next_span_offset, note })
    }
}

/// What to say where a trace has no spans: MLflow 2 stores them when the trace ends.
fn without(error: Error) -> Result<String, Error> {
    match &error {
        Error::Refused(Refusal { kind: RefusalKind::Mlflow(code), message, .. })
            if code == "NOT_FOUND" || code == "RESOURCE_DOES_NOT_EXIST" =>
        {
            Ok(format!("MLflow has no spans of this trace: {message}"))
        }
        Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. }) => {
            Ok("This server does not give spans away: open-source MLflow does since 2.14.".to_owned())
        }
        _ if error.is_too_large() => {
            Ok("The spans are larger than the operator lets an answer of MLflow be (MLFLOW_MCP_MAX_RESPONSE_BYTES)."
                .to_owned())
        }
        _ => Err(error),
    }
}
