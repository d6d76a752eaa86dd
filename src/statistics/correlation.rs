//! How two series go together. The values are finite, and there are as many of the one as of the other.

use crate::sorted::sort;

/// Pearson's correlation; `None` below two pairs, or where one of the series does not vary.
#[must_use]
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = (deviations(x)?, deviations(y)?);
    let product: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
    // Rounding may lead a little beyond the ends.
    Some((product / (squares(&x) * squares(&y)).sqrt()).clamp(-1.0, 1.0))
}

/// Spearman's rank correlation: Pearson's of the ranks. `None` as there.
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    pearson(&ranks(x), &ranks(y))
}

/// The correlation ratio eta squared: the share of the values' variance that lies between groups. `groups` has the group
/// of each value, counted from 0. `None` below two values, or where they do not vary.
#[must_use]
pub fn eta_squared(groups: &[usize], values: &[f64]) -> Option<f64> {
    let deviations = deviations(values)?;
    let mut sums = vec![(0.0, 0.0); groups.iter().max()? + 1];
    for (group, deviation) in groups.iter().zip(&deviations) {
        if let Some((count, sum)) = sums.get_mut(*group) {
            *count += 1.0;
            *sum += deviation;
        }
    }
    let between: f64 =
        sums.iter().filter(|(count, _)| *count > 0.0).map(|(count, sum)| sum * sum / count).sum();
    Some((between / squares(&deviations)).clamp(0.0, 1.0))
}

/// Ranks from 1 on; equal values share the mean of theirs.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "places in a list are far below 2^53")]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let order = ascending(values);
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| values.get(*a) == values.get(*b)) {
        let shared = before as f64 + (equal.len() + 1) as f64 / 2.0;
        before += equal.len();
        for index in equal {
            if let Some(rank) = ranks.get_mut(*index) {
                *rank = shared;
            }
        }
    }
    ranks
}

/// The indices of the values in ascending order, equal ones in theirs.
#[must_use]
pub fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    sort(&mut order, |(a, i), (b, j)| a < b || (a == b && i < j));
    order.into_iter().map(|(_, index)| index).collect()
}

/// How far each value is from their mean, in units of the largest, so that no square is too large for a double. `None`
/// below two values, or where they do not vary.
fn deviations(values: &[f64]) -> Option<Vec<f64>> {
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    values.windows(2).any(|pair| pair.first() != pair.last()).then(|| {
        let mut values: Vec<f64> = values.iter().map(|value| value / largest).collect();
        // What the first mean misses by rounding, the second finds.
        for _ in 0..2 {
            let mean = mean(&values);
            values.iter_mut().for_each(|value| *value -= mean);
        }
        values
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}
