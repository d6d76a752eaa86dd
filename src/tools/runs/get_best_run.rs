//! `get_best_run`

use std::collections::BTreeSet;

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::record::RunRecord;
use crate::mlflow::number::Number;
use crate::mlflow::runs::{self, Run};
use crate::mlflow::{Error, filter};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::nearest::suggestion;
use crate::tool::{Budget, Context, Failure, Kind, Tool, ToolError};
use crate::tools::experiments::known;

/// The newest runs, asked for first: MLflow takes about 0.7 ms for each. The more there are, the fewer are left to
/// sort.
const NEWEST: usize = 50;

/// Runs that are looked at for the names of metrics when there is none of the name asked for.
const LOOKED_AT: usize = 200;

/// The most tied runs that are named.
const TIES: usize = 20;

/// MLflow's databases hold infinity as the largest double: what it writes is outside of these bounds. A filter has no
/// sign in exponents.
const LEAST: &str = "-1.7976931348623157e308";
const MOST: &str = "1.7976931348623157e308";

/// Find the run with the highest value of a metric, or with ascending the lowest.
///
/// Only active FINISHED runs count that have the metric; NaN and infinite values do not. Of a metric logged over
/// steps the last value counts, as in MLflow's own ranking.
#[derive(Deserialize, JsonSchema)]
pub struct GetBestRun {
    /// The experiment; get_experiments lists ids.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// The metric, for instance val/loss; get_experiment_metrics lists them.
    #[schemars(length(min = 1))]
    metric: String,
    /// True if lower is better, as for a loss (default false).
    #[serde(default)]
    ascending: bool,
}

/// The best run.
#[derive(Serialize, JsonSchema)]
pub struct Best {
    /// The run; of several that are equally good the newest.
    #[serde(flatten)]
    pub run: RunRecord,
    /// Its value of the metric.
    pub best_metric_value: Number,
    /// The step of that value.
    pub best_metric_step: i64,
    /// What was looked for: `highest` or `lowest`.
    pub direction: &'static str,
    /// Other runs with the same value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tied_run_ids: Vec<String>,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for GetBestRun {
    const SPEC: Spec = Spec {
        name: "get_best_run",
        title: "Find best run",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Best;

    async fn call(self, cx: &Context<'_>) -> Result<Best, Failure> {
        let Ok(key) = filter::key(&self.metric) else {
            return Err(ToolError::argument(
                "argument \"metric\" cannot have both ` and \": MLflow allows neither",
            )
            .into());
        };
        match self.pick(self.candidates(cx, &key).await?) {
            Some((best, equal)) => Ok(best.answer(equal, self.ascending, cx.budget)),
            None => Err(self.explain(cx, &key).await),
        }
    }
}

impl GetBestRun {
    /// The runs among which the best ones are, newest first.
    ///
    /// Sorting by a metric costs MLflow on SQLite a third of a millisecond for every run of the experiment (seconds
    /// for ten thousand), a filter next to nothing. So the newest runs come first; if there are more, only those are
    /// sorted that are at least as good.
    async fn candidates(&self, cx: &Context<'_>, key: &str) -> Result<Vec<Candidate>, Error> {
        let usable =
            format!("metrics.{key} > {LEAST} AND metrics.{key} < {MOST} AND attributes.status = 'FINISHED'");
        let (newest, more) = self.search(cx, &usable, &[], NEWEST).await?;
        let newest = self.usable(newest);
        if !more {
            return Ok(newest);
        }
        let found = newest.iter().map(|run| run.value).reduce(|a, b| self.better(a, b));
        let (bound, direction) = if self.ascending { ("<=", "ASC") } else { (">=", "DESC") };
        let least = found.map_or(String::new(), |value| format!(" AND metrics.{key} {bound} {value:e}"));
        let order = [format!("metrics.{key} {direction}"), "attributes.start_time DESC".to_owned()];
        let (best, _) = self.search(cx, &format!("{usable}{least}"), &order, TIES + 2).await?;
        Ok(self.usable(best))
    }

