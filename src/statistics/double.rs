//! A number as the sum of two doubles, of which the second holds what the first has no room for: about 32 digits.
//!
//! The steps are Dekker's and Knuth's: each gives the rounded result and exactly what rounding took from it.

use std::ops::{Add, Mul, Sub};

/// The unevaluated sum of both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Double {
    high: f64,
    low: f64,
}

impl Double {
    /// The nearest double.
    pub(super) fn value(self) -> f64 {
        self.high + self.low
    }

    /// The product of two doubles, exactly, as long as its square root is below 2^498.
    pub(super) fn product(a: f64, b: f64) -> Self {
        let (a_high, a_low) = split(a);
        let (b_high, b_low) = split(b);
        let high = a * b;
        let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
        Self { high, low }
    }

    /// Divided by a double.
    pub(super) fn over(self, divisor: f64) -> Self {
        let first = self.high / divisor;
        let rest = self - Self::product(first, divisor);
        renormalized(first, rest.value() / divisor)
    }
}

impl From<f64> for Double {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Add for Double {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let high = sum(self.high, other.high);
        let low = sum(self.low, other.low);
        let once = renormalized(high.high, high.low + low.high);
        renormalized(once.high, once.low + low.low)
    }
}

impl Sub for Double {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self { high: -other.high, low: -other.low }
    }
}

impl Mul for Double {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        renormalized(product.high, product.low + (self.high * other.low + self.low * other.high))
    }
}

/// The sum of two doubles, exactly.
fn sum(a: f64, b: f64) -> Double {
    let high = a + b;
    let of_b = high - a;
    Double { high, low: (a - (high - of_b)) + (b - of_b) }
}

/// The same where the first is the larger.
fn renormalized(a: f64, b: f64) -> Double {
    let high = a + b;
    Double { high, low: b - (high - a) }
}

/// Two halves of the digits.
fn split(a: f64) -> (f64, f64) {
    const FACTOR: f64 = 134_217_729.0;
    let scaled = FACTOR * a;
    let high = scaled - (scaled - a);
    (high, a - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_double_would_lose_is_kept() {
        let all = [1e16, 1.0, -1e16, 1e-3].map(Double::from).into_iter().reduce(Add::add);
        assert_eq!(all.map(Double::value), Some(1.001));
        // 0.1 is no tenth, nor is 0.01 its square.
        let square = Double::product(0.1, 0.1) - Double::from(0.01);
        assert_eq!(square.value(), 9.020_562_075_079_397e-19);
    }

    #[test]
    fn a_quotient_times_its_divisor_is_the_dividend() {
        let third = Double::from(1.0).over(3.0);
        assert!((third * Double::from(3.0) - Double::from(1.0)).value().abs() < 1e-31);
    }
}
