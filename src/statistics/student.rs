//! Student's distribution.

use super::moments::count;

/// The confidence of intervals: of a hundred of them, five miss.
const CONFIDENCE: f64 = 0.95;

/// The largest quantile there is at that confidence lies below: 12.7, with one degree of freedom.
const BOUND: f64 = 16.0;

/// Half the width of the 95 % confidence interval of a mean of so many values (two or more), in standard deviations of
/// the sample.
#[must_use]
pub fn half_width(values: usize) -> f64 {
    let freedom = values.saturating_sub(1).max(1);
    // By halves, down to neighbouring doubles: it meets the last digit without a derivative.
    let (mut low, mut high) = (0.0, BOUND);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle / count(freedom + 1).sqrt();
        }
        if within(middle, freedom) < CONFIDENCE {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// How probable it is to lie between `-t` and `t`: the finite series for whole degrees of freedom (Abramowitz and
/// Stegun 26.7.3 and 26.7.4).
fn within(t: f64, freedom: usize) -> f64 {
    let n = count(freedom);
    let odd = freedom % 2;
    let hypotenuse = (n + t * t).sqrt();
    let (sine, cosine) = (t / hypotenuse, n.sqrt() / hypotenuse);
    let (mut term, mut series) = (if odd == 1 { cosine } else { 1.0 }, 0.0);
    let mut index = odd;
    while index + 2 <= freedom {
        series += term;
        index += 2;
        term *= cosine * cosine * count(index - 1) / count(index);
    }
    if odd == 1 {
        std::f64::consts::FRAC_2_PI * ((t / n.sqrt()).atan() + sine * series)
    } else {
        sine * series
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // scipy.stats.t.ppf(0.975, n)
        for (freedom, expected) in [
            (1, 12.706_204_736_174_698),
            (2, 4.302_652_729_749_464),
            (3, 3.182_446_305_283_707_8),
            (4, 2.776_445_105_197_793_4),
            (9, 2.262_157_162_798_205),
            (100, 1.983_971_518_523_551_8),
            (9_999, 1.960_201_263_621_357),
        ] {
            let t = half_width(freedom + 1) * count(freedom + 1).sqrt();
            assert!((t / expected - 1.0).abs() < 1e-12, "{freedom}: {t} is not {expected}");
        }
    }
}
