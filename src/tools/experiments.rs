//! Experiments.

use crate::tool::Entry;

pub mod delete_experiment;
pub mod get_experiment_by_name;
pub mod get_experiments;
pub(crate) mod record;
pub mod search_experiments;
pub mod set_experiment_tag;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_experiments::GetExperiments>(),
    Entry::of::<search_experiments::SearchExperiments>(),
    Entry::of::<get_experiment_by_name::GetExperimentByName>(),
    Entry::of::<set_experiment_tag::SetExperimentTag>(),
    Entry::of::<delete_experiment::DeleteExperiment>(),
];
