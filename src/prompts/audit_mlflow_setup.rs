//! `audit_mlflow_setup`

use crate::prompt::{Given, Prompt};

pub(super) const PROMPT: Prompt = Prompt {
    name: "audit_mlflow_setup",
    title: "Audit the MLflow setup",
    description: "Look through an MLflow server as an experienced colleague would, and say what to improve first.",
    arguments: &[],
    text,
};

fn text(_: &Given) -> String {
    "Audit this MLflow server, as a colleague who has to work with it. Read only; change nothing.\n\n\
     1. Call health (version, reachable) and search_experiments (order_by last_update_time DESC). Pick the five experiments \
     that were used last, and look at ten runs of each (get_runs, limit 10).\n\
     2. Judge each of these from 1 to 10, with one piece of evidence you saw:\n\
     - experiments: names that say what for, descriptions (mlflow.note.content), no dumping ground\n\
     - runs: names, an owner, few FAILED, none RUNNING for days\n\
     - parameters: complete enough to repeat a run, the same names across runs\n\
     - metrics: a headline metric that all runs of an experiment have, histories rather than single values, no \"NaN\"\n\
     - tags: team, model, data or commit, used consistently\n\
     - data: data sets logged as inputs with digests\n\
     - artifacts: models, configurations and plots where one would look for them\n\
     - registry (get_registered_models, get_model_versions): described versions, aliases for what is in use\n\
     3. Answer with a table (area, score, evidence), the overall impression in two sentences, and the three improvements \
     that would help most, each with the first step to take.\n\n\
     Where you have seen too little to judge, say so instead of giving a score."
        .to_owned()
}
