//! What the forty do not change of registered models, their versions and logged models.

use crate::mlflow::registry::versions::ModelVersion;
use crate::tool::Entry;
use crate::tool::preview::quoted;

pub mod create_logged_model;
pub mod create_registered_model;
pub mod delete_logged_model;
pub mod delete_logged_model_tag;
pub mod delete_model_version_tag;
pub mod delete_registered_model_tag;
pub mod finalize_logged_model;
pub mod get_model_info;
pub mod log_logged_model_params;
mod logged;
pub mod rename_registered_model;
mod requirements;
pub mod set_logged_model_tags;
pub mod set_model_version_tag;
mod taken;
pub mod update_registered_model;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<get_model_info::GetModelInfo>(),
    Entry::of::<create_registered_model::CreateRegisteredModel>(),
    Entry::of::<rename_registered_model::RenameRegisteredModel>(),
    Entry::of::<update_registered_model::UpdateRegisteredModel>(),
    Entry::of::<delete_registered_model_tag::DeleteRegisteredModelTag>(),
    Entry::of::<set_model_version_tag::SetModelVersionTag>(),
    Entry::of::<delete_model_version_tag::DeleteModelVersionTag>(),
    Entry::of::<create_logged_model::CreateLoggedModel>(),
    Entry::of::<finalize_logged_model::FinalizeLoggedModel>(),
    Entry::of::<log_logged_model_params::LogLoggedModelParams>(),
    Entry::of::<set_logged_model_tags::SetLoggedModelTags>(),
    Entry::of::<delete_logged_model_tag::DeleteLoggedModelTag>(),
    Entry::of::<delete_logged_model::DeleteLoggedModel>(),
];

/// How a version is spoken of.
fn version_named(version: &ModelVersion) -> String {
    format!("version {} of registered model {}", version.version, quoted(&version.name))
}
