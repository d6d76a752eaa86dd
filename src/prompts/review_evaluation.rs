//! `review_evaluation`

use crate::mcp::types::PromptArgument;
use crate::prompt::{Given, Prompt};

pub(super) const PROMPT: Prompt = Prompt {
    name: "review_evaluation",
    title: "Review an evaluation",
    description: "Review an evaluation by its invocation id: every task, its scores, and what is missing.",
    arguments: &[PromptArgument::required(
        "invocation_id",
        "The evaluation's 16 hex digits, as its launcher printed them.",
    )],
    text,
};

fn text(given: &Given) -> String {
    let invocation = given.get("invocation_id");
    format!(
        "Review the evaluation with invocation id {invocation}. This is not a run id: it is stored as the tag \
         `invocation_id` of one run per task, possibly in several experiments.\n\n\
         1. Call get_experiments, then search_runs_by_tags in each experiment with tags {{\"invocation_id\": \
         \"{invocation}\"}} and limit 50. If nothing is found anywhere, say so and stop.\n\
         2. For each run: model and task (tags and params), status, and its scores with their standard errors \
         (get_run_metrics).\n\
         3. Call get_run_artifacts on one run per task, and get_artifact_content for its config.yml: note the number of \
         samples, temperature and whatever limits the result. If there is an eval_factory_metrics.json, read the runtime \
         statistics.\n\
         4. Answer with one table of tasks by scores (± standard error), then: tasks that failed, were cut short or are \
         missing in comparison with the configuration; settings that make the scores hard to compare with published ones; \
         and a verdict in two sentences.\n\n\
         Use only numbers that the tools returned."
    )
}
