//! Runs.

use crate::tool::Entry;

pub mod compare_runs;
pub mod delete_run;
pub(crate) mod differences;
pub mod get_best_run;
pub mod get_parent_run;
pub mod get_run;
pub mod get_run_metrics;
pub mod get_runs;
pub(crate) mod living;
pub(crate) mod named;
mod page;
pub mod query_runs;
pub(crate) mod record;
pub(crate) mod scan;
pub mod search_runs_by_tags;
pub mod set_run_tag;
pub(crate) mod shape;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_runs::GetRuns>(),
    Entry::of::<query_runs::QueryRuns>(),
    Entry::of::<search_runs_by_tags::SearchRunsByTags>(),
    Entry::of::<get_run::GetRun>(),
    Entry::of::<get_parent_run::GetParentRun>(),
    Entry::of::<get_best_run::GetBestRun>(),
    Entry::of::<compare_runs::CompareRuns>(),
    Entry::of::<get_run_metrics::GetRunMetrics>(),
    Entry::of::<set_run_tag::SetRunTag>(),
    Entry::of::<delete_run::DeleteRun>(),
];
