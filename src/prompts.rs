//! The prompts: one file each, listed in the order in which clients show them; and those of MLflow's registry.

use crate::mcp::types;
use crate::prompt::Prompt;

mod audit_mlflow_setup;
mod compare_runs_by_ids;
mod diagnose_run;
mod find_best_run;
mod promote_best_model;
pub mod registry;
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

/// Their lines in `prompts/list`.
#[must_use]
pub fn listed() -> Vec<types::Prompt> {
    let line = |prompt: &Prompt| types::Prompt {
        name: prompt.name.into(),
        title: prompt.title.into(),
        description: prompt.description.into(),
        arguments: prompt.arguments.to_vec(),
    };
    ALL.iter().map(line).collect()
}

/// The prompt of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Prompt> {
    ALL.iter().find(|prompt| prompt.name == name)
}
