//! Experiments.

use crate::tool::Entry;

pub mod delete_experiment;
pub mod get_experiment;
pub mod get_experiment_by_name;
pub mod get_experiment_metrics;
pub mod get_experiment_params;
pub mod get_experiment_tags;
pub mod get_experiments;
mod keys;
pub(crate) mod known;
pub(crate) mod record;
pub mod search_experiments;
pub mod set_experiment_tag;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_experiments::GetExperiments>(),
    Entry::of::<search_experiments::SearchExperiments>(),
    Entry::of::<get_experiment::GetExperiment>(),
    Entry::of::<get_experiment_by_name::GetExperimentByName>(),
    Entry::of::<get_experiment_metrics::GetExperimentMetrics>(),
    Entry::of::<get_experiment_params::GetExperimentParams>(),
    Entry::of::<get_experiment_tags::GetExperimentTags>(),
    Entry::of::<set_experiment_tag::SetExperimentTag>(),
    Entry::of::<delete_experiment::DeleteExperiment>(),
];
