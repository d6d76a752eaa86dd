//! The histories of a run's metrics, as far as a diagnosis looks at them.

use std::cell::Cell;

use schemars::JsonSchema;
use serde::Serialize;

use super::finding::Onset;
use super::naming::{Better, Naming, is_system};
use super::trend::Curve;
use crate::mlflow::Error;
use crate::mlflow::metrics::{MAX_SAMPLED, StepRange, sampled};
use crate::mlflow::number::Number;
use crate::mlflow::runs::{Metric, Run};
use crate::statistics::{Kind, Moments};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind as FailureKind, ToolError, parallel};

/// Points of a history that are asked for: about 130 bytes each.
const POINTS: usize = 500;

/// The most metrics that are looked at.
const METRICS: usize = 20;

/// The most of the machine's.
const SYSTEM_METRICS: usize = 12;

/// What was read of a run.
pub(super) struct Histories {
    pub(super) curves: Vec<Curve>,
    pub(super) system: Vec<SystemMetric>,
    /// Where curves stop being finite, by metric.
    pub(super) onsets: Vec<(String, Onset)>,
    /// Metrics that nobody looked at.
    left_out: usize,
}

/// What MLflow measured on the machine.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SystemMetric {
    /// Its name.
    pub metric: String,
    /// The mean of the points.
    #[schemars(extend("x-nullable" = true))]
    pub mean: Option<Number>,
    /// The lowest.
    #[schemars(extend("x-nullable" = true))]
    pub lowest: Option<Number>,
    /// The highest.
    #[schemars(extend("x-nullable" = true))]
    pub highest: Option<Number>,
    /// The last.
    #[schemars(extend("x-nullable" = true))]
    pub last: Option<Number>,
    /// Points that were looked at.
    pub points: usize,
    /// Whether they are an even sample of more.
    pub sampled: bool,
}

impl Histories {
    /// Those of the metrics that were asked for, or of those that say most.
    pub(super) async fn read(cx: &Context<'_>, run: &Run, asked: &[String]) -> Result<Self, Failure> {
        let (chosen, left_out) = choose(run, asked)?;
        let system = run.data.metrics.iter().filter(|metric| is_system(&metric.key)).take(SYSTEM_METRICS);
        let names: Vec<&str> = chosen.into_iter().chain(system.map(|metric| metric.key.as_str())).collect();
        let (all, done) = (names.len(), Cell::new(0));
        let asked = names.iter().map(|name| async {
            let points = sampled(&cx.client, &run.info.run_id, name, POINTS, None).await?;
            done.set(done.get() + 1);
            say(cx, done.get(), all);
            Ok::<_, Error>(Curve::of(name, points, false))
        });
        let mut curves = parallel::all(asked).await?;
        // As many as were asked for may be a part of more.
        curves.iter_mut().for_each(|curve| curve.sampled = curve.points.len() >= POINTS);
        let (system, curves): (Vec<Curve>, Vec<Curve>) =
            curves.into_iter().partition(|curve| is_system(&curve.metric));
        let onsets = onsets(cx, &run.info.run_id, &curves).await?;
        Ok(Self { system: system.iter().map(SystemMetric::of).collect(), curves, onsets, left_out })
    }

    /// The longest time between two points of one metric, in milliseconds.
    pub(super) fn longest_pause(&self) -> i64 {
        let pauses = |curve: &Curve| {
            let pairs = curve.points.windows(2);
            let pause =
                |pair: &[Metric]| Some(pair.last()?.timestamp.saturating_sub(pair.first()?.timestamp));
            pairs.filter_map(pause).max()
        };
        self.curves.iter().filter_map(pauses).max().unwrap_or(0)
    }

    /// What a reader has to know of how this was read.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.curves.is_empty() {
            notes.push("The run has no metric with a history.".to_owned());
        }
        let sampled = self.curves.iter().filter(|curve| curve.sampled).count();
        if sampled > 0 {
            notes.push(format!(
                "{sampled} of the histories are even samples of {POINTS} points: a single odd point between them would not \
                 be seen."
            ));
        }
        if self.left_out > 0 {
            notes.push(format!("{} other metrics were not looked at: name them in metrics.", self.left_out));
        }
        notes
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of metrics are far below 2^53")]
fn say(cx: &Context<'_>, done: usize, all: usize) {
    cx.progress.report(done as f64, Some(all as f64), &format!("{done} of {all} histories"));
}

