//! What is worked out beside the data: the answer instead of the rows.

use crate::tool::Entry;

pub mod aggregate_runs;
mod among;
mod best_steps;
mod children;
mod course;
mod criterion;
mod curve;
pub mod diagnose_run;
pub mod diff_runs;
mod difference;
mod distribution;
mod environment;
pub mod find_runs;
mod finding;
mod fit;
mod found;
mod graph;
mod grouping;
mod groups;
mod histories;
mod history;
mod importance;
mod interpretation;
mod leaders;
pub mod lineage;
mod log_tail;
pub mod metric_history;
mod naming;
mod nodes;
mod origin;
mod plot_bands;
mod plot_dots;
mod plot_lines;
pub mod plot_metrics;
mod plotted;
pub mod rank_runs;
mod some_runs;
mod status;
pub mod sweep_summary;
mod trend;
mod trial;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<find_runs::FindRuns>(),
    Entry::of::<diff_runs::DiffRuns>(),
    Entry::of::<rank_runs::RankRuns>(),
    Entry::of::<aggregate_runs::AggregateRuns>(),
    Entry::of::<metric_history::MetricHistory>(),
    Entry::of::<plot_metrics::PlotMetrics>(),
    Entry::of::<diagnose_run::DiagnoseRun>(),
    Entry::of::<sweep_summary::SweepSummary>(),
    Entry::of::<lineage::Lineage>(),
];
