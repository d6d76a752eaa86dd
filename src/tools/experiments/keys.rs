//! What an experiment's runs logged, by name.
//!
//! MLflow has no index of names: every run must be read, of which only the names are kept.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known;
use crate::mlflow::page::Position;
use crate::mlflow::runs::{Key, RunKeys, Search};
use crate::tool::{Context, Failure, Listing, listing};
use crate::tools::runs::scan::{Scanned, scan};

/// The arguments of the tools that list names.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Question {
    /// The experiment; get_experiments lists ids.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// Only names that begin so.
    #[serde(default)]
    prefix: String,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

/// Names, sorted.
#[derive(Serialize, JsonSchema)]
pub struct Names {
    /// The names.
    #[serde(flatten)]
    pub names: Listing<String>,
    /// How many names there are in the runs that were read.
    pub total: usize,
    /// How many runs were read.
    pub runs_read: usize,
}

impl Question {
    /// The names that `of` takes from each run.
    pub(super) async fn answer(
        &self,
        cx: &Context<'_>,
        of: fn(RunKeys) -> Vec<Key>,
    ) -> Result<Names, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let (names, scanned) = self.read(cx, from, of).await?;
        let mut notes = Vec::new();
        if scanned.runs == 0 {
            let experiment = known::require(cx, &self.experiment_id).await?;
            if experiment.lifecycle_stage == "deleted" {
                notes.push("The experiment is deleted, and its runs with it.".to_owned());
            }
        }
        let mut result: Vec<String> = names.into_iter().collect();
        let total = result.len();
        let gone = cx.budget.keep(&mut result);
        if scanned.rest.is_some() {
            notes.push(format!(
                "Only the names in {} runs, since a call may not take longer: page_token goes on with the runs before \
                 them.",
                scanned.runs
            ));
        }
        if gone > 0 {
            notes.push(format!("{} of {total} names: a prefix shows others.", result.len()));
        }
        let names = Listing {
            truncated: gone > 0 || scanned.rest.is_some(),
            next_page_token: scanned.rest.map(|rest| rest.encode()),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            result,
        };
        Ok(Names { names, total, runs_read: scanned.runs })
    }

    async fn read(
        &self,
        cx: &Context<'_>,
        from: Position,
        of: fn(RunKeys) -> Vec<Key>,
    ) -> Result<(BTreeSet<String>, Scanned), Failure> {
        let search = Search { experiment_ids: &[&self.experiment_id], ..Search::default() };
        let mut names = BTreeSet::new();
        let scanned = scan(cx, search, from, |runs| {
            let keys = runs.into_iter().flat_map(of).map(|key| key.key);
            names.extend(keys.filter(|key| key.starts_with(&self.prefix)));
        })
        .await?;
        Ok((names, scanned))
    }
}
