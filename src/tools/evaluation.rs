//! Evaluations as launchers export them: one run for each task, tied together by an invocation id.

use crate::tool::Entry;

pub mod evaluation_report;
mod launch;
mod statistics;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[Entry::of::<evaluation_report::EvaluationReport>()];
