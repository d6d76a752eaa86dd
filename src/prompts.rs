//! The prompts: one file each, listed in the order in which clients show them.

use crate::prompt::Prompt;

mod audit_mlflow_setup;
mod compare_runs_by_ids;
mod diagnose_run;
mod find_best_run;
mod promote_best_model;
mod review_evaluation;

/// Every prompt.
pub static ALL: &[Prompt] = &[
    find_best_run::PROMPT,
    compare_runs_by_ids::PROMPT,
    diagnose_run::PROMPT,
    review_evaluation::PROMPT,
    promote_best_model::PROMPT,
    audit_mlflow_setup::PROMPT,
];

/// The prompt of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Prompt> {
    ALL.iter().find(|prompt| prompt.name == name)
}
