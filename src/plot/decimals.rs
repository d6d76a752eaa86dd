//! Numbers at axes: as short as they can be and still differ.

/// From here on numbers have an exponent; nobody reads a peta.
const LARGE: i32 = 15;

/// Below this, too: 0.001 is the smallest that is read at a glance.
const SMALL: i32 = -3;

/// Thousands, in powers of ten, and their letters.
const UNITS: [(i32, &str); 4] = [(12, "T"), (9, "G"), (6, "M"), (3, "k")];

/// Digits behind the point that still look like a short number with a letter.
const SHORT: i32 = 2;

/// The most digits that a double has.
const DIGITS: i32 = 17;

/// A number on an axis whose steps are of `10^step`, and whose largest number is of `10^size`.
pub(super) fn written(value: f64, step: i32, size: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(SMALL..LARGE).contains(&size) {
        let behind = digits(size - step);
        return format!("{:.behind$}e{size}", value / power(size));
    }
    if size > SMALL.abs()
        && let Some((thousands, letter)) = UNITS.into_iter().find(|(thousands, _)| size >= *thousands)
        && thousands - step <= SHORT + 1
    {
        let behind = digits(thousands - step);
        return trimmed(format!("{:.behind$}", value / power(thousands))) + letter;
    }
    let behind = digits(-step);
    format!("{value:.behind$}")
}

/// A number that stands by itself, to three digits.
pub(super) fn alone(value: f64) -> String {
    let size = exponent(value);
    if (SMALL..LARGE).contains(&size) {
        trimmed(written(value, size - 2, size))
    } else {
        let mantissa = trimmed(format!("{:.2}", value / power(size)));
        format!("{mantissa}e{size}")
    }
}

fn digits(count: i32) -> usize {
    usize::try_from(count.clamp(0, DIGITS)).unwrap_or(0)
}

/// Without zeros behind the point that say nothing.
fn trimmed(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The power of ten that a number is of: 2 for 100 to 999.
#[expect(clippy::cast_possible_truncation, reason = "between -324 and 308")]
pub(super) fn exponent(value: f64) -> i32 {
    let about = value.abs().log10().floor() as i32;
    // Logarithms are rounded: that of 1000 may be a little less than 3.
    if power(about + 1) <= value.abs() { about + 1 } else { about }
}

/// A power of ten, as exact as doubles have it.
pub(super) fn power(exponent: i32) -> f64 {
    // A product of powers would be rounded several times; the digits of a text are read exactly.
    format!("1e{exponent}").parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_their_steps_want() {
        for (value, step, size, expected) in [
            (0.0, -1, 0, "0"),
            (0.5, -1, 0, "0.5"),
            (2.0, 0, 0, "2"),
            (-0.25, -2, -1, "-0.25"),
            (2_000.0, 3, 3, "2000"),
            (20_000.0, 4, 4, "20k"),
            (12_500.0, 2, 4, "12.5k"),
            (1_500_000.0, 5, 6, "1.5M"),
            (1e12, 11, 12, "1T"),
            (1_000_000_003.0, 0, 9, "1000000003"),
            (2e-12, -12, -12, "2e-12"),
            (1.5e-4, -5, -4, "1.5e-4"),
            (3e20, 20, 20, "3e20"),
        ] {
            assert_eq!(written(value, step, size), expected);
        }
    }

    #[test]
    fn a_number_by_itself_has_three_digits() {
        for (value, expected) in [(1e-12, "1e-12"), (0.05, "0.05"), (1_000.0, "1000"), (1e6, "1M")] {
            assert_eq!(alone(value), expected);
        }
        assert_eq!((exponent(1_000.0), exponent(999.9), exponent(1e-5)), (3, 2, -5));
    }
}
