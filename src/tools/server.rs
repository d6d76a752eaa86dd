//! The MLflow server itself.

use crate::tool::Entry;

pub mod health;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[Entry::of::<health::Health>()];
