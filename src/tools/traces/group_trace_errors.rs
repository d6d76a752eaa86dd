//! `group_trace_errors`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::errors::{self, ErrorGroup};
use super::known;
use super::scan::{newest, scan};
use crate::mlflow::traces::TraceInfo;
use crate::mlflow::traces::search::Search;
use crate::mlflow::traces::span::Span;
use crate::mlflow::traces::spans::{self, AT_ONCE};
use crate::mlflow::{Error, traces};
use crate::sorted::sort;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, parallel};

/// Group failed traces by what they failed of: exception, message, and the span that failed first.
///
/// Most frequent first, with counts, first and last time, and traces to look at with get_trace.
#[derive(Deserialize, JsonSchema)]
pub struct GroupTraceErrors {
    /// Ids or names.
    experiment_ids: Vec<String>,
    /// Only traces that match, as for search_traces, besides status = 'ERROR'.
    filter_string: Option<String>,
    /// How many failed traces to look at, the newest (default 100). Their spans are read.
    #[serde(default = "default_max_traces")]
    #[schemars(range(min = 1, max = 500))]
    max_traces: usize,
}

fn default_max_traces() -> usize {
    100
}

/// Failures by kind.
#[derive(Serialize, JsonSchema)]
pub struct Failures {
    /// The most frequent first.
    pub result: Vec<ErrorGroup>,
    /// Groups are left out because the answer would be too long.
    pub truncated: bool,
    /// Failed traces that were looked at.
    pub traces: usize,
    /// What to know about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for GroupTraceErrors {
    const SPEC: Spec = Spec {
        name: "group_trace_errors",
        title: "Group errors of traces",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Failures;

    async fn call(self, cx: &Context<'_>) -> Result<Failures, Failure> {
        let ids = known::ids(cx, &self.experiment_ids).await?;
        let filter = known::joined([Some("status = 'ERROR'"), self.filter_string.as_deref()]);
        let search = Search {
            experiment_ids: &ids,
            filter: filter.as_deref(),
            order_by: &newest(),
            ..Search::default()
        };
        let mut failed = Vec::new();
        let more = scan(cx, &search, self.max_traces, |info| failed.push(info)).await?;
        if failed.is_empty() {
            known::require(cx, &ids).await?;
        }
        let (mut groups, mut bare) = (Vec::new(), 0);
        let chunks = failed.chunks(AT_ONCE).map(async |chunk| spans_of(cx, chunk).await);
        for (info, spans) in failed.iter().zip(parallel::all(chunks).await?.into_iter().flatten()) {
            bare += usize::from(spans.is_empty());
            errors::add(&mut groups, info, &spans);
        }
        sort(&mut groups, |a: &ErrorGroup, b: &ErrorGroup| {
            (b.traces, &b.last_request_time, &a.span_name) < (a.traces, &a.last_request_time, &b.span_name)
        });
        let (all, fitting) = (groups.len(), cx.budget.fitting(&groups).max(1));
        groups.truncate(fitting);
        let mut notes = Vec::new();
        if more {
            notes.push(format!("Older failed traces than the newest {} were not looked at.", failed.len()));
        }
        if bare > 0 {
            notes.push(format!("Of {bare} traces MLflow has no spans: their error is not known."));
        }
        if fitting < all {
            notes.push(format!("{fitting} of {all} groups are shown."));
        }
        let note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(Failures { result: groups, truncated: fitting < all, traces: failed.len(), note })
    }
}

/// The spans of each of the traces: together where the server can, else one by one. Traces without spans have none.
async fn spans_of(cx: &Context<'_>, infos: &[TraceInfo]) -> Result<Vec<Vec<Span>>, Error> {
    let ids: Vec<String> = infos.iter().map(|info| info.trace_id.clone()).collect();
    let mut together = spans::of_traces(&cx.client, &ids).await?.unwrap_or_default();
    let mut all = Vec::new();
    for id in &ids {
        let found = together.iter_mut().find(|(info, _)| info.trace_id == *id);
        all.push(match found {
            Some((_, spans)) => std::mem::take(spans),
            None => match spans::of_trace(&cx.client, id).await {
                Ok(spans) => spans,
                Err(error) if without_spans(&error) => Vec::new(),
                Err(error) => return Err(error),
            },
        });
    }
    Ok(all)
}

/// What is stored nowhere, or too large, takes nothing from the others.
fn without_spans(error: &Error) -> bool {
    error.is_too_large()
        || traces::is_lacking(error, "")
        || error.status().is_some_and(|status| status.as_u16() == 404)
}
