//! `aggregate_runs`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::among::Among;
use super::distribution::Summary;
use super::grouping::labels;
use super::groups::Groups;
use crate::mlflow::page::Position;
use crate::mlflow::runs::{Run, Search};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::runs::scan::{Scanned, scan};

/// The most metrics of one call.
const METRICS: usize = 20;

/// Compute statistics of metrics over any number of runs, in groups by params, tags or attributes.
///
/// For each group and metric: count, mean, standard deviation, 95 % confidence interval, min, quantiles, max; missing, NaN
/// and infinite values are counted apart. Each run counts with its last value. Active runs of any status count.
#[derive(Deserialize, JsonSchema)]
pub struct AggregateRuns {
    #[serde(flatten)]
    among: Among,
    /// Up to 20 metrics, for instance ["val/auc"]; get_experiment_metrics lists them.
    metrics: Vec<String>,
    /// What makes a group: params.NAME, tags.NAME, status, user_id, run_name or experiment_id. One group if left out.
    #[serde(default)]
    group_by: Vec<String>,
}

/// Groups in numbers.
#[derive(Default, Serialize, JsonSchema)]
pub struct Aggregates {
    /// The groups, those of most runs first.
    pub result: Vec<Group>,
    /// How many groups there are.
    pub groups: usize,
    /// How many runs were read.
    pub runs_read: usize,
    /// Whether those are all that match: then every number is that of all of them.
    pub complete: bool,
    /// Groups are left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A group in numbers.
#[derive(Serialize, JsonSchema)]
pub struct Group {
    /// What its runs have in common, by the names in `group_by`; what they do not have is left out.
    pub group: BTreeMap<String, String>,
    /// How many runs it has.
    pub runs: usize,
    /// By metric.
    pub metrics: BTreeMap<String, Summary>,
}

impl Tool for AggregateRuns {
    const SPEC: Spec = Spec {
        name: "aggregate_runs",
        title: "Aggregate runs",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Aggregates;

    async fn call(self, cx: &Context<'_>) -> Result<Aggregates, Failure> {
        if !(1..=METRICS).contains(&self.metrics.len()) {
            let many = self.metrics.len();
            let message = format!("argument \"metrics\" has {many} names, and takes 1 to {METRICS}");
            return Err(ToolError::argument(message).into());
        }
        let labels = labels(&self.group_by)?;
        let ids = self.among.experiment_ids()?;
        let search = Search { experiment_ids: &ids, filter: self.among.filter(), ..Search::default() };
        let mut groups = Groups::default();
        let scanned = scan(cx, search, Position::default(), |runs: Vec<Run>| {
            runs.iter().for_each(|run| groups.add(run, &labels, &self.metrics));
        })
        .await?;
        let unknown = groups.unknown(&self.metrics);
        if unknown.len() == self.metrics.len() {
            return Err(self.among.explain(cx, &ids, &unknown).await);
        }
        Ok(self.answer(cx, &scanned, groups, &unknown))
    }
}

impl AggregateRuns {
    fn answer(&self, cx: &Context<'_>, scanned: &Scanned, groups: Groups, unknown: &[&str]) -> Aggregates {
        let mut notes = Vec::new();
        if scanned.rest.is_some() {
            notes.push(format!(
                "Only the newest {} runs, since a call may not take longer: a filter (start_time < ...) leads to others.",
                scanned.runs
            ));
        }
        notes.extend(unknown.iter().map(|metric| format!("No run has a metric {metric:?}.")));
        notes.extend(groups.limits());
        let complete = scanned.rest.is_none() && groups.others() == 0;
        let mut result = groups.summaries(&self.group_by, &self.metrics);
        let all = result.len();
        result.truncate(cx.budget.fitting(&result).max(1));
        if result.len() < all {
            let shown = result.len();
            notes
                .push(format!("{shown} of {all} groups fit into one answer: name fewer metrics, or filter."));
        }
        Aggregates {
            truncated: result.len() < all,
            result,
            groups: all,
            runs_read: scanned.runs,
            complete,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        }
    }
}
