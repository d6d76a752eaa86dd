//! Quantiles of numbers that are all there.

use super::moments::count;

/// The quantile at `q`, from 0 to 1, of numbers in ascending order, between neighbours on a straight line: as numpy's
/// default does. The numbers are finite.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index of the slice: from 0 up to its length"
)]
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let place = count(sorted.len().checked_sub(1)?) * q.clamp(0.0, 1.0);
    let below = *sorted.get(place as usize)?;
    let above = *sorted.get(place as usize + 1).unwrap_or(&below);
    let part = place.fract();
    // From the nearer end, so that the ends themselves are met.
    let value =
        if part < 0.5 { below + (above - below) * part } else { above - (above - below) * (1.0 - part) };
    // Neighbours further apart than doubles can say have nothing between.
    Some(value).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        let at = |q| quantile(&sorted, q);
        assert_eq!([at(0.0), at(0.5), at(1.0)], [Some(1.0), Some(3.0), Some(8.0)]);
        assert_eq!([at(0.25), at(0.75)], [Some(1.75), Some(5.0)]);
        assert_eq!((quantile(&[], 0.5), quantile(&[7.0], 0.3)), (None, Some(7.0)));
    }
}
