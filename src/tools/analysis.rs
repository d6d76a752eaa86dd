//! What is worked out beside the data: the answer instead of the rows.

use crate::tool::Entry;

mod among;
mod best_steps;
mod criterion;
mod curve;
mod leaders;
pub mod rank_runs;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[Entry::of::<rank_runs::RankRuns>()];
