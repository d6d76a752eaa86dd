//! `evaluation_report`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::launch::{self, Launch};
use super::statistics;
use crate::mlflow::number::Number;
use crate::mlflow::pages;
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::nullable::Nullable;
use crate::tool::{Budget, Context, Failure, Tool, ToolError, parallel};

/// The most launches that are compared.
const MOST: usize = 8;

/// What ends the name of a metric's standard error.
const ERROR: &str = "_stderr";

/// What begins the names of metrics about requests; the statistics have them.
const REQUESTS: &str = "response_stats.";

/// Compare evaluation launches: one table of tasks and metrics, over all experiments, with what failed or is missing.
///
/// Lists are in the order of `launches`, the first of which is the baseline.
#[derive(Deserialize, JsonSchema)]
pub struct EvaluationReport {
    /// One to eight invocation ids (16 hex digits, the tag invocation_id of the runs), the baseline first.
    invocation_ids: Vec<String>,
    /// Whether running time, tokens and latency are read from each run's eval_factory_metrics.json.
    #[serde(default = "yes")]
    statistics: bool,
}

fn yes() -> bool {
    true
}

/// Launches side by side.
#[derive(Default, Serialize, JsonSchema)]
pub struct Report {
    /// What was compared.
    pub launches: Vec<About>,
    /// A run's page in MLflow, for people, with its id in place of RUN_ID.
    pub run_url: String,
    /// One row for each task and metric.
    pub scores: Vec<Score>,
    /// Tasks that did not finish, have no metrics, or are missing in a launch.
    pub problems: Vec<Problem>,
    /// One row for each task and statistic.
    pub statistics: Vec<Statistic>,
    /// Something is left out because the answer would be too long; `note` says what.
    pub truncated: bool,
    /// What to know about this report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A launch.
#[derive(Serialize, JsonSchema)]
pub struct About {
    /// What ties its runs together.
    pub invocation_id: String,
    /// What was evaluated.
    #[schemars(extend("x-nullable" = true))]
    pub model: Option<String>,
    /// The runs that count, by task.
    pub run_ids: BTreeMap<String, String>,
    /// The experiments that they are in.
    pub experiment_ids: BTreeSet<String>,
}

/// A metric of a task.
#[derive(Serialize, JsonSchema)]
pub struct Score {
    /// The task.
    pub task: String,
    /// The metric.
    pub metric: String,
    /// Its value in each launch; null where it has none.
    #[schemars(with = "Vec<Nullable<Number>>")]
    pub values: Vec<Option<Number>>,
    /// Its standard error in each launch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Nullable<Number>>")]
    pub standard_errors: Vec<Option<Number>>,
    /// Value less the baseline's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Nullable<Number>>")]
    pub deltas: Vec<Option<Number>>,
}

/// A statistic of a task.
#[derive(Serialize, JsonSchema)]
pub struct Statistic {
    /// The task.
    pub task: String,
    /// Its place in the file.
    pub name: String,
    /// Its value in each launch; null where it has none.
    #[schemars(with = "Vec<Nullable<Number>>")]
    pub values: Vec<Option<Number>>,
}

/// What is wrong with a task of a launch.
#[derive(Serialize, JsonSchema)]
pub struct Problem {
    /// The launch.
    pub invocation_id: String,
    /// The task.
    pub task: String,
    /// `missing`, `no metrics`, or the status of the run: FAILED, KILLED, RUNNING, SCHEDULED.
    pub problem: String,
    /// The run, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The run's page in MLflow, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Tool for EvaluationReport {
    const SPEC: Spec = Spec {
        name: "evaluation_report",
        title: "Report on evaluations",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Report;

    async fn call(self, cx: &Context<'_>) -> Result<Report, Failure> {
        let ids = self.ids()?;
        let experiments = launch::experiments(cx).await?;
        let launches = parallel::all(ids.iter().map(|id| Launch::find(cx, &experiments, id))).await?;
        let mut tasks = BTreeSet::new();
        tasks.extend(launches.iter().flat_map(|launch| launch.tasks.keys()).map(String::as_str));
        let mut report = Report {
            launches: launches.iter().map(About::of).collect(),
            scores: tasks.iter().flat_map(|task| scores(&launches, task)).collect(),
            problems: problems(cx, &launches, &tasks),
            run_url: pages::of_run(&cx.client.tracking().base, "RUN_ID"),
            ..Report::default()
        };
        let mut notes = Vec::new();
        if self.statistics {
            notes.extend(report.read_statistics(cx, &launches, &tasks).await?);
        }
        if launches.iter().any(|launch| launch.more) {
            notes.push("Of each launch some hundred runs are read, and there are more.".to_owned());
        }
        let repeated: usize = launches.iter().map(|launch| launch.repeated).sum();
        if repeated > 0 {
            notes
                .push(format!("{repeated} runs repeat a task: of each task the newest finished run counts."));
        }
        Ok(report.within(cx.budget, notes))
    }
}

impl EvaluationReport {
    fn ids(&self) -> Result<Vec<&str>, ToolError> {
        let mut seen = BTreeSet::new();
        let each = self.invocation_ids.iter().flat_map(|text| text.split([',', ' ', '\n'])).map(str::trim);
        let ids: Vec<&str> = each.filter(|id| !id.is_empty() && seen.insert(*id)).collect();
        match ids.len() {
            1..=MOST => Ok(ids),
            many => Err(ToolError::argument(format!(
                "argument \"invocation_ids\" names {many} launches, and 1 to {MOST} can be compared"
            ))),
        }
    }
}

impl About {
    fn of(launch: &Launch) -> Self {
        let mut experiment_ids = BTreeSet::new();
        experiment_ids.extend(launch.tasks.values().map(|run| run.info.experiment_id.clone()));
        let ids = launch.tasks.iter().map(|(task, run)| (task.clone(), run.info.run_id.clone()));
        Self {
            invocation_id: launch.invocation_id.clone(),
            model: launch.model(),
            run_ids: sorted(ids),
            experiment_ids,
        }
    }
}

/// The metrics of a task by name, those of its requests left out.
fn metrics(launch: &Launch, task: &str) -> BTreeMap<String, Number> {
    let all = launch.run(task).into_iter().flat_map(|run| &run.data.metrics);
    let own = all.filter(|metric| !metric.key.starts_with(REQUESTS));
    sorted(own.map(|metric| (metric.key.clone(), metric.value)))
}

/// The names in any of the tables.
fn names(tables: &[BTreeMap<String, Number>]) -> BTreeSet<&String> {
    let mut names = BTreeSet::new();
    // `collect` would bring sorting into the component.
    names.extend(tables.iter().flat_map(BTreeMap::keys));
    names
}

fn scores(launches: &[Launch], task: &str) -> Vec<Score> {
    let tables: Vec<BTreeMap<String, Number>> = launches.iter().map(|launch| metrics(launch, task)).collect();
    let names = names(&tables);
    let row =
        |name: &str| -> Vec<Option<Number>> { tables.iter().map(|table| table.get(name).copied()).collect() };
    let is_error =
        |name: &str| name.strip_suffix(ERROR).is_some_and(|of| names.iter().any(|name| *name == of));
    let mut scores = Vec::new();
    for name in names.iter().filter(|name| !is_error(name)) {
        let values = row(name);
        let errors = row(&format!("{name}{ERROR}"));
        let delta = |value: &Option<Number>| Some(Number((*value)?.0 - values.first().copied()??.0));
        scores.push(Score {
            task: task.to_owned(),
            metric: (*name).clone(),
            standard_errors: if errors.iter().any(Option::is_some) { errors } else { Vec::new() },
            deltas: if values.len() > 1 { values.iter().map(delta).collect() } else { Vec::new() },
            values,
        });
    }
    scores
}

fn problems(cx: &Context<'_>, launches: &[Launch], tasks: &BTreeSet<&str>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for launch in launches {
        for task in tasks {
            let run = launch.run(task);
            let problem = match run {
                None => "missing".to_owned(),
                Some(run) if run.info.status != "FINISHED" => run.info.status.clone(),
                Some(_) if metrics(launch, task).is_empty() => "no metrics".to_owned(),
                Some(_) => continue,
            };
            problems.push(Problem {
                invocation_id: launch.invocation_id.clone(),
                task: (*task).to_owned(),
                problem,
                run_id: run.map(|run| run.info.run_id.clone()),
                url: run.map(|run| {
                    pages::run(&cx.client.tracking().base, &run.info.experiment_id, &run.info.run_id)
                }),
            });
        }
    }
    problems
}

#[expect(clippy::cast_precision_loss, reason = "counts of tasks are far below 2^53")]
fn say(cx: &Context<'_>, done: usize, tasks: usize) {
    cx.progress.report(
        done as f64,
        Some(tasks as f64),
        &format!("statistics of {done} of {tasks} tasks read"),
    );
}

impl Report {
    /// Reads the statistics of one task after the other; a sentence if there are none, or not all.
    async fn read_statistics(
        &mut self,
        cx: &Context<'_>,
        launches: &[Launch],
        tasks: &BTreeSet<&str>,
    ) -> Result<Option<String>, Failure> {
        let end = cx.end();
        for (done, task) in tasks.iter().enumerate() {
            if cx.clock.now() >= end {
                return Ok(Some(format!(
                    "There was time for the statistics of {done} of {} tasks.",
                    tasks.len()
                )));
            }
            let tables = parallel::all(launches.iter().map(async |launch| match launch.run(task) {
                Some(run) => statistics::read(cx, task, run).await,
                None => Ok(BTreeMap::new()),
            }))
            .await?;
            for name in names(&tables) {
                let values = tables.iter().map(|table| table.get(name).copied()).collect();
                self.statistics.push(Statistic { task: (*task).to_owned(), name: name.clone(), values });
            }
            say(cx, done + 1, tasks.len());
        }
        let none = self.statistics.is_empty();
        Ok(none.then(|| "No run has artifacts/eval_factory_metrics.json.".to_owned()))
    }

    /// As much as fits: what was asked for before statistics.
    fn within(mut self, budget: Budget, mut notes: Vec<String>) -> Self {
        let mut left = budget.minus(size(&self.launches));
        let mut cut = false;
        cut |= keep(&mut self.problems, &mut left, "problems", &mut notes);
        cut |= keep(&mut self.scores, &mut left, "scores", &mut notes);
        cut |= keep(&mut self.statistics, &mut left, "statistics", &mut notes);
        if cut {
            notes.push("Compare fewer launches at a time.".to_owned());
        }
        Self { truncated: cut, note: (!notes.is_empty()).then(|| notes.join(" ")), ..self }
    }
}

/// Keeps the rows that fit; whether some did not.
fn keep<T: Serialize>(rows: &mut Vec<T>, left: &mut Budget, what: &str, notes: &mut Vec<String>) -> bool {
    let gone = left.keep(rows);
    if gone > 0 {
        notes.push(format!("{what} has {} of {} rows.", rows.len(), rows.len() + gone));
    }
    *left = left.minus(size(rows));
    gone > 0
}
