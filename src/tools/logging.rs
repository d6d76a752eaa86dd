//! Writing what training logs: experiments, runs, their metrics, parameters, tags, data sets and texts.

use crate::tool::Entry;

pub mod create_experiment;
pub mod create_run;
pub mod delete_experiment_tag;
pub mod delete_run_tag;
mod deleted;
pub mod finish_run;
mod limits;
pub mod log_inputs;
pub mod log_metrics;
pub mod log_params;
pub mod log_tags;
pub mod rename_experiment;
pub mod rename_run;
pub mod restore_experiment;
pub mod restore_run;
mod taken;
pub mod upload_text_artifact;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<create_experiment::CreateExperiment>(),
    Entry::of::<rename_experiment::RenameExperiment>(),
    Entry::of::<restore_experiment::RestoreExperiment>(),
    Entry::of::<delete_experiment_tag::DeleteExperimentTag>(),
    Entry::of::<create_run::CreateRun>(),
    Entry::of::<log_metrics::LogMetrics>(),
    Entry::of::<log_params::LogParams>(),
    Entry::of::<log_tags::LogTags>(),
    Entry::of::<log_inputs::LogInputs>(),
    Entry::of::<upload_text_artifact::UploadTextArtifact>(),
    Entry::of::<finish_run::FinishRun>(),
    Entry::of::<rename_run::RenameRun>(),
    Entry::of::<restore_run::RestoreRun>(),
    Entry::of::<delete_run_tag::DeleteRunTag>(),
];
