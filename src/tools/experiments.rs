//! Experiments.

use crate::tool::Entry;

pub mod get_experiment_by_name;
pub mod get_experiments;
pub(crate) mod record;
pub mod search_experiments;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_experiments::GetExperiments>(),
    Entry::of::<search_experiments::SearchExperiments>(),
    Entry::of::<get_experiment_by_name::GetExperimentByName>(),
];
