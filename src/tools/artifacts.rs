//! Artifacts.

use crate::tool::Entry;

pub(crate) mod content;
mod csv;
pub mod diff_artifacts;
pub(crate) mod document;
mod excerpt;
mod file;
pub mod get_artifact_content;
pub mod get_run_artifact;
pub mod get_run_artifacts;
pub(crate) mod line_diff;
mod lines;
pub mod list_artifacts;
mod matches;
pub(crate) mod path;
mod picture;
pub(crate) mod place;
pub mod read_artifact;
pub mod read_table;
pub mod search_artifact;
mod section;
pub(crate) mod source;
mod table;
mod tree;
mod yaml;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_run_artifacts::GetRunArtifacts>(),
    Entry::of::<get_run_artifact::GetRunArtifact>(),
    Entry::of::<get_artifact_content::GetArtifactContent>(),
    Entry::of::<list_artifacts::ListArtifacts>(),
    Entry::of::<read_artifact::ReadArtifact>(),
    Entry::of::<search_artifact::SearchArtifact>(),
    Entry::of::<read_table::ReadTable>(),
    Entry::of::<diff_artifacts::DiffArtifacts>(),
];
