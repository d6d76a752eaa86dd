//! What is what, below the chart, where it covers nothing.

use super::canvas::{Canvas, Color};
use super::layout::{LEFT, LINE, Layout, SAMPLE, column_width};
use super::style::Style;
use super::{font, lines};

/// Of a line in the legend, in pixels.
const LENGTH: f32 = 30.0;

/// One entry for each label, by columns.
pub(super) fn draw(canvas: &mut Canvas, layout: &Layout<'_>, labels: &[&str], color: Color, dots: bool) {
    let rows = labels.len().div_ceil(layout.columns).max(1);
    let width = column_width(layout.columns);
    let (mut x, mut y) = (LEFT, layout.legend);
    for (index, label) in labels.iter().enumerate() {
        if index > 0 && index % rows == 0 {
            (x, y) = (x + width, layout.legend);
        }
        lines::sample(canvas, [x, y + font::HEIGHT / 2], LENGTH, Style::of(index), dots);
        let text = font::fitted(label, width - SAMPLE - font::WIDTH);
        font::write(canvas, [x + SAMPLE, y], &text, color);
        y += LINE;
    }
}
