//! How a metric developed, in numbers that a rule can be stated on.

use schemars::JsonSchema;
use serde::Serialize;

use super::naming::{Better, Naming};
use crate::mlflow::number::Number;
use crate::mlflow::runs::Metric;
use crate::statistics::{Kind, Moments};

/// Parts of a curve whose means are compared.
const PARTS: usize = 5;

/// With fewer finite points than this, a trend would be a guess.
const LEAST: usize = 10;

/// Within this share of the difference between the highest and the lowest part, parts count as equal.
const EQUAL: f64 = 0.05;

/// So many standard errors of a part's mean count as noise: of noise alone, the highest and the lowest of five means are
/// further apart once in 250 times.
const ERRORS: f64 = 5.0;

/// A curve whose parts differ by less than this share of the largest does not move.
const STILL: f64 = 0.001;

/// How a curve ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Its last value is not a number or infinite, or it ends worse than it began.
    Diverged,
    /// It did not get better in the last three fifths, or never moved.
    Plateau,
    /// It got better and then stayed there.
    Converged,
    /// It still gets better.
    Improving,
    /// It was better before.
    Worsening,
    /// Of a metric whose better values nobody knows.
    Rising,
    /// As before.
    Falling,
    /// As before: it stays.
    Settled,
    /// Fewer than ten finite points.
    TooFewPoints,
}

/// A metric's history, or an even sample of it, in the order in which it was logged.
pub(super) struct Curve {
    pub(super) metric: String,
    pub(super) better: Better,
    /// Whether points between these may be left out.
    pub(super) sampled: bool,
    pub(super) points: Vec<Metric>,
    /// Those whose value is finite, as step and value.
    pub(super) finite: Vec<(i64, f64)>,
    pub(super) parts: Option<Parts>,
}

/// The means of the fifths of a curve's finite points.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    pub(super) means: [f64; PARTS],
    /// What counts as equal between two of them.
    pub(super) tolerance: f64,
    still: bool,
}

impl Curve {
    pub(super) fn of(metric: &str, points: Vec<Metric>, sampled: bool) -> Self {
        let finite: Vec<(i64, f64)> = points
            .iter()
            .filter(|point| Kind::of(point.value.0) == Kind::Finite)
            .map(|point| (point.step, point.value.0))
            .collect();
        let better = Naming::of(metric).better();
        Self { metric: metric.to_owned(), better, sampled, points, parts: Parts::of(&finite), finite }
    }

    /// The first point of that kind.
    pub(super) fn first(&self, kind: Kind) -> Option<usize> {
        self.points.iter().position(|point| Kind::of(point.value.0) == kind)
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.points.iter().filter(|point| Kind::of(point.value.0) == kind).count()
    }

    /// Whether the last value is one to go on with.
    pub(super) fn ends_finite(&self) -> bool {
        self.points.last().is_none_or(|point| Kind::of(point.value.0) == Kind::Finite)
    }

    /// The steps of the first and last point of a fifth.
    pub(super) fn steps_of_part(&self, part: usize) -> Option<(i64, i64)> {
        let (from, to) = bounds(self.finite.len(), part);
        let points = self.finite.get(from..to)?;
        Some((points.first()?.0, points.last()?.0))
    }

    /// The mean of the finite values that were logged from one step to another.
    pub(super) fn mean_over(&self, (from, to): (i64, i64)) -> Option<f64> {
        let mut moments = Moments::default();
        for (_, value) in self.finite.iter().filter(|(step, _)| (from..=to).contains(step)) {
            moments.add(*value);
        }
        moments.mean()
    }

    pub(super) fn trend(&self) -> Trend {
        if !self.ends_finite() {
            return Trend::Diverged;
        }
        let Some(parts) = self.parts else { return Trend::TooFewPoints };
        match self.better {
            Better::Unknown => parts.direction(),
            Better::Lower => parts.trend(1.0),
            Better::Higher => parts.trend(-1.0),
        }
    }

    pub(super) fn record(&self) -> CurveRecord {
        let extreme = |better: fn(f64, f64) -> bool| {
            self.finite.iter().copied().reduce(|one, other| if better(other.1, one.1) { other } else { one })
        };
        let extreme = |better| extreme(better).map(|(step, value)| StepValue { step, value: Number(value) });
        CurveRecord {
            metric: self.metric.clone(),
            better: self.better,
            trend: self.trend(),
            points: self.points.len(),
            sampled: self.sampled,
            first: self.points.first().map(StepValue::of),
            last: self.points.last().map(StepValue::of),
            lowest: extreme(|a, b| a < b),
            highest: extreme(|a, b| a > b),
            nan: self.count(Kind::Nan),
            infinite: self.count(Kind::Infinite),
            fifths: self.parts.map(|parts| parts.means.map(Number).to_vec()).unwrap_or_default(),
        }
    }
}

