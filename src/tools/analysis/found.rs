//! Runs that were found, each once.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::pages;
use crate::mlflow::runs::Run;
use crate::tool::Context;
use crate::tool::budget::size;

/// Runs, and whether there are more.
pub(super) type Matched = (Vec<Run>, bool);

/// What was found.
#[derive(Serialize, JsonSchema)]
pub struct Found {
    /// By interpretation, the surest first.
    pub result: Vec<Match>,
    /// What else the query may be, and is not.
    pub no_match_as: Vec<&'static str>,
    /// In how many experiments it was looked for.
    pub experiments: usize,
    /// Runs are left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Runs that match in one way.
#[derive(Serialize, JsonSchema)]
pub struct Match {
    /// What the query is.
    pub matched_as: &'static str,
    /// The runs, newest first.
    pub runs: Vec<FoundRun>,
    /// Whether there are more.
    pub more: bool,
}

/// A run, in short.
#[derive(Serialize, JsonSchema)]
pub struct FoundRun {
    /// For every other tool.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// Its experiment.
    pub experiment_id: String,
    /// The experiment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment_name: Option<String>,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<i64>,
    /// Who started it.
    pub user_id: String,
    /// `active` or `deleted`.
    pub lifecycle_stage: String,
    /// Its page in MLflow, for people.
    pub url: String,
}

/// Each run once, where it matches most surely; as many as fit.
pub(super) fn answer(
    cx: &Context<'_>,
    found: Vec<(&'static str, Matched)>,
    names: &BTreeMap<String, String>,
    mut notes: Vec<String>,
) -> Found {
    let mut seen = BTreeSet::new();
    let (mut result, mut no_match_as) = (Vec::new(), Vec::new());
    let (mut left, mut truncated) = (cx.budget, false);
    for (matched_as, (runs, more)) in found {
        if runs.is_empty() {
            no_match_as.push(matched_as);
        }
        let mut shown = Match { matched_as, runs: Vec::new(), more };
        for run in runs.into_iter().filter(|run| seen.insert(run.info.run_id.clone())) {
            let run = FoundRun::of(cx, run, names);
            let characters = size(&run) + 1;
            if characters > left.characters() {
                truncated = true;
                break;
            }
            left = left.minus(characters);
            shown.runs.push(run);
        }
        if !shown.runs.is_empty() {
            result.push(shown);
        }
    }
    if truncated {
        notes.push(
            "Not all that was found fits into one answer: a smaller limit shows some of each.".to_owned(),
        );
    }
    let note = (!notes.is_empty()).then(|| notes.join(" "));
    Found { result, no_match_as, experiments: names.len(), truncated, note }
}

impl FoundRun {
    fn of(cx: &Context<'_>, run: Run, names: &BTreeMap<String, String>) -> Self {
        let info = run.info;
        Self {
            url: pages::run(&cx.client.tracking().base, &info.experiment_id, &info.run_id),
            experiment_name: names.get(&info.experiment_id).filter(|name| !name.is_empty()).cloned(),
            run_id: info.run_id,
            run_name: info.run_name,
            experiment_id: info.experiment_id,
            status: info.status,
            start_time: info.start_time,
            user_id: info.user_id,
            lifecycle_stage: info.lifecycle_stage,
        }
    }
}
