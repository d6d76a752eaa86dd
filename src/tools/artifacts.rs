//! Artifacts.

use crate::tool::Entry;

pub(crate) mod content;
pub mod get_artifact_content;
pub mod get_run_artifact;
pub mod get_run_artifacts;
mod path;
pub(crate) mod place;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_run_artifacts::GetRunArtifacts>(),
    Entry::of::<get_run_artifact::GetRunArtifact>(),
    Entry::of::<get_artifact_content::GetArtifactContent>(),
];
