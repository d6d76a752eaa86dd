//! `promote_best_model`

use crate::mcp::types::PromptArgument;
use crate::prompt::{Given, Prompt};

pub(super) const PROMPT: Prompt = Prompt {
    name: "promote_best_model",
    title: "Promote the best model",
    description: "Choose the run whose model should be promoted, and prepare the promotion for approval.",
    arguments: &[
        PromptArgument::required("experiment_id", "The experiment's id."),
        PromptArgument::required("metric", "The metric to judge by."),
        PromptArgument::required("model_name", "The registered model to promote to."),
    ],
    text,
};

fn text(given: &Given) -> String {
    let (experiment, metric, model) =
        (given.get("experiment_id"), given.get("metric"), given.get("model_name"));
    format!(
        "Choose the model to promote to the registered model {model:?}: the best run of MLflow experiment {experiment} by \
         `{metric}`.\n\n\
         1. Decide whether higher or lower is better; ask me if it is not clear.\n\
         2. Call get_best_run, and query_runs with query \"status = 'FINISHED'\" and order_by on metrics.`{metric}`, limit 5, \
         for those that come next. Leave out runs without the metric, with \"NaN\" or with about ±1.8e308.\n\
         3. Call get_run for the best: it must have a logged model, in `outputs` (MLflow 3) or as the artifact directory \
         of a model (get_run_artifacts, look for MLmodel). Without one, take the next best and say so.\n\
         4. Call get_registered_model for {model:?}: what is there already, and which version has which alias?\n\
         5. Show me the choice before anything is changed: run, model, value and lead over the next one, parameters, data \
         sets, what would be registered, and whose alias would move.\n\
         6. Only after I have agreed: register_model, update_model_version with metric and run id, set_model_alias with \
         the alias I name. If a call is refused by the server's policy, give me the exact steps to do it by hand.\n\n\
         Use only numbers that the tools returned."
    )
}
