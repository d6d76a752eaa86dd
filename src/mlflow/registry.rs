//! The model registry.

pub mod models;
pub mod versions;
