//! `sweep_summary`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::children::{Child, Children};
use super::distribution::{Distribution, Summary};
use super::importance::{Importance, importances};
use super::trial::{SomeChildren, Trial};
use crate::mlflow::{pages, runs};
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::statistics::Kind;
use crate::statistics::correlation::ascending;
use crate::tool::budget::size;
use crate::tool::cut::clip_values;
use crate::tool::{Budget, Context, Failure, Tool};

const ABOUT: &str = "Each parameter is measured by itself, over the FINISHED children with a finite value: importance is \
                     the square of Spearman's rank correlation for numbers, eta squared for anything else. It says what \
                     goes together in these n runs and not what causes what; parameters that act together are not seen.";

/// Summarise a sweep: the children of a run by status, the best, the spread of a metric, which parameters went with it
/// (rank correlation or correlation ratio, with n), and the children that failed or stopped early.
///
/// Of a metric logged over steps the last value counts.
#[derive(Deserialize, JsonSchema)]
pub struct SweepSummary {
    /// The parent run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
    /// The metric that the sweep is about, for instance val/loss.
    #[schemars(length(min = 1))]
    metric: String,
    /// True if lower is better, as for a loss (default false).
    #[serde(default)]
    ascending: bool,
    /// How many of the best children are shown (default 5).
    #[serde(default = "default_top")]
    #[schemars(range(min = 1, max = 100))]
    top: usize,
}

fn default_top() -> usize {
    5
}

/// A sweep.
#[derive(Serialize, JsonSchema)]
pub struct Sweep {
    /// The parent.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// Its experiment.
    pub experiment_id: String,
    /// Its page in MLflow, for people.
    pub url: String,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// Its active children.
    pub children: usize,
    /// Of these, how many have each status.
    pub children_by_status: BTreeMap<String, usize>,
    /// `highest` or `lowest`.
    pub direction: &'static str,
    /// The best FINISHED children with a finite value, the best first, of equal ones the newest first.
    pub best: Vec<Trial>,
    /// How many share the best value.
    pub tied_for_best: usize,
    /// The metric in the FINISHED children.
    pub spread: Summary,
    /// The parameters that vary, the most important first.
    pub parameters: Vec<Importance>,
    /// What importance is.
    pub about_importance: &'static str,
    /// Parameters that all of them have alike.
    pub same_params: BTreeMap<String, String>,
    /// Children that were killed, or finished with fewer steps than the longest.
    pub stopped_early: SomeChildren,
    /// The highest step of any child, system metrics aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest: Option<i64>,
    /// Children that failed.
    pub failed: SomeChildren,
    /// Whether something is left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for SweepSummary {
    const SPEC: Spec = Spec {
        name: "sweep_summary",
        title: "Summarise sweep",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Sweep;

    async fn call(self, cx: &Context<'_>) -> Result<Sweep, Failure> {
        let parent = runs::get(&cx.client, self.run_id.trim()).await?;
        let children = Children::read(cx, &parent, &self.metric).await?;
        children.require(&parent, &self.metric)?;
        let counted = counted(&children.all);
        let (parameters, mut same_params) = importances(&counted);
        clip_values(&mut same_params);
        let (mut best, tied_for_best) = self.best(&counted, &same_params);
        for trial in &mut best {
            // Children are of their parent's experiment.
            trial.url =
                Some(pages::run(&cx.client.tracking().base, &parent.info.experiment_id, &trial.run_id));
        }
        let longest = children.all.iter().filter_map(|child| child.last_step).max();
        let early = |child: &Child| {
            child.status == "KILLED"
                || (child.status == "FINISHED" && child.last_step.is_some() && child.last_step < longest)
        };
        let spread = spread(&children.all);
        let mut notes = Vec::new();
        if spread.is_empty() {
            notes.push(format!("No FINISHED child has a metric {:?}.", self.metric));
        }
        let base = &cx.client.tracking().base;
        let sweep = Sweep {
            url: pages::run(base, &parent.info.experiment_id, &parent.info.run_id),
            run_id: parent.info.run_id,
            run_name: parent.info.run_name,
            experiment_id: parent.info.experiment_id,
            status: parent.info.status,
            children: children.all.len(),
            children_by_status: by_status(&children.all),
            direction: if self.ascending { "lowest" } else { "highest" },
            best,
            tied_for_best,
            spread: spread.summary(),
            parameters,
            about_importance: ABOUT,
            same_params,
            stopped_early: SomeChildren::of(&children.all, early),
            longest,
            failed: SomeChildren::of(&children.all, |child| child.status == "FAILED"),
            truncated: children.more,
            note: None,
        };
        Ok(sweep.within(cx.budget, notes))
    }
}

impl SweepSummary {
    /// The best of those that count, and how many share the best value.
    fn best(&self, counted: &[(&Child, f64)], same: &BTreeMap<String, String>) -> (Vec<Trial>, usize) {
        let sign = if self.ascending { 1.0 } else { -1.0 };
        let order = ascending(&counted.iter().map(|(_, value)| sign * value).collect::<Vec<_>>());
        let mut ranked = order.iter().filter_map(|index| counted.get(*index)).peekable();
        let first = ranked.peek().map(|(_, value)| *value);
        let tied = counted.iter().filter(|(_, value)| Some(*value) == first).count();
        let trial = |(child, _): &(&Child, f64)| {
            let varying = child.params.iter().filter(|(name, _)| !same.contains_key(*name));
            let mut params = sorted(varying.map(|(name, value)| (name.clone(), value.clone())));
            clip_values(&mut params);
            Trial { params, ..Trial::of(child) }
        };
        (ranked.take(self.top).map(trial).collect(), tied)
    }
}

/// The children that count, each with its value.
fn counted(all: &[Child]) -> Vec<(&Child, f64)> {
    let finished = all.iter().filter(|child| child.status == "FINISHED");
    let finite = finished.filter_map(|child| Some((child, child.value?.0)));
    finite.filter(|(_, value)| Kind::of(*value) == Kind::Finite).collect()
}

fn spread(all: &[Child]) -> Distribution {
    let mut distribution = Distribution::default();
    for child in all.iter().filter(|child| child.status == "FINISHED") {
        distribution.add(child.value.map(|(value, _)| value), true);
    }
    distribution
}

fn by_status(all: &[Child]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for child in all {
        *counts.entry(child.status.clone()).or_default() += 1;
    }
    counts
}

impl Sweep {
    /// The sweep in at most that many characters.
    fn within(mut self, budget: Budget, mut notes: Vec<String>) -> Self {
        if self.truncated {
            notes.push(format!(
                "Only the newest {} children were read, since a call may not take longer; all numbers are theirs.",
                self.children
            ));
        }
        if self.longest.is_some() && self.stopped_early.count > 0 {
            notes.push(
                "Where the number of steps is a parameter itself, fewer steps are no early stop.".to_owned(),
            );
        }
        let excess = |sweep: &Self| size(sweep).saturating_sub(budget.characters());
        let mut cut = false;
        while excess(&self) > 0 {
            let lists = [&mut self.failed.newest, &mut self.stopped_early.newest];
            let trials = lists.into_iter().find(|list| !list.is_empty()).and_then(Vec::pop).is_some();
            cut = true;
            if trials || self.same_params.pop_last().is_some() || self.parameters.pop().is_some() {
                continue;
            }
            if self.best.pop().is_none() {
                break;
            }
        }
        if cut {
            notes.push(
                "Not all of it fits: counts and spread are of all children, lists are cut at their ends."
                    .to_owned(),
            );
        }
        self.truncated |= cut;
        self.note = (!notes.is_empty()).then(|| notes.join(" "));
        self
    }
}
