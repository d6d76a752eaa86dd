//! Correlations: textbook values, and laws over any series.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use mlflow_mcp::statistics::correlation::{eta_squared, pearson, ranks, spearman};
use proptest::prelude::*;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12
}

#[test]
fn textbook_series_give_textbook_values() {
    // Anscombe's first set, and the values that every package gives for it.
    let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
    let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    assert!(close(pearson(&x, &y).unwrap(), 0.816_420_516_344_840_1));
    assert!(close(spearman(&x, &y).unwrap(), 90.0 / 110.0));
    // Three groups with means 2, 5 and 8 about 5: 54 of the 60 squares lie between them.
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    assert!(close(eta_squared(&[0, 0, 0, 1, 1, 1, 2, 2, 2], &values).unwrap(), 0.9));
}

#[test]
fn equal_values_share_the_mean_of_their_ranks() {
    assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
    assert_eq!(ranks(&[0.0, -0.0]), [1.5, 1.5]);
    assert!(ranks(&[]).is_empty());
}

#[test]
fn what_does_not_vary_correlates_with_nothing() {
    let steps = [1.0, 2.0, 3.0];
    for still in [[0.0; 3], [0.1; 3]] {
        assert_eq!((pearson(&steps, &still), spearman(&still, &steps)), (None, None));
        assert_eq!(eta_squared(&[0, 1, 1], &still), None);
    }
    assert_eq!((pearson(&[], &[]), pearson(&[1.0], &[2.0]), eta_squared(&[], &[])), (None, None, None));
}

#[test]
fn values_whose_squares_no_double_holds_are_no_trouble() {
    let large = [1e308, -1e308, 5e307, 1e300];
    assert!(close(pearson(&large, &large).unwrap(), 1.0));
    assert!(close(eta_squared(&[0, 1, 2, 3], &large).unwrap(), 1.0));
    let small: Vec<f64> = large.iter().map(|value| value * 1e-308 * 1e-10).collect();
    assert!(close(pearson(&large, &small).unwrap(), 1.0));
}

fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
    // Few different values, so that there are ties.
    prop::collection::vec(((-20..20_i32).prop_map(|n| f64::from(n) / 4.0), -1e3..1e3_f64), 2..60)
}

proptest! {
    #[test]
    fn a_rank_correlation_keeps_what_the_order_keeps(pairs in pairs()) {
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let Some(found) = spearman(&x, &y) else { return Ok(()) };
        prop_assert!((-1.0..=1.0).contains(&found));
        let grown: Vec<f64> = x.iter().map(|x| x.exp()).collect();
        prop_assert!(close(spearman(&grown, &y).unwrap(), found));
        prop_assert!(close(spearman(&y, &x).unwrap(), found));
        let turned: Vec<f64> = x.iter().map(|x| -x).collect();
        prop_assert!(close(spearman(&turned, &y).unwrap(), -found));
        let moved: Vec<f64> = y.iter().map(|y| 3.0 * y - 7.0).collect();
        prop_assert!((pearson(&x, &moved).unwrap() - pearson(&x, &y).unwrap()).abs() < 1e-9);
    }

    #[test]
    fn ranks_add_up_and_follow_the_values(pairs in pairs()) {
        let (x, _): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let ranks = ranks(&x);
        let n = f64::from(u32::try_from(x.len()).unwrap());
        prop_assert_eq!(ranks.iter().sum::<f64>(), n * (n + 1.0) / 2.0);
        for (i, a) in x.iter().enumerate() {
            for (j, b) in x.iter().enumerate() {
                prop_assert_eq!(a < b, ranks[i] < ranks[j]);
            }
        }
    }

    #[test]
    fn more_groups_never_explain_less(pairs in pairs()) {
        let groups: Vec<usize> = (0..pairs.len()).map(|index| index % 4).collect();
        let (_, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let Some(fine) = eta_squared(&groups, &y) else { return Ok(()) };
        let coarse: Vec<usize> = groups.iter().map(|group| group / 2).collect();
        let coarse = eta_squared(&coarse, &y).unwrap();
        prop_assert!((0.0..=1.0).contains(&coarse) && coarse <= fine + 1e-12, "{} {}", coarse, fine);
        let each: Vec<usize> = (0..y.len()).collect();
        prop_assert!(close(eta_squared(&each, &y).unwrap(), 1.0));
        prop_assert!(eta_squared(&vec![7; y.len()], &y).unwrap() < 1e-12);
    }
}
