//! The runs of one launch, in whatever experiments they are.

use std::collections::BTreeMap;

use crate::mlflow::page::Position;
use crate::mlflow::runs::{self, Run};
use crate::mlflow::{ViewType, experiments, filter};
use crate::tool::{Context, Failure, Kind, ToolError, parallel};

/// The tag, or param, that ties the runs of a launch together.
const INVOCATION: &str = "invocation_id";

/// Where launchers write the name of the task.
const TASK: [&str; 3] = ["task_name", "benchmark", "task"];

/// Experiments in one search.
const EXPERIMENTS: usize = 200;

/// The most experiments that are searched.
const MOST_EXPERIMENTS: usize = 5_000;

/// The most runs of one launch.
const MOST_RUNS: usize = 500;

/// A launch.
pub(super) struct Launch {
    pub(super) invocation_id: String,
    /// Tasks, each with the run that counts: the newest that is finished, or the newest.
    pub(super) tasks: BTreeMap<String, Run>,
    /// Runs that another one of the same task stands for.
    pub(super) repeated: usize,
    /// There are more runs than are read of one launch.
    pub(super) more: bool,
}

/// The experiments that are not deleted, the first [`MOST_EXPERIMENTS`] of them.
///
/// # Errors
/// See [`Failure`].
pub(super) async fn experiments(cx: &Context<'_>) -> Result<Vec<String>, Failure> {
    let search = experiments::Search { max_results: MOST_EXPERIMENTS, ..experiments::Search::default() };
    let page = experiments::page(&cx.client, &search, &Position::default()).await?;
    Ok(page.rows.into_iter().map(|experiment| experiment.experiment_id).collect())
}

impl Launch {
    /// Looks for the runs with that invocation id: by tag, and where there is none by param.
    ///
    /// # Errors
    /// There are none.
    pub(super) async fn find(cx: &Context<'_>, experiments: &[String], id: &str) -> Result<Self, Failure> {
        let id = id.trim();
        let value = filter::string(id).map_err(|_| {
            ToolError::argument(format!("argument \"invocation_ids\": {id:?} is no invocation id"))
        })?;
        for kind in ["tags", "params"] {
            let filter = format!("{kind}.{INVOCATION} = {value}");
            let groups = experiments.chunks(EXPERIMENTS).map(|group| search(cx, group, &filter));
            let (mut found, mut more) = (Vec::new(), false);
            for (runs, rest) in parallel::all(groups).await? {
                found.extend(runs);
                more |= rest;
            }
            if !found.is_empty() {
                return Ok(Self::of(id, found, more));
            }
        }
        Err(ToolError::new(
            Kind::NotFound,
            format!("no run has the invocation id {id:?} as a tag or param {INVOCATION}"),
            "search_runs_by_tags and get_runs show the tags of runs.",
        )
        .into())
    }

    fn of(id: &str, runs: Vec<Run>, more: bool) -> Self {
        let all = runs.len();
        let order = |run: &Run| (run.info.status == "FINISHED", run.info.start_time);
        let mut tasks: BTreeMap<String, Run> = BTreeMap::new();
        for run in runs {
            let name = task(&run);
            if tasks.get(&name).is_none_or(|other| order(other) <= order(&run)) {
                tasks.insert(name, run);
            }
        }
        Self { invocation_id: id.to_owned(), repeated: all - tasks.len(), tasks, more }
    }

    /// What was evaluated.
    pub(super) fn model(&self) -> Option<String> {
        self.tasks.values().find_map(|run| text(run, "model"))
    }

    /// The run of a task.
    pub(super) fn run(&self, task: &str) -> Option<&Run> {
        self.tasks.get(task)
    }
}

/// The runs that match, and whether there are more.
async fn search(cx: &Context<'_>, experiments: &[String], filter: &str) -> Result<(Vec<Run>, bool), Failure> {
    let experiment_ids: Vec<&str> = experiments.iter().map(String::as_str).collect();
    let search = runs::Search {
        experiment_ids: &experiment_ids,
        filter: Some(filter),
        run_view_type: ViewType::ActiveOnly,
        max_results: MOST_RUNS,
        ..runs::Search::default()
    };
    let (runs, next) = runs::search(&cx.client, &search).await?;
    Ok((runs, next.is_some()))
}

/// A tag, or else a param.
pub(super) fn text(run: &Run, name: &str) -> Option<String> {
    run.data.tags.get(name).or_else(|| run.data.params.get(name)).cloned()
}

fn task(run: &Run) -> String {
    let found = TASK.into_iter().find_map(|name| text(run, name));
    found.unwrap_or_else(|| run.info.run_name.clone())
}
