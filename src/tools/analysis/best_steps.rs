//! Runs by the best value that each ever had: MLflow knows only the last, so histories are read.

use std::cell::Cell;
use std::time::Duration;

use super::criterion::Criterion;
use super::curve::{self, say};
use super::leaders::{Contender, Field};
use crate::mlflow::Error;
use crate::mlflow::runs::{self, Run, Search};
use crate::tool::{Context, Failure, ToolError, parallel};

/// The most histories that are read: some 20 ms each.
const CURVES: usize = 500;

/// Every run that matches, with its best values.
///
/// # Errors
/// More match than histories can be read for.
pub(super) async fn best_steps(
    cx: &Context<'_>,
    mut search: Search<'_>,
    conditions: &str,
    criteria: &[Criterion],
) -> Result<Field, Failure> {
    let most = CURVES / criteria.len().max(1);
    search.max_results = most;
    let (runs, next) = runs::search(&cx.client, &Search { filter: Some(conditions), ..search }).await?;
    if next.is_some() {
        return Err(ToolError::argument(format!(
            "argument \"best_step\" needs the histories of every run that matches, and more than {most} do: narrow \
             \"filter\" (metrics, params, tags, start_time), or rank by last values first"
        ))
        .into());
    }
    let (all, end) = (runs.len(), cx.end());
    let (read, incomplete) = (Cell::new(0), Cell::new(0));
    let contenders = runs.into_iter().map(async |run| {
        if cx.clock.now() >= end {
            return Ok::<_, Error>(None);
        }
        let contender = by_best(cx, run, criteria, end, &incomplete).await?;
        read.set(read.get() + 1);
        say(cx, read.get(), all);
        Ok(contender)
    });
    let contenders: Vec<Contender> = parallel::all(contenders).await?.into_iter().flatten().collect();
    let note = match (read.get(), incomplete.get()) {
        (read, _) if read < all => Some(format!(
            "Only {read} of {all} runs are compared, since a call may not take longer: narrow the filter."
        )),
        (_, 0) => None,
        (_, many) => {
            Some(format!("{many} histories are too long to be read whole: of those a sample counts."))
        }
    };
    Ok(Field { contenders, complete: true, note })
}

/// A run with the best of each history, if each has a finite value.
async fn by_best(
    cx: &Context<'_>,
    run: Run,
    criteria: &[Criterion],
    end: Duration,
    incomplete: &Cell<usize>,
) -> Result<Option<Contender>, Error> {
    let mut marks = Vec::new();
    for criterion in criteria {
        let curve = curve::complete(cx, &run.info.run_id, &criterion.metric, None, end).await?;
        incomplete.set(incomplete.get() + usize::from(curve.sampled));
        let Some(best) = curve.best(criterion.ascending) else { return Ok(None) };
        marks.push((best.value, best.step));
    }
    Ok(Some(Contender { run, marks }))
}
