//! Traces of GenAI applications: the tools of MLflow's own MCP server, and what is worked out of many traces.

use crate::tool::Entry;

mod candidates;
pub mod correlate_traces;
pub mod delete_trace_assessment;
pub mod delete_trace_tag;
pub mod delete_traces;
mod errors;
pub(crate) mod existing;
pub mod get_span;
pub mod get_trace;
pub mod get_trace_assessment;
pub mod group_trace_errors;
pub(crate) mod ids;
mod known;
pub mod link_traces_to_run;
pub mod log_trace_expectation;
pub mod log_trace_feedback;
mod logged;
mod measured;
mod missing;
mod record;
mod scan;
pub mod search_sessions;
pub mod search_traces;
mod session;
pub mod set_trace_tag;
mod tally;
pub mod trace_statistics;
mod tree;
pub mod update_trace_assessment;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<search_traces::SearchTraces>(),
    Entry::of::<get_trace::GetTrace>(),
    Entry::of::<get_span::GetSpan>(),
    Entry::of::<get_trace_assessment::GetTraceAssessment>(),
    Entry::of::<search_sessions::SearchSessions>(),
    Entry::of::<trace_statistics::TraceStatistics>(),
    Entry::of::<group_trace_errors::GroupTraceErrors>(),
    Entry::of::<correlate_traces::CorrelateTraces>(),
    Entry::of::<set_trace_tag::SetTraceTag>(),
    Entry::of::<delete_trace_tag::DeleteTraceTag>(),
    Entry::of::<log_trace_feedback::LogTraceFeedback>(),
    Entry::of::<log_trace_expectation::LogTraceExpectation>(),
    Entry::of::<update_trace_assessment::UpdateTraceAssessment>(),
    Entry::of::<delete_trace_assessment::DeleteTraceAssessment>(),
    Entry::of::<link_traces_to_run::LinkTracesToRun>(),
    Entry::of::<delete_traces::DeleteTraces>(),
];
