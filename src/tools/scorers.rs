//! Scorers, and the jobs in which the server judges traces by them.

use crate::tool::Entry;

pub mod cancel_scorer_job;
pub mod delete_scorer;
pub mod evaluate_traces;
mod find;
pub mod get_scorer;
pub mod get_scorer_jobs;
mod instructions;
pub mod list_scorer_versions;
pub mod list_scorers;
mod outcome;
mod record;
pub mod register_llm_judge_scorer;
mod watch;

/// In the order in which hosts show them.
pub static TOOLS: &[Entry] = &[
    Entry::of::<list_scorers::ListScorers>(),
    Entry::of::<list_scorer_versions::ListScorerVersions>(),
    Entry::of::<get_scorer::GetScorer>(),
    Entry::of::<register_llm_judge_scorer::RegisterLlmJudgeScorer>(),
    Entry::of::<delete_scorer::DeleteScorer>(),
    Entry::of::<evaluate_traces::EvaluateTraces>(),
    Entry::of::<get_scorer_jobs::GetScorerJobs>(),
    Entry::of::<cancel_scorer_job::CancelScorerJob>(),
];
