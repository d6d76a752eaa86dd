//! What an experiment's runs logged, by name.
//!
//! MLflow has no index of names: every run must be read. That costs its server about 0.7 ms and 2 KB a run, so
//! the runs come in pages of which only the names are kept, and after a while the answer is what was found.

use std::collections::BTreeSet;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known;
use crate::mlflow::page::Position;
use crate::mlflow::runs::{self, Key, RunKeys};
use crate::tool::{Context, Failure, Listing, listing};

/// Runs asked for at once.
const CHUNK: usize = 500;

/// Longer than this no new page is begun: clients give up a call after a minute.
const PATIENCE: Duration = Duration::from_secs(45);

/// The most pages that are read in one go, for servers whose pages have no end and take no time.
const PAGES: usize = 1_000;

/// What MLflow gets for a page, however late it is.
const LEAST: Duration = Duration::from_secs(2);

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

/// What was read.
struct Scan {
    names: BTreeSet<String>,
    runs: usize,
    /// Where the runs begin that there was no time for.
    rest: Option<Position>,
}

impl Question {
    /// The names that `of` takes from each run.
    pub(super) async fn answer(
        &self,
        cx: &Context<'_>,
        of: fn(RunKeys) -> Vec<Key>,
    ) -> Result<Names, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let scan = self.scan(cx, from, of).await?;
        let mut notes = Vec::new();
        if scan.runs == 0 {
            let experiment = known::require(cx, &self.experiment_id).await?;
            if experiment.lifecycle_stage == "deleted" {
                notes.push("The experiment is deleted, and its runs with it.".to_owned());
            }
        }
        let mut result: Vec<String> = scan.names.into_iter().collect();
        let total = result.len();
        result.truncate(cx.budget.fitting(&result));
        if scan.rest.is_some() {
            notes.push(format!(
                "Only the names in {} runs, since a call may not take longer: page_token goes on with the runs before \
                 them.",
                scan.runs
            ));
        }
        if result.len() < total {
            notes.push(format!("{} of {total} names: a prefix shows others.", result.len()));
        }
        let names = Listing {
            truncated: result.len() < total || scan.rest.is_some(),
            next_page_token: scan.rest.map(|rest| rest.encode()),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            result,
        };
        Ok(Names { names, total, runs_read: scan.runs })
    }

    async fn scan(
        &self,
        cx: &Context<'_>,
        mut from: Position,
        of: fn(RunKeys) -> Vec<Key>,
    ) -> Result<Scan, Failure> {
        let end = cx.clock.now() + PATIENCE;
        let mut scan = Scan { names: BTreeSet::new(), runs: 0, rest: None };
        let experiment_ids = [self.experiment_id.as_str()];
        let mut search =
            runs::Search { experiment_ids: &experiment_ids, max_results: CHUNK, ..runs::Search::default() };
        for _ in 0..PAGES {
            let left = end.saturating_sub(cx.clock.now()).max(LEAST);
            let client = cx.client.waiting_at_most(left);
            let page = match runs::page::<RunKeys>(&client, &search, &from).await {
                Ok(page) => page,
                // Runs with thousands of metrics, or with very long tags.
                Err(error) if error.is_too_large() && search.max_results > 1 => {
                    search.max_results = (search.max_results / 4).max(1);
                    continue;
                }
                // What was read until then is an answer.
                Err(error) if error.is_timeout() && scan.runs > 0 => {
                    return Ok(Scan { rest: Some(from), ..scan });
                }
                Err(error) => return Err(error.into()),
            };
            scan.runs += page.rows.len();
            let keys = page.rows.into_iter().flat_map(of).map(|key| key.key);
            scan.names.extend(keys.filter(|key| key.starts_with(&self.prefix)));
            say(cx, scan.runs);
            match page.next {
                None => return Ok(scan),
                Some(next) if cx.clock.now() >= end => return Ok(Scan { rest: Some(next), ..scan }),
                Some(next) => from = next,
            }
        }
        Ok(Scan { rest: Some(from), ..scan })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn say(cx: &Context<'_>, runs: usize) {
    cx.progress.report(runs as f64, None, &format!("{runs} runs read"));
}
