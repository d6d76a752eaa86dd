//! Jobs of the server, looked at until they are over.

use std::time::Duration;

use crate::mlflow::Error;
use crate::mlflow::jobs::{self, Job};
use crate::tool::{Context, Failure, Kind, ToolError, parallel};
use crate::tools::since::since;
use crate::tools::uuid::uuid;

/// How long to wait before the jobs are looked at again.
const PAUSE: Duration = Duration::from_secs(1);

/// Where ids of jobs are known from.
pub(super) const BEGUN: &str = "evaluate_traces tells the ids of those it begins.";

/// A job that is looked at.
pub(super) struct Watched {
    pub job_id: String,
    /// The scorer's name, where it is known.
    pub scorer: Option<String>,
    /// The traces that it judges, where they are known.
    pub trace_ids: Vec<String>,
    /// As it was last.
    pub job: Option<Job>,
}

impl Watched {
    /// A job of which no more is known than its id.
    pub(super) fn of(job_id: &str) -> Self {
        Self { job_id: job_id.to_owned(), scorer: None, trace_ids: Vec::new(), job: None }
    }

    fn is_over(&self) -> bool {
        self.job.as_ref().is_some_and(Job::is_over)
    }
}

/// Looks at the jobs until all are over, or the time is.
///
/// # Errors
/// One of them could not be looked at.
pub(super) async fn watch(cx: &Context<'_>, watched: &mut [Watched], most: Duration) -> Result<(), Failure> {
    let end = cx.end().min(cx.clock.now() + most);
    loop {
        let open = watched.iter().enumerate().filter(|(_, one)| !one.is_over());
        let looked = open.map(async |(index, one)| {
            let job = jobs::get(&cx.client, &one.job_id).await;
            job.map(|job| (index, job)).map_err(|error| missing(error, &one.job_id))
        });
        for (index, job) in parallel::all(looked.collect::<Vec<_>>()).await? {
            if let Some(one) = watched.get_mut(index) {
                one.job = Some(job);
            }
        }
        let (over, all) = (watched.iter().filter(|one| one.is_over()).count(), watched.len());
        report(cx, over, all);
        if over == all || cx.clock.now() + PAUSE > end {
            return Ok(());
        }
        cx.clock.pause(PAUSE).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few dozen jobs")]
fn report(cx: &Context<'_>, over: usize, all: usize) {
    cx.progress.report(over as f64, Some(all as f64), &format!("{over} of {all} jobs are over"));
}

/// That there is no such job.
fn missing(error: Error, job_id: &str) -> Failure {
    if error.is_missing() {
        let message = format!("RESOURCE_DOES_NOT_EXIST: there is no job {job_id:?}");
        return ToolError::new(Kind::NotFound, message, BEGUN).into();
    }
    since("3.9", "A job of scorers", error)
}

/// One job.
///
/// # Errors
/// There is none.
pub(super) async fn one(cx: &Context<'_>, job_id: &str) -> Result<Job, Failure> {
    jobs::get(&cx.client, uuid("job_id", job_id, BEGUN)?).await.map_err(|error| missing(error, job_id))
}
