//! Logged models.

use crate::tool::Entry;

pub mod get_logged_model;
pub(crate) mod missing;
pub(crate) mod record;
pub mod search_logged_models;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<search_logged_models::SearchLoggedModels>(),
    Entry::of::<get_logged_model::GetLoggedModel>(),
];
