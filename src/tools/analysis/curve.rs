//! How a metric of a run developed.

use std::time::Duration;

use crate::mlflow::Error;
use crate::mlflow::metrics::{self, MAX_SAMPLED, StepRange};
use crate::mlflow::page::Position;
use crate::mlflow::runs::Metric;
use crate::sorted::sort;
use crate::statistics::Kind;
use crate::tool::Context;

/// Points asked for at once where every one is wanted.
const CHUNK: usize = 10_000;

/// The most points of one history that are read: a few megabytes.
const MOST: usize = 200_000;

/// One value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) step: i64,
    pub(super) timestamp: i64,
    pub(super) value: f64,
}

/// The points of a history, by step, then time, then value: the last is what MLflow calls the latest.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Curve {
    pub(super) points: Vec<Point>,
    /// Whether there may be more between, or behind, the points.
    pub(super) sampled: bool,
}

/// At most 2 500 points, which MLflow chooses evenly.
///
/// # Errors
/// See [`Error`]. An unknown run or metric is none: there are no points.
pub(super) async fn sampled(
    cx: &Context<'_>,
    run_id: &str,
    metric: &str,
    steps: Option<StepRange>,
) -> Result<Curve, Error> {
    at_most(cx, run_id, metric, MAX_SAMPLED, steps).await
}

/// At most so many points, which MLflow chooses evenly.
///
/// # Errors
/// As for [`sampled`].
pub(super) async fn at_most(
    cx: &Context<'_>,
    run_id: &str,
    metric: &str,
    points: usize,
    steps: Option<StepRange>,
) -> Result<Curve, Error> {
    let found = metrics::sampled(&cx.client, run_id, metric, points, steps).await?;
    // As many as asked for may be all there are: nobody knows.
    let sampled = found.len() >= points;
    Ok(Curve::of(found.iter().map(Point::from).collect(), sampled))
}

/// Every point, unless there are more than 200 000, or time is up.
///
/// # Errors
/// As for [`sampled`].
pub(super) async fn complete(
    cx: &Context<'_>,
    run_id: &str,
    metric: &str,
    steps: Option<StepRange>,
    end: Duration,
) -> Result<Curve, Error> {
    let few = sampled(cx, run_id, metric, steps).await?;
    if !few.sampled {
        return Ok(few);
    }
    let (mut points, mut from) = (Vec::new(), Position::default());
    let rest = loop {
        let page = metrics::history(&cx.client, run_id, metric, CHUNK, &from).await?;
        points.extend(page.rows.iter().map(Point::from));
        match page.next {
            Some(next) if points.len() < MOST && cx.clock.now() < end => from = next,
            next => break next,
        }
    };
    // MLflow cannot page through a range.
    points.retain(|point: &Point| steps.is_none_or(|steps| (steps.start..=steps.end).contains(&point.step)));
    if rest.is_some() { Ok(few) } else { Ok(Curve::of(points, false)) }
}

impl Curve {
    fn of(mut points: Vec<Point>, sampled: bool) -> Self {
        let before = |a: &Point, b: &Point| {
            (a.step, a.timestamp, a.value).partial_cmp(&(b.step, b.timestamp, b.value))
                == Some(std::cmp::Ordering::Less)
        };
        sort(&mut points, before);
        Self { points, sampled }
    }

    /// Those that are finite.
    pub(super) fn finite(&self) -> impl Iterator<Item = &Point> + Clone {
        self.points.iter().filter(|point| Kind::of(point.value) == Kind::Finite)
    }

    /// The first of the best.
    pub(super) fn best(&self, ascending: bool) -> Option<&Point> {
        self.finite().reduce(|best, point| {
            let better = if ascending { point.value < best.value } else { point.value > best.value };
            if better { point } else { best }
        })
    }
}

impl From<&Metric> for Point {
    fn from(metric: &Metric) -> Self {
        Self { step: metric.step, timestamp: metric.timestamp, value: metric.value.0 }
    }
}

/// How many histories have come.
#[expect(clippy::cast_precision_loss, reason = "counts of histories are far below 2^53")]
pub(super) fn say(cx: &Context<'_>, read: usize, all: usize) {
    cx.progress.report(read as f64, Some(all as f64), &format!("{read} of {all} histories read"));
}
