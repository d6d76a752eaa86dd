//! Axes: what stands where.

use super::ticks::{self, Tick};

/// Of the length of an axis, what stays free at each end.
const FREE: f64 = 0.04;

/// A direction of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What the numbers are.
    pub title: String,
    /// How they are placed.
    pub scale: Scale,
}

/// How numbers are placed.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// The same, of whole numbers.
    Whole,
    /// By their logarithms: only what is above zero.
    Log,
    /// Names, one beside the other: 0 is the first.
    Names(Vec<String>),
}

impl Scale {
    /// Whether there is a place for the number.
    #[must_use]
    pub fn shows(&self, value: f64) -> bool {
        value.is_finite() && (*self != Self::Log || value > 0.0)
    }
}

/// The part of an axis that is drawn.
pub(super) struct Span<'a> {
    scale: &'a Scale,
    /// Ends, in logarithms where the scale has them. Halved, because the difference of doubles may be none.
    low: f64,
    high: f64,
}

impl<'a> Span<'a> {
    /// For these values; those that cannot be shown do not count. None without any.
    pub(super) fn of(scale: &'a Scale, values: impl Iterator<Item = f64>) -> Option<Self> {
        if let Scale::Names(names) = scale {
            let all = f64::from(u32::try_from(names.len()).ok()?);
            return (all > 0.0).then_some(Self { scale, low: -0.25, high: all / 2.0 - 0.25 });
        }
        let shown = values.filter(|value| scale.shows(*value)).map(|value| half(scale, value));
        let ends = shown.fold(None, |ends: Option<(f64, f64)>, value| {
            Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        let (low, high) = ends?;
        // Closer to each other than digits tell: as good as one value.
        let least = low.abs().max(high.abs()) * 1e-12;
        let margin = match high - low > least {
            true => (high - low) * FREE,
            false if *scale == Scale::Log => 0.15,
            false if high == 0.0 => 0.5,
            false => high.abs() * 0.1,
        };
        Some(Self { scale, low: low - margin, high: high + margin })
    }

    pub(super) fn scale(&self) -> &Scale {
        self.scale
    }

    /// Where a value is, 0 at the low end and 1 at the high.
    pub(super) fn at(&self, value: f64) -> f64 {
        (half(self.scale, value) - self.low) / (self.high - self.low)
    }

    /// A value, at the nearest end if it is outside.
    pub(super) fn within(&self, value: f64) -> f64 {
        if self.scale.shows(value) { self.at(value).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// About so many places with their numbers.
    pub(super) fn ticks(&self, wanted: i32) -> Vec<Tick> {
        match self.scale {
            Scale::Linear => ticks::linear(self.low, self.high, wanted),
            Scale::Whole => {
                let all = ticks::linear(self.low, self.high, wanted);
                all.into_iter().filter(|tick| tick.value.fract() == 0.0).map(Tick::whole).collect()
            }
            Scale::Log => ticks::logarithmic(2.0 * self.low, 2.0 * self.high, wanted),
            Scale::Names(names) => (0_u32..)
                .zip(names)
                .map(|(place, name)| Tick { value: f64::from(place), label: name.clone() })
                .collect(),
        }
    }
}

fn half(scale: &Scale, value: f64) -> f64 {
    if *scale == Scale::Log { value.log10() / 2.0 } else { value / 2.0 }
}
