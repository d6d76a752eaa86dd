//! The model registry.

pub mod change;
pub mod models;
pub mod prompts;
pub mod versions;
