//! Every run that matches, page after page.
//!
//! Each costs MLflow about 0.7 ms and 2 KB, so there is an end: after a while the answer is what was read until then.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::mlflow::Error;
use crate::mlflow::page::Position;
use crate::mlflow::runs::{self, Search};
use crate::tool::Context;

/// Runs asked for at once.
const CHUNK: usize = 500;

/// The most pages that are read in one go, for servers whose pages have no end and take no time.
const PAGES: usize = 1_000;

/// What MLflow gets for a page, however late it is.
const LEAST: Duration = Duration::from_secs(2);

/// How far it came.
pub(crate) struct Scanned {
    /// How many runs were read.
    pub(crate) runs: usize,
    /// Where the runs begin that there was no time for.
    pub(crate) rest: Option<Position>,
}

/// Hands over the runs that match, from a position on, a page at a time. `R` is as for [`runs::page`].
///
/// # Errors
/// See [`Error`].
pub(crate) async fn scan<R: DeserializeOwned>(
    cx: &Context<'_>,
    mut search: Search<'_>,
    mut from: Position,
    mut take: impl FnMut(Vec<R>),
) -> Result<Scanned, Error> {
    let end = cx.end();
    search.max_results = CHUNK;
    let mut runs = 0;
    for _ in 0..PAGES {
        let left = end.saturating_sub(cx.clock.now()).max(LEAST);
        let client = cx.client.waiting_at_most(left);
        let page = match runs::page::<R>(&client, &search, &from).await {
            Ok(page) => page,
            // Runs with thousands of metrics, or with very long tags.
            Err(error) if error.is_too_large() && search.max_results > 1 => {
                search.max_results = (search.max_results / 4).max(1);
                continue;
            }
            // What was read until then is an answer.
            Err(error) if error.is_timeout() && runs > 0 => return Ok(Scanned { runs, rest: Some(from) }),
            Err(error) => return Err(error),
        };
        runs += page.rows.len();
        take(page.rows);
        say(cx, runs);
        match page.next {
            None => return Ok(Scanned { runs, rest: None }),
            Some(next) if cx.clock.now() >= end => return Ok(Scanned { runs, rest: Some(next) }),
            Some(next) => from = next,
        }
    }
    Ok(Scanned { runs, rest: Some(from) })
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn say(cx: &Context<'_>, runs: usize) {
    cx.progress.report(runs as f64, None, &format!("{runs} runs read"));
}
