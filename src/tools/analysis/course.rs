//! How a curve ran, in a few numbers.

use schemars::JsonSchema;
use serde::Serialize;

use super::curve::{Curve, Point};
use crate::mlflow::number::Number;
use crate::statistics::{Kind, slope};

/// Values this near to the last, in parts of the whole range, are as good as equal to it.
const LEVEL: f64 = 0.01;

/// A curve that is level for at least one in so many of its points has a plateau.
const TAIL: usize = 10;

/// The fewest points that make a plateau.
const FEWEST: usize = 3;

/// A value and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct At {
    /// The step.
    pub step: i64,
    /// The value.
    pub value: Number,
}

/// A curve in numbers. NaN and infinite values are counted and not computed with.
#[derive(Serialize, JsonSchema)]
pub struct Course {
    /// How many points were read.
    pub points: usize,
    /// Whether they are a sample: then the numbers are those of the sample.
    pub sampled: bool,
    /// How many are NaN.
    pub nan: usize,
    /// How many are infinite.
    pub infinite: usize,
    /// The first that is not finite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_not_finite: Option<At>,
    /// The first point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<At>,
    /// The last point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<At>,
    /// The smallest value, where it is first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<At>,
    /// The largest value, where it is first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<At>,
    /// By how much it grows with each step, on the straight line of least squares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slope: Option<Number>,
    /// The step from which on it is level: within 1 % of its whole range of its last value, for a tenth of its points or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plateau_from: Option<i64>,
}

impl Course {
    /// Of a curve.
    pub(super) fn of(curve: &Curve) -> Self {
        let count = |kind| curve.points.iter().filter(|point| Kind::of(point.value) == kind).count();
        let odd = |point: &&Point| Kind::of(point.value) != Kind::Finite;
        let line: Vec<(f64, f64)> = curve.finite().map(|point| (steps(point.step), point.value)).collect();
        let (min, max) = (curve.best(true), curve.best(false));
        Self {
            points: curve.points.len(),
            sampled: curve.sampled,
            nan: count(Kind::Nan),
            infinite: count(Kind::Infinite),
            first_not_finite: curve.points.iter().find(odd).map(At::from),
            first: curve.points.first().map(At::from),
            last: curve.points.last().map(At::from),
            min: min.map(At::from),
            max: max.map(At::from),
            slope: slope(&line).map(Number),
            plateau_from: min.zip(max).and_then(|(min, max)| plateau(curve, max.value - min.value)),
        }
    }
}

impl From<&Point> for At {
    fn from(point: &Point) -> Self {
        Self { step: point.step, value: Number(point.value) }
    }
}

/// The step from which on a curve of that range is level.
fn plateau(curve: &Curve, range: f64) -> Option<i64> {
    let finite: Vec<&Point> = curve.finite().collect();
    let last = finite.last()?.value;
    let level = finite.iter().rev().take_while(|point| (point.value - last).abs() <= LEVEL * range);
    let (many, from) = level.fold((0, 0), |(many, _), point| (many + 1, point.step));
    (many >= FEWEST && many * TAIL >= finite.len()).then_some(from)
}

/// The exponential moving average of a curve over about `span` points, as pandas has it: each value counts `span - 1` parts
/// in `span + 1` of the next. What is not finite does not count, and the average stays as it was.
pub(super) fn smoothed(curve: &Curve, span: u16) -> Vec<Option<f64>> {
    let fading = 1.0 - 2.0 / (f64::from(span) + 1.0);
    let (mut sum, mut weight) = (0.0, 0.0);
    let average = |point: &Point| {
        if Kind::of(point.value) == Kind::Finite {
            sum = sum * fading + point.value;
            weight = weight * fading + 1.0;
        }
        (weight > 0.0).then(|| sum / weight)
    };
    curve.points.iter().map(average).collect()
}

#[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53; a slope needs no more digits")]
fn steps(step: i64) -> f64 {
    step as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64]) -> Curve {
        let point = |(step, value): (i64, &f64)| Point { step, timestamp: step, value: *value };
        Curve { points: (0..).zip(values).map(point).collect(), sampled: false }
    }

    #[test]
    fn a_curve_that_stays_where_it_is_has_a_plateau() {
        assert_eq!(Course::of(&curve(&[9.0, 4.0, 1.01, 1.0, 1.0])).plateau_from, Some(2));
        assert_eq!(Course::of(&curve(&[5.0, 4.0, 3.0, 2.0, 1.0])).plateau_from, None);
        assert_eq!(Course::of(&curve(&[2.0; 4])).plateau_from, Some(0));
        // Three level points of forty are its end, and no plateau.
        let falling: Vec<f64> = (0..37).map(|n| f64::from(100 - n)).chain([10.0; 3]).collect();
        assert_eq!(Course::of(&curve(&falling)).plateau_from, None);
    }

    #[test]
    fn what_is_not_finite_is_counted_and_not_computed_with() {
        let course = Course::of(&curve(&[1.0, f64::NAN, 3.0, f64::MAX, 5.0, f64::NEG_INFINITY]));
        assert_eq!((course.points, course.nan, course.infinite), (6, 1, 2));
        assert_eq!(course.slope, Some(Number(1.0)));
        assert_eq!(course.max, Some(At { step: 4, value: Number(5.0) }));
        assert_eq!(course.first_not_finite.map(|at| at.step), Some(1));
        assert_eq!(course.last, Some(At { step: 5, value: Number(f64::NEG_INFINITY) }));
    }

    #[test]
    fn nothing_has_no_course() {
        let course = Course::of(&curve(&[]));
        assert_eq!((course.points, course.last, course.slope, course.plateau_from), (0, None, None, None));
        assert_eq!(Course::of(&curve(&[f64::NAN])).min, None);
    }

    #[test]
    fn an_average_forgets_and_is_not_drawn_to_zero_at_its_beginning() {
        // pandas.Series([1, nan, 3]).ewm(span=3, ignore_na=True).mean()
        assert_eq!(smoothed(&curve(&[1.0, f64::NAN, 3.0]), 3), [Some(1.0), Some(1.0), Some(7.0 / 3.0)]);
        assert_eq!(smoothed(&curve(&[f64::NAN, 2.0]), 9), [None, Some(2.0)]);
        assert_eq!(smoothed(&curve(&[4.0, 2.0]), 1), [Some(4.0), Some(2.0)]);
    }
}
