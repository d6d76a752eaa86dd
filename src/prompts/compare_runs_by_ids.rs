//! `compare_runs_by_ids`

use crate::mcp::types::PromptArgument;
use crate::prompt::{Given, Prompt};

pub(super) const PROMPT: Prompt = Prompt {
    name: "compare_runs_by_ids",
    title: "Compare runs",
    description: "Compare given runs: what was set differently, and what came of it.",
    arguments: &[
        PromptArgument::required("experiment_id", "The experiment's id."),
        PromptArgument::required("run_ids", "Run ids, separated by commas."),
    ],
    text,
};

fn text(given: &Given) -> String {
    let experiment = given.get("experiment_id");
    let runs = given.list("run_ids");
    format!(
        "Compare these {} runs of MLflow experiment {experiment}: {}.\n\n\
         1. Call compare_runs with all of them; get_run tells more about one.\n\
         2. Parameters: one table with only those that differ. Name in one line how many are the same in all.\n\
         3. Metrics: one table of all that at least two runs have, a column per run, the best value of each row marked. \
         Decide from its name whether higher or lower is better; leave a row unmarked if that is not clear.\n\
         4. Name what makes the comparison unfair: other data sets (inputs), other durations, runs that failed or still \
         run, values that are \"NaN\".\n\
         5. Conclude in three sentences: which run to prefer for what, which difference in parameters most likely explains \
         it, and which run to start next to find out.\n\n\
         Use only numbers that the tools returned.",
        runs.len(),
        runs.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::PROMPT;

    #[test]
    fn ids_are_taken_with_commas_on_lines_or_as_json() {
        for ids in ["a,b", "a, b", "a\nb", r#"["a", "b"]"#] {
            let given = [("experiment_id", "1"), ("run_ids", ids)];
            let given = BTreeMap::from(given.map(|(name, value)| (name.to_owned(), value.to_owned())));
            let text = PROMPT.render(given).unwrap_or_default();
            assert!(
                text.starts_with("Compare these 2 runs of MLflow experiment 1: a, b."),
                "{ids:?}: {text}"
            );
        }
    }
}
