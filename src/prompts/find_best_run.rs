//! `find_best_run`

use crate::mcp::types::PromptArgument;
use crate::prompt::{Given, Prompt};

pub(super) const PROMPT: Prompt = Prompt {
    name: "find_best_run",
    title: "Find the best run",
    description: "Find an experiment's best run by a metric, and what sets it apart from the next ones.",
    arguments: &[
        PromptArgument::required("experiment_id", "The experiment's id."),
        PromptArgument::required("metric", "The metric to judge by, for instance val/accuracy."),
    ],
    text,
};

fn text(given: &Given) -> String {
    let (experiment, metric) = (given.get("experiment_id"), given.get("metric"));
    format!(
        "Find the best run of MLflow experiment {experiment} by the metric `{metric}`.\n\n\
         1. Decide from the metric's name whether higher or lower is better (losses, errors and latencies: lower). If it \
         is not clear, ask me before you go on.\n\
         2. Call get_best_run with experiment_id \"{experiment}\" and metric \"{metric}\" (ascending true if lower is \
         better); if there is none, say why and stop. For the next ones call query_runs with query \"status = 'FINISHED'\", \
         order_by [\"metrics.`{metric}` DESC\"] (or ASC) and limit 5, and leave out runs without the metric, with \"NaN\" or \
         with about ±1.8e308, which is how MLflow stores infinity.\n\
         3. Call get_run for the best one and get_run_metric for its `{metric}`: is the last value also its best, or was it \
         better earlier?\n\
         4. Answer with a table of the five (run name, run id, value, parameters that differ), then say in two or three \
         sentences what sets the best one apart, how large its lead is, and how sure one can be of it with this many runs.\n\n\
         Use only numbers that the tools returned."
    )
}
