//! The model registry.

use crate::tool::Entry;

pub mod copy_model_version;
pub mod delete_model_alias;
pub mod delete_model_version;
pub mod delete_registered_model;
pub mod get_latest_versions;
pub mod get_model_version;
pub mod get_model_version_by_alias;
pub mod get_model_versions;
pub mod get_registered_model;
pub mod get_registered_models;
pub(crate) mod missing;
pub(crate) mod model;
mod record;
pub mod register_model;
pub mod set_model_alias;
pub mod set_registered_model_tag;
mod source;
pub mod transition_model_version_stage;
pub mod update_model_version;
mod version;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_registered_models::GetRegisteredModels>(),
    Entry::of::<get_model_versions::GetModelVersions>(),
    Entry::of::<get_model_version::GetModelVersion>(),
    Entry::of::<get_registered_model::GetRegisteredModel>(),
    Entry::of::<get_model_version_by_alias::GetModelVersionByAlias>(),
    Entry::of::<get_latest_versions::GetLatestVersions>(),
    Entry::of::<register_model::RegisterModel>(),
    Entry::of::<set_registered_model_tag::SetRegisteredModelTag>(),
    Entry::of::<set_model_alias::SetModelAlias>(),
    Entry::of::<update_model_version::UpdateModelVersion>(),
    Entry::of::<transition_model_version_stage::TransitionModelVersionStage>(),
    Entry::of::<copy_model_version::CopyModelVersion>(),
    Entry::of::<delete_model_alias::DeleteModelAlias>(),
    Entry::of::<delete_model_version::DeleteModelVersion>(),
    Entry::of::<delete_registered_model::DeleteRegisteredModel>(),
];
