//! What is worked out beside the data: the answer instead of the rows.

use crate::tool::Entry;

pub mod aggregate_runs;
mod among;
mod best_steps;
mod course;
mod criterion;
mod curve;
pub mod diff_runs;
mod distribution;
mod environment;
pub mod find_runs;
mod grouping;
mod groups;
mod interpretation;
mod leaders;
pub mod metric_history;
pub mod rank_runs;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<find_runs::FindRuns>(),
    Entry::of::<diff_runs::DiffRuns>(),
    Entry::of::<rank_runs::RankRuns>(),
    Entry::of::<aggregate_runs::AggregateRuns>(),
    Entry::of::<metric_history::MetricHistory>(),
];
//! Answers that are computed next to the data.

use crate::tool::Entry;

pub mod diagnose_run;
mod finding;
mod histories;
mod log_tail;
mod naming;
mod status;
mod trend;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[Entry::of::<diagnose_run::DiagnoseRun>()];
