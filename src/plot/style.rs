//! What tells one series from another.

use super::canvas::Color;

/// Okabe and Ito's colors without their yellow, which cannot be seen on white: the darkest and most different first.
const COLORS: [(Color, &str); 7] = [
    ([0, 114, 178], "blue"),
    ([213, 94, 0], "vermillion"),
    ([0, 158, 115], "green"),
    ([204, 121, 167], "purple"),
    ([230, 159, 0], "orange"),
    ([86, 180, 233], "sky blue"),
    ([0, 0, 0], "black"),
];

/// Pixels of line and gap in turn; none is a line without gaps.
const DASHES: [&[f32]; 4] = [&[], &[9.0, 5.0], &[1.5, 4.0], &[11.0, 4.0, 1.5, 4.0]];

/// The most series that can be told from each other.
pub const MOST: usize = COLORS.len() * DASHES.len();

/// How a series looks; the marker is the color's.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) color: Color,
    pub(super) marker: usize,
    pub(super) dashes: &'static [f32],
}

impl Style {
    /// Of the series of that number.
    pub(super) fn of(index: usize) -> Self {
        let (marker, dashes) = (index % COLORS.len(), index / COLORS.len() % DASHES.len());
        let color = COLORS.get(marker).map_or([0; 3], |(color, _)| *color);
        Self { color, marker, dashes: DASHES.get(dashes).copied().unwrap_or_default() }
    }
}

/// What the color of the series of that number is called.
#[must_use]
pub fn color(index: usize) -> &'static str {
    COLORS.get(index % COLORS.len()).map_or("", |(_, name)| name)
}
