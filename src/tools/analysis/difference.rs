//! What is different between two runs.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::environment::Files;
use crate::mlflow::number::Number;
use crate::mlflow::pages;
use crate::mlflow::runs::{DatasetInput, Run};
use crate::sorted::{set, sorted};
use crate::statistics::Kind;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted, clip};
use crate::tool::{Budget, Context};

/// The tag that repeats the run's name.
const NAME: &str = "mlflow.runName";

/// What a data set was used for is in this tag.
const CONTEXT: &str = "mlflow.data.context";

/// What is different. What only one of the runs has lacks the other's value.
#[derive(Serialize, JsonSchema)]
pub struct Difference {
    /// The run that is compared with.
    pub baseline: Side,
    /// The other.
    pub run: Side,
    /// Params that differ.
    pub params: BTreeMap<String, Change>,
    /// Every metric's latest value.
    pub metrics: BTreeMap<String, MetricChange>,
    /// Tags that differ.
    pub tags: BTreeMap<String, Change>,
    /// Data sets, as name, digest and use.
    pub datasets: Lines,
    /// Lines of environment files that differ, by file.
    pub environment: BTreeMap<String, Lines>,
    /// Params that are the same.
    pub same_params: BTreeMap<String, String>,
    /// How many tags are the same.
    pub same_tags: usize,
    /// What is left out because the answer would be too long, and how many of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, usize>")]
    pub omitted: Omitted,
}

/// One of the two.
#[derive(Serialize, JsonSchema)]
pub struct Side {
    /// The run.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// Its experiment.
    pub experiment_id: String,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// `active` or `deleted`.
    pub lifecycle_stage: String,
    /// Its page in MLflow, for people.
    pub url: String,
}

/// A value in both runs.
#[derive(Serialize, JsonSchema)]
pub struct Change {
    /// The baseline's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The other's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// A metric in both runs.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct MetricChange {
    /// The baseline's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Number>,
    /// The other's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Number>,
    /// The other's less the baseline's, where both are finite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta: Option<Number>,
    /// The same in parts of the baseline's size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<Number>,
}

/// What stands in one and not in the other.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lines {
    /// In the baseline only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_baseline: Vec<String>,
    /// In the other only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_run: Vec<String>,
    /// How many are in both.
    pub same: usize,
}

impl Difference {
    /// Of two runs with these environment files.
    pub(super) fn of(cx: &Context<'_>, baseline: &Run, run: &Run, files: [&Files; 2]) -> Self {
        let (params, same_params) = changes(&baseline.data.params, &run.data.params);
        let (mut tags, same_tags) = changes(&baseline.data.tags, &run.data.tags);
        tags.remove(NAME);
        let datasets = |run: &Run| set(run.inputs.dataset_inputs.iter().map(dataset));
        Self {
            baseline: Side::of(cx, baseline),
            run: Side::of(cx, run),
            params,
            metrics: metrics(baseline, run),
            tags,
            datasets: lines(&datasets(baseline), &datasets(run)),
            environment: lines_of_files(files),
            same_params,
            same_tags: same_tags.len(),
            omitted: Omitted::new(),
        }
    }

    /// Within the budget: long values are cut first, then what is the same goes, then what says least.
    pub(super) fn within(mut self, budget: Budget) -> Self {
        if size(&self) <= budget.characters() {
            return self;
        }
        let mut cut = Cut::default().texts(&mut self.same_params);
        for change in self.params.values_mut().chain(self.tags.values_mut()) {
            for text in [&mut change.baseline, &mut change.run].into_iter().flatten() {
                cut = cut.text(text);
            }
        }
        let whole = size(&self);
        let cut = cut.down_to(budget, whole).entries("same_params", &mut self.same_params);
        let cut = cut.entries("environment", &mut self.environment).entries("tags", &mut self.tags);
        let cut = cut.entries("params", &mut self.params).entries("metrics", &mut self.metrics);
        self.omitted = cut.omitted();
        self
    }
}

impl Side {
    fn of(cx: &Context<'_>, run: &Run) -> Self {
        let info = &run.info;
        Self {
            run_id: info.run_id.clone(),
            run_name: info.run_name.clone(),
            experiment_id: info.experiment_id.clone(),
            status: info.status.clone(),
            lifecycle_stage: info.lifecycle_stage.clone(),
            url: pages::run(&cx.client.tracking().base, &info.experiment_id, &info.run_id),
        }
    }
}

type Texts = BTreeMap<String, String>;

/// What differs, and what is the same.
fn changes(baseline: &Texts, run: &Texts) -> (BTreeMap<String, Change>, Texts) {
    let (mut changed, mut same) = (BTreeMap::new(), Texts::new());
    for name in baseline.keys().chain(run.keys()) {
        match (baseline.get(name), run.get(name)) {
            (Some(one), Some(other)) if one == other => drop(same.insert(name.clone(), one.clone())),
            (one, other) => {
                drop(changed.insert(name.clone(), Change { baseline: one.cloned(), run: other.cloned() }));
            }
        }
    }
    (changed, same)
}

fn metrics(baseline: &Run, run: &Run) -> BTreeMap<String, MetricChange> {
    let all = baseline.data.metrics.iter().chain(&run.data.metrics);
    sorted(all.map(|metric| {
        let of = |run: &Run| run.data.metrics.iter().find(|one| one.key == metric.key).map(|one| one.value);
        (metric.key.clone(), MetricChange::of(of(baseline), of(run)))
    }))
}

impl MetricChange {
    fn of(baseline: Option<Number>, run: Option<Number>) -> Self {
        let finite = |value: Option<Number>| {
            value.map(|Number(value)| value).filter(|value| Kind::of(*value) == Kind::Finite)
        };
        let delta = finite(baseline).zip(finite(run)).map(|(baseline, run)| run - baseline);
        let relative = finite(baseline).zip(delta).map(|(baseline, delta)| delta / baseline.abs());
        let number = |value: Option<f64>| value.filter(|value| value.is_finite()).map(Number);
        Self { baseline, run, delta: number(delta), relative: number(relative) }
    }
}

fn dataset(input: &DatasetInput) -> String {
    let used = input.tags.get(CONTEXT).map_or(String::new(), |context| format!(" ({context})"));
    format!("{} {}{used}", input.dataset.name, input.dataset.digest)
}

fn lines(baseline: &BTreeSet<String>, run: &BTreeSet<String>) -> Lines {
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        let mut only: Vec<String> = one.iter().filter(|line| !other.contains(*line)).cloned().collect();
        for line in &mut only {
            clip(line);
        }
        only
    };
    let same = baseline.iter().filter(|line| run.contains(*line)).count();
    Lines { only_baseline: only(baseline, run), only_run: only(run, baseline), same }
}

/// Files that differ.
fn lines_of_files([baseline, run]: [&Files; 2]) -> BTreeMap<String, Lines> {
    let none = BTreeSet::new();
    let of = |name: &String| lines(baseline.get(name).unwrap_or(&none), run.get(name).unwrap_or(&none));
    let all = baseline.keys().chain(run.keys()).map(|name| (name.clone(), of(name)));
    sorted(all.filter(|(_, lines)| !lines.only_baseline.is_empty() || !lines.only_run.is_empty()))
}
