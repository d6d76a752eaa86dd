//! The straight line through points.

use super::double::Double;
use super::moments::count;

/// By how much `y` grows with each `x` on the line of least squares; `None` where all points have one `x`.
#[must_use]
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = count(points.len());
    let (mut x, mut y) = (Double::default(), Double::default());
    for (one, other) in points {
        x = x + Double::from(*one);
        y = y + Double::from(*other);
    }
    let (x, y) = (x.over(n), y.over(n));
    let (mut both, mut square) = (Double::default(), Double::default());
    for (one, other) in points {
        let from_mean = Double::from(*one) - x;
        both = both + from_mean * (Double::from(*other) - y);
        square = square + from_mean * from_mean;
    }
    let slope = both.value() / square.value();
    (points.len() > 1 && slope.is_finite()).then_some(slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_on_a_line_give_its_slope() {
        let line: Vec<(f64, f64)> =
            (0..100).map(|step| (f64::from(step), 3.0 - 0.25 * f64::from(step))).collect();
        assert_eq!(slope(&line), Some(-0.25));
        assert_eq!(slope(&[(1.0, 2.0)]), None);
        assert_eq!(slope(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }
}
