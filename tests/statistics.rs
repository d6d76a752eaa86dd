//! What holds of statistics whatever the numbers are.

#![allow(clippy::unwrap_used, reason = "tests")]

use mlflow_mcp::sorted::sort;
use mlflow_mcp::statistics::{Kind, Moments, quantile, slope};
use proptest::prelude::*;

fn moments(values: &[f64]) -> Moments {
    let mut moments = Moments::default();
    values.iter().for_each(|value| moments.add(*value));
    moments
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    sort(&mut values, |a, b| a < b);
    values
}

/// How far two numbers are apart, in parts of the larger.
fn apart(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { (a - b).abs() / a.abs().max(b.abs()) }
}

fn numbers() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![-1e6..1e6_f64, -1e-6..1e-6_f64, Just(0.5)], 2..200)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_numbers_does_not_matter(values in numbers()) {
        let (there, back) = (moments(&values), moments(&values.iter().rev().copied().collect::<Vec<_>>()));
        prop_assert!(apart(there.mean().unwrap(), back.mean().unwrap()) < 1e-15);
        prop_assert!(apart(there.std().unwrap(), back.std().unwrap()) < 1e-15);
    }

    #[test]
    fn a_mean_lies_between_the_extremes_and_within_its_interval(values in numbers()) {
        let moments = moments(&values);
        let (mean, [low, high]) = (moments.mean().unwrap(), moments.interval().unwrap());
        prop_assert!(moments.min().unwrap() <= mean && mean <= moments.max().unwrap());
        prop_assert!(low <= mean && mean <= high);
    }

    #[test]
    fn powers_of_two_scale_everything_exactly(values in numbers()) {
        let scaled: Vec<f64> = values.iter().map(|value| value * 1_024.0).collect();
        let (small, large) = (moments(&values), moments(&scaled));
        prop_assert_eq!(small.mean().unwrap() * 1_024.0, large.mean().unwrap());
        prop_assert_eq!(small.std().unwrap() * 1_024.0, large.std().unwrap());
        let (small, large) = (ascending(&values), ascending(&scaled));
        prop_assert_eq!(quantile(&small, 0.3).unwrap() * 1_024.0, quantile(&large, 0.3).unwrap());
    }

    /// Whole numbers up to 2^26 have sums and squares that integers hold.
    #[test]
    fn whole_numbers_have_the_spread_that_integers_give(values in prop::collection::vec(-67_108_864..67_108_864_i64, 2..200)) {
        let doubles: Vec<f64> = values.iter().map(|value| *value as f64).collect();
        let (n, sum) = (values.len() as i128, values.iter().map(|value| i128::from(*value)).sum::<i128>());
        let squares: i128 = values.iter().map(|value| i128::from(*value).pow(2)).sum();
        let variance = (n * squares - sum * sum) as f64 / (n * (n - 1)) as f64;
        prop_assert!(apart(moments(&doubles).std().unwrap(), variance.sqrt()) < 1e-15);
        prop_assert!(apart(moments(&doubles).mean().unwrap(), sum as f64 / n as f64) < 1e-15);
    }

    #[test]
    fn quantiles_rise_from_the_least_to_the_largest(values in numbers(), one in 0.0..1.0_f64, other in 0.0..1.0_f64) {
        let sorted = ascending(&values);
        let at = |q| quantile(&sorted, q).unwrap();
        prop_assert!(at(one.min(other)) <= at(one.max(other)));
        prop_assert_eq!((at(0.0), at(1.0)), (sorted[0], sorted[sorted.len() - 1]));
    }

    #[test]
    fn a_slope_turns_with_its_points(values in numbers()) {
        let points: Vec<(f64, f64)> = (0_i32..).map(f64::from).zip(values.iter().copied()).collect();
        let turned: Vec<(f64, f64)> = points.iter().map(|(x, y)| (*x, -y)).collect();
        prop_assert_eq!(slope(&points).unwrap(), -slope(&turned).unwrap());
    }

    #[test]
    fn every_double_is_of_one_kind(value in any::<f64>()) {
        let expected = if value.is_nan() { Kind::Nan } else if value.is_infinite() { Kind::Infinite } else { Kind::Finite };
        prop_assert_eq!(Kind::of(value), expected);
    }
}

#[test]
fn what_mlflow_keeps_of_infinity_is_infinite() {
    assert_eq!((Kind::of(f64::MAX), Kind::of(-f64::MAX)), (Kind::Infinite, Kind::Infinite));
    assert_eq!(Kind::of(1.797e308), Kind::Finite);
}
