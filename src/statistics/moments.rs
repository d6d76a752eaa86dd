//! Count, mean and spread of numbers that pass by once.

use super::double::Double;
use super::half_width;

/// What is known of the numbers so far: the same few bytes however many there were.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    count: usize,
    sum: Double,
    squares: Double,
    min: f64,
    max: f64,
}

impl Moments {
    /// Takes one more finite number.
    pub fn add(&mut self, value: f64) {
        let first = self.count == 0;
        self.min = if first { value } else { self.min.min(value) };
        self.max = if first { value } else { self.max.max(value) };
        self.count += 1;
        self.sum = self.sum + Double::from(value);
        self.squares = self.squares + Double::product(value, value);
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The smallest.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// The largest.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }

    /// Their mean, unless a sum is beyond what doubles hold.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let mean = self.sum.over(count(self.count)).value();
        (self.count > 0 && mean.is_finite()).then_some(mean)
    }

    /// The standard deviation of the sample (divided by one less than the count, as pandas does); of two or more.
    #[must_use]
    pub fn std(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        if self.min == self.max {
            return Some(0.0);
        }
        let about_mean = self.squares - (self.sum * self.sum).over(count(self.count));
        let variance = about_mean.over(count(self.count - 1)).value();
        variance.is_finite().then(|| variance.max(0.0).sqrt())
    }

    /// Where the mean lies with a confidence of 95 %, by Student's t: of two or more.
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        let half = half_width(self.count) * self.std()?;
        let mean = self.mean()?;
        Some([mean - half, mean + half])
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of values are far below 2^53")]
pub(super) fn count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = f64>) -> Moments {
        let mut moments = Moments::default();
        values.into_iter().for_each(|value| moments.add(value));
        moments
    }

    #[test]
    fn a_small_spread_around_a_large_mean_is_kept() {
        let moments = of([1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]);
        assert_eq!((moments.mean(), moments.std()), (Some(1e9 + 10.0), Some(30.0_f64.sqrt())));
    }

    #[test]
    fn equal_values_have_no_spread_at_all() {
        assert_eq!(of([0.1; 7]).std(), Some(0.0));
        assert_eq!(of([0.1; 7]).mean(), Some(0.1));
    }

    #[test]
    fn nothing_has_no_mean_and_one_value_no_spread() {
        let none = of([]);
        assert_eq!((none.count(), none.mean(), none.min(), none.max()), (0, None, None, None));
        let one = of([2.5]);
        assert_eq!((one.mean(), one.std(), one.interval()), (Some(2.5), None, None));
    }

    #[test]
    fn what_doubles_cannot_hold_is_left_out_rather_than_infinite() {
        let moments = of([1e308, 1.5e308]);
        assert_eq!((moments.mean(), moments.std()), (None, None));
        assert_eq!(moments.max(), Some(1.5e308));
    }

    #[test]
    fn the_interval_is_that_of_students_t() {
        // scipy.stats.t.interval(0.95, 4, loc=3, scale=scipy.stats.sem([1, 2, 3, 4, 5]))
        let [low, high] = of([1.0, 2.0, 3.0, 4.0, 5.0]).interval().unwrap();
        assert!((low - 1.036_756_838_522_442_8).abs() < 1e-14, "{low}");
        assert!((high - 4.963_243_161_477_557).abs() < 1e-14, "{high}");
    }
}
