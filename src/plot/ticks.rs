//! Round numbers along an axis.

use super::decimals::{alone, exponent, power, written};

/// More than anybody wants; ends what rounding might make endless.
const MOST: usize = 40;

/// A place on an axis.
#[derive(Debug)]
pub(super) struct Tick {
    pub(super) value: f64,
    /// Empty where there is a line without a number.
    pub(super) label: String,
}

impl Tick {
    /// Without a fraction, where the ticks beside it had some.
    pub(super) fn whole(mut self) -> Self {
        if let Some((whole, fraction)) = self.label.split_once('.')
            && fraction.bytes().all(|digit| digit == b'0')
        {
            self.label = whole.to_owned();
        }
        self
    }
}

/// Multiples of 1, 2 or 5 between twice these, so that there are about so many.
pub(super) fn linear(half_low: f64, half_high: f64, wanted: i32) -> Vec<Tick> {
    // Half of the range first: the whole may be no double.
    let least = (half_high - half_low) / f64::from(wanted.max(1)) * 2.0;
    if !(least > 0.0 && least.is_finite()) {
        return Vec::new();
    }
    let size = exponent(least);
    let scale = power(size);
    let (multiple, size) = match least / scale {
        one if one <= 1.0 => (1.0, size),
        two if two <= 2.0 => (2.0, size),
        five if five <= 5.0 => (5.0, size),
        _ => (1.0, size + 1),
    };
    let place = |count: f64| match size < 0 {
        // Divided by a whole number, the nearest double to the decimal comes out.
        true if size > -300 => count * multiple / power(-size),
        _ => count * multiple * power(size),
    };
    let step = place(1.0);
    let (first, last) = ((half_low / step * 2.0).ceil(), (half_high / step * 2.0).floor());
    let largest = exponent(half_low.abs().max(half_high.abs()) * 2.0);
    let counts = std::iter::successors(Some(first), |count| Some(count + 1.0));
    let counts = counts.take_while(|count| *count <= last).take(MOST);
    // The largest number that is shown decides on the form of all.
    let largest =
        counts.clone().map(place).filter(|value| *value != 0.0).map(exponent).max().unwrap_or(largest);
    counts.map(place).map(|value| Tick { value, label: written(value, size, largest) }).collect()
}

/// Powers of ten between these, and what is between powers where there are few.
#[expect(clippy::cast_possible_truncation, reason = "between -324 and 308")]
pub(super) fn logarithmic(low: f64, high: f64, wanted: i32) -> Vec<Tick> {
    let (first, last) = (low.ceil() as i32, high.floor() as i32);
    let powers = last - first + 1;
    if powers > 2 {
        let each = (powers + wanted - 1) / wanted.max(1);
        let labelled = |size: &i32| size.rem_euclid(each.max(1)) == 0;
        let tick = |size: i32| Tick { value: power(size), label: alone(power(size)) };
        return (first..=last).filter(labelled).map(tick).collect();
    }
    let between = (first - 1..=last).flat_map(|size| [1.0, 2.0, 5.0].map(|multiple| multiple * power(size)));
    let inside = |value: &f64| (low..=high).contains(&value.log10());
    let found: Vec<Tick> = between.filter(inside).map(|value| Tick { value, label: alone(value) }).collect();
    if found.len() > 2 {
        return found;
    }
    // Less than a power: as on a scale without logarithms.
    linear(10_f64.powf(low) / 2.0, 10_f64.powf(high) / 2.0, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        for (low, high, expected) in [
            (0.0, 1.0, "0 0.2 0.4 0.6 0.8 1.0"),
            (-1.0, 1.0, "-1.0 -0.5 0 0.5 1.0"),
            (0.0, 100_000.0, "0 20k 40k 60k 80k 100k"),
            (0.0, 3e-12, "0 0.5e-12 1.0e-12 1.5e-12 2.0e-12 2.5e-12 3.0e-12"),
            (1e9, 1e9 + 2.0, "1000000000.0 1000000000.5 1000000001.0 1000000001.5 1000000002.0"),
            (-8e-4, -2e-4, "-8e-4 -7e-4 -6e-4 -5e-4 -4e-4 -3e-4 -2e-4"),
        ] {
            assert_eq!(labels(&linear(low / 2.0, high / 2.0, 6)).join(" "), expected);
        }
        let whole = linear(0.0, 1.5, 6).into_iter().filter(|tick| tick.value.fract() == 0.0).map(Tick::whole);
        assert_eq!(labels(&whole.collect::<Vec<_>>()), ["0", "1", "2", "3"]);
        assert_eq!(labels(&linear(-8e307, 8e307, 6)), ["-1e308", "0", "1e308"]);
        assert!(linear(1.0, 1.0, 6).is_empty());
    }

    #[test]
    fn logarithms_have_powers_or_what_is_between() {
        assert_eq!(labels(&logarithmic(-6.1, 0.1, 8)), ["1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]);
        assert_eq!(labels(&logarithmic(-0.1, 1.1, 8)), ["1", "2", "5", "10"]);
        assert_eq!(labels(&logarithmic(0.02, 0.2, 4)), ["1.2", "1.4"]);
        assert!(logarithmic(-300.0, 300.0, 8).len() <= 9);
    }
}
