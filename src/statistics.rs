//! Statistics of finite numbers, as exact as doubles allow: sums keep what rounding would lose.
//!
//! NaN and infinity are told apart before ([`Kind`]), so that they are never mixed in.

pub mod correlation;
mod double;
mod line;
mod moments;
mod quantile;
mod student;

pub use line::slope;
pub use moments::Moments;
pub use quantile::quantile;
pub use student::half_width;

/// What a value can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It counts.
    Finite,
    /// It is no number.
    Nan,
    /// It is infinite, or what MLflow's databases hold for that: the largest double.
    Infinite,
}

impl Kind {
    /// The kind of a value.
    #[must_use]
    pub fn of(value: f64) -> Self {
        if value.is_nan() {
            Self::Nan
        } else if value.abs() < f64::MAX {
            Self::Finite
        } else {
            Self::Infinite
        }
    }
}
