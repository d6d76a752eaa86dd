//! The model registry.

use crate::tool::Entry;

pub mod copy_model_version;
pub mod delete_model_alias;
pub mod delete_model_version;
pub mod delete_registered_model;
mod record;
pub mod set_model_alias;
pub mod set_registered_model_tag;
pub mod transition_model_version_stage;
pub mod update_model_version;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<set_registered_model_tag::SetRegisteredModelTag>(),
    Entry::of::<set_model_alias::SetModelAlias>(),
    Entry::of::<update_model_version::UpdateModelVersion>(),
    Entry::of::<transition_model_version_stage::TransitionModelVersionStage>(),
    Entry::of::<copy_model_version::CopyModelVersion>(),
    Entry::of::<delete_model_alias::DeleteModelAlias>(),
    Entry::of::<delete_model_version::DeleteModelVersion>(),
    Entry::of::<delete_registered_model::DeleteRegisteredModel>(),
];