    /// Such runs, and whether there are more.
    async fn search(
        &self,
        cx: &Context<'_>,
        filter: &str,
        order_by: &[String],
        max_results: usize,
    ) -> Result<(Vec<Run>, bool), Error> {
        let search = runs::Search {
            experiment_ids: &[&self.experiment_id],
            filter: Some(filter).filter(|filter| !filter.is_empty()),
            max_results,
            order_by,
            ..runs::Search::default()
        };
        let (runs, next) = runs::search(&cx.client, &search).await?;
        Ok((runs, next.is_some()))
    }

    /// Those whose value can be compared, whatever the server let through.
    fn usable(&self, runs: Vec<Run>) -> Vec<Candidate> {
        let candidate = |run: Run| {
            let metric = run.data.metrics.iter().find(|metric| metric.key == self.metric)?;
            let (Number(value), step) = (metric.value, metric.step);
            (value.is_finite() && value.abs() < f64::MAX).then_some(Candidate { value, step, run })
        };
        runs.into_iter().filter_map(candidate).collect()
    }

    fn better(&self, one: f64, other: f64) -> f64 {
        if self.ascending { one.min(other) } else { one.max(other) }
    }

    /// The best, and the ids of those that are as good.
    fn pick(&self, candidates: Vec<Candidate>) -> Option<(Candidate, Vec<String>)> {
        let best = candidates.iter().map(|run| run.value).reduce(|a, b| self.better(a, b))?;
        let mut equal = candidates.into_iter().filter(|run| run.value == best);
        let first = equal.next()?;
        Some((first, equal.map(|one| one.run.info.run_id).collect()))
    }

    /// Why there is none: no experiment, no run, no such metric, or no run that counts.
    async fn explain(&self, cx: &Context<'_>, key: &str) -> Failure {
        let having = format!("metrics.{key} >= {LEAST}");
        let (newest, having) =
            zip(self.search(cx, "", &[], LOOKED_AT), self.search(cx, &having, &[], 1)).await;
        let (newest, mut having) = match (newest, having) {
            (Ok((newest, _)), Ok((having, _))) => (newest, having),
            (Err(error), _) | (_, Err(error)) => return error.into(),
        };
        if newest.is_empty() {
            return match known::require(cx, &self.experiment_id).await {
                Ok(experiment) => {
                    not_found(format!("experiment {:?} has no active runs", experiment.name), "")
                }
                Err(failure) => failure,
            };
        }
        let has = |run: &&Run| run.data.metrics.iter().any(|metric| metric.key == self.metric);
        having.extend(newest.iter().find(has).cloned());
        if let Some(run) = having.first() {
            let value = run.data.metrics.iter().find(|metric| metric.key == self.metric);
            let value = value.map_or(String::new(), |metric| format!(" and has {}", json!(metric.value)));
            return not_found(
                format!(
                    "no FINISHED run of experiment {} has a finite value of {:?}; run {} is {}{value}",
                    self.experiment_id, self.metric, run.info.run_id, run.info.status
                ),
                "query_runs finds runs of any status.",
            );
        }
        let names: BTreeSet<&str> =
            newest.iter().flat_map(|run| &run.data.metrics).map(|metric| metric.key.as_str()).collect();
        let hint = match suggestion(&self.metric, "Metrics of its newest runs", names) {
            hint if hint.is_empty() => "Its newest runs have no metrics.".to_owned(),
            hint => hint,
        };
        not_found(format!("no run of experiment {} has a metric {:?}", self.experiment_id, self.metric), hint)
    }
}

fn not_found(message: String, hint: impl Into<String>) -> Failure {
    ToolError::new(Kind::NotFound, message, hint).into()
}

/// A run that counts.
struct Candidate {
    value: f64,
    step: i64,
    run: Run,
}

impl Candidate {
    fn answer(self, mut equal: Vec<String>, ascending: bool, budget: Budget) -> Best {
        let mut notes = Vec::new();
        if self.step > 0 {
            notes.push(
                "Runs are ranked by the last value they logged; get_run_metric shows the others.".to_owned(),
            );
        }
        if equal.len() > TIES {
            let many = equal.len();
            notes.push(format!("At least {many} other runs have the same value; {TIES} are named."));
            equal.truncate(TIES);
        }
        Best {
            run: RunRecord::from(self.run).within(budget.minus(size(&equal))),
            best_metric_value: Number(self.value),
            best_metric_step: self.step,
            direction: if ascending { "lowest" } else { "highest" },
            tied_run_ids: equal,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        }
    }
}