/// The metrics to look at, and how many others there are.
fn choose<'a>(run: &'a Run, asked: &'a [String]) -> Result<(Vec<&'a str>, usize), ToolError> {
    let own = || run.data.metrics.iter().filter(|metric| !is_system(&metric.key));
    if !asked.is_empty() {
        if asked.len() > METRICS {
            return Err(ToolError::argument(format!(
                "argument \"metrics\" names {}, and at most {METRICS} are looked at in one call",
                asked.len()
            )));
        }
        if let Some(unknown) = asked.iter().find(|name| !own().any(|metric| metric.key == **name)) {
            let hint =
                match suggestion(unknown, "Metrics of the run", own().map(|metric| metric.key.as_str())) {
                    hint if hint.is_empty() => "The run has no metrics.".to_owned(),
                    hint => hint,
                };
            let message = format!("argument \"metrics\": run {} has no metric {unknown:?}", run.info.run_id);
            return Err(ToolError::new(FailureKind::NotFound, message, hint));
        }
        return Ok((asked.iter().map(String::as_str).collect(), 0));
    }
    // One that was logged once has no history, unless it went wrong at once.
    let has_history = |metric: &&Metric| metric.step != 0 || Kind::of(metric.value.0) != Kind::Finite;
    let (telling, others): (Vec<&str>, Vec<&str>) = own()
        .filter(has_history)
        .map(|metric| metric.key.as_str())
        .partition(|name| Naming::of(name).better() != Better::Unknown);
    let mut chosen = [telling, others].concat();
    let left_out = chosen.len().saturating_sub(METRICS);
    chosen.truncate(METRICS);
    Ok((chosen, left_out))
}

/// Where the curves stop being finite; in a sample, looked up between its points.
async fn onsets(cx: &Context<'_>, run_id: &str, curves: &[Curve]) -> Result<Vec<(String, Onset)>, Error> {
    let kinds = curves.iter().flat_map(|curve| [(curve, Kind::Nan), (curve, Kind::Infinite)]);
    let found = kinds.filter_map(|(curve, kind)| Some((curve, kind, curve.first(kind)?)));
    let asked = found.map(async |(curve, kind, first)| {
        let onset = onset(cx, run_id, curve, kind, first).await?;
        Ok::<_, Error>(onset.map(|onset| (curve.metric.clone(), onset)))
    });
    Ok(parallel::all(asked).await?.into_iter().flatten().collect())
}

async fn onset(
    cx: &Context<'_>,
    run_id: &str,
    curve: &Curve,
    kind: Kind,
    first: usize,
) -> Result<Option<Onset>, Error> {
    let Some(step) = curve.points.get(first).map(|point| point.step) else { return Ok(None) };
    let before = first.checked_sub(1).and_then(|before| curve.points.get(before)).map(|point| point.step);
    match before {
        Some(start) if curve.sampled && start < step => {
            let range = StepRange { start, end: step };
            let between = sampled(&cx.client, run_id, &curve.metric, MAX_SAMPLED, Some(range)).await?;
            let found = between.iter().find(|point| Kind::of(point.value.0) == kind);
            let exact = between.len() < MAX_SAMPLED;
            Ok(Some(Onset { kind, step: found.map_or(step, |point| point.step), exact }))
        }
        _ => Ok(Some(Onset { kind, step, exact: true })),
    }
}

impl SystemMetric {
    fn of(curve: &Curve) -> Self {
        let mut moments = Moments::default();
        curve.finite.iter().for_each(|(_, value)| moments.add(*value));
        Self {
            metric: curve.metric.clone(),
            mean: moments.mean().map(Number),
            lowest: moments.min().map(Number),
            highest: moments.max().map(Number),
            last: curve.points.last().map(|point| point.value),
            points: curve.points.len(),
            sampled: curve.sampled,
        }
    }
}