impl Parts {
    fn of(finite: &[(i64, f64)]) -> Option<Self> {
        if finite.len() < LEAST {
            return None;
        }
        let mut means = [0.0; PARTS];
        for (part, mean) in means.iter_mut().enumerate() {
            let (from, to) = bounds(finite.len(), part);
            let mut moments = Moments::default();
            finite.get(from..to)?.iter().for_each(|(_, value)| moments.add(*value));
            *mean = moments.mean()?;
        }
        let highest = means.into_iter().fold(f64::MIN, f64::max);
        let lowest = means.into_iter().fold(f64::MAX, f64::min);
        let noise = ERRORS * standard_error(finite);
        let extent = highest - lowest;
        let still = extent <= noise.max(STILL * highest.abs().max(lowest.abs()));
        Some(Self { means, tolerance: noise.max(EQUAL * extent), still })
    }

    /// The fifth with the best mean, the first of equal ones; `sign` is 1 where lower is better and -1 where higher is.
    pub(super) fn best(&self, sign: f64) -> usize {
        let worse = |one: usize, other: usize| sign * self.mean(other) < sign * self.mean(one);
        (1..PARTS).fold(0, |best, part| if worse(best, part) { part } else { best })
    }

    pub(super) fn mean(&self, part: usize) -> f64 {
        self.means.get(part).copied().unwrap_or(f64::NAN)
    }

    fn trend(&self, sign: f64) -> Trend {
        let [first, _, third, before, last] = self.means.map(|mean| sign * mean);
        if self.still {
            Trend::Plateau
        } else if last - first > self.tolerance {
            Trend::Diverged
        } else if last - sign * self.mean(self.best(sign)) > self.tolerance {
            Trend::Worsening
        } else if before - last > self.tolerance {
            Trend::Improving
        } else if third - last <= self.tolerance {
            Trend::Plateau
        } else {
            Trend::Converged
        }
    }

    fn direction(&self) -> Trend {
        let [.., before, last] = self.means;
        if self.still || (last - before).abs() <= self.tolerance {
            Trend::Settled
        } else if last > before {
            Trend::Rising
        } else {
            Trend::Falling
        }
    }
}

/// Where a fifth of so many points begins, and before which it ends.
fn bounds(points: usize, part: usize) -> (usize, usize) {
    (part * points / PARTS, (part + 1) * points / PARTS)
}

/// The standard error of the mean of a fifth, from how far each point is from the middle of its neighbours: a steady trend
/// adds nothing to that.
#[expect(clippy::cast_precision_loss, reason = "counts of points are far below 2^53")]
fn standard_error(finite: &[(i64, f64)]) -> f64 {
    let largest = finite.iter().fold(0.0_f64, |most, (_, value)| most.max(value.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let mut squares = 0.0;
    for three in finite.windows(3) {
        if let [(_, before), (_, between), (_, after)] = three {
            // In units of the largest, whose square may be more than a double holds.
            let bend = before / largest - 2.0 * (between / largest) + after / largest;
            squares += bend * bend;
        }
    }
    // Of independent errors, the square of such a bend is six times their variance.
    let variance = squares / (6 * (finite.len() - 2)) as f64;
    largest * (variance / (finite.len() / PARTS) as f64).sqrt()
}

/// A metric's curve.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CurveRecord {
    /// Its name.
    pub metric: String,
    /// Which values are better, by the name.
    pub better: Better,
    /// How it ends.
    pub trend: Trend,
    /// Points that were looked at.
    pub points: usize,
    /// Whether they are an even sample of more.
    pub sampled: bool,
    /// The first logged.
    #[schemars(extend("x-nullable" = true))]
    pub first: Option<StepValue>,
    /// The last logged.
    #[schemars(extend("x-nullable" = true))]
    pub last: Option<StepValue>,
    /// The lowest finite one.
    #[schemars(extend("x-nullable" = true))]
    pub lowest: Option<StepValue>,
    /// The highest finite one.
    #[schemars(extend("x-nullable" = true))]
    pub highest: Option<StepValue>,
    /// Points that are no numbers.
    pub nan: usize,
    /// Points that are infinite.
    pub infinite: usize,
    /// Means of the five fifths of the finite points, with ten or more.
    pub fifths: Vec<Number>,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct StepValue {
    /// The step.
    pub step: i64,
    /// The value.
    pub value: Number,
}

impl StepValue {
    fn of(metric: &Metric) -> Self {
        Self { step: metric.step, value: metric.value }
    }
}
