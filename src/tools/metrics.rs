//! Metric histories.

use crate::tool::Entry;

pub mod get_run_metric;
pub(crate) mod thin;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[Entry::of::<get_run_metric::GetRunMetric>()];
