//! A chart and its picture.

use super::axis::{Axis, Scale, Span};
use super::canvas::{Canvas, Color};
use super::layout::{Layout, Place};
use super::style::{MOST, Style};
use super::{font, legend, lines, png};

const TEXT: Color = [40; 3];
const FRAME: Color = [110; 3];
const GRID: Color = [226; 3];

/// How strong the color of a band is.
const BAND: f32 = 0.2;

/// Of a dot, in pixels.
const RADIUS: f32 = 4.0;

/// What is written where nothing is drawn.
const NOTHING: &str = "nothing that can be drawn";

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Chart {
    /// To the right.
    pub x: Axis,
    /// Upwards: linear or logarithmic.
    pub y: Axis,
    /// At most [`MOST`].
    pub series: Vec<Series>,
}

/// What belongs together.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// What it is, for the legend.
    pub label: String,
    /// Where it goes, in order: x and y. One that is not finite, or has no place on the scale, is a gap.
    pub points: Vec<[f64; 2]>,
    /// An area along it: x, lower and upper end; gaps likewise.
    pub band: Vec<[f64; 3]>,
    /// Dots, which no line connects.
    pub dots: bool,
}

/// A drawn chart.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The file.
    pub png: Vec<u8>,
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Whether there are letters in it that the font does not have, drawn as a question mark.
    pub unknown_letters: bool,
}

impl Chart {
    /// The picture.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let series = self.series.get(..MOST).unwrap_or(&self.series);
        let shown = |[x, y]: &[f64; 2]| self.x.scale.shows(*x) && self.y.scale.shows(*y);
        let points = || series.iter().flat_map(|one| one.points.iter().copied().filter(shown));
        let ends = |[x, low, high]: [f64; 3]| [[x, low], [x, high]];
        let bands = || series.iter().flat_map(|one| one.band.iter().copied().flat_map(ends)).filter(shown);
        let both = || points().chain(bands());
        let x = Span::of(&self.x.scale, both().map(|[x, _]| x));
        let y = Span::of(&self.y.scale, both().map(|[_, y]| y));
        let labels: Vec<&str> = series.iter().map(|one| one.label.as_str()).collect();
        let layout = Layout::of(x, y, &labels);
        let mut canvas = Canvas::new(layout.width, layout.height);
        self.frame(&mut canvas, &layout);
        for (index, one) in series.iter().enumerate() {
            lines::band(&mut canvas, &layout, &self.area(&layout, one), Style::of(index).color, BAND);
        }
        for (index, one) in series.iter().enumerate() {
            let places = one.points.iter().map(|at| shown(at).then(|| layout.place(*at)));
            if one.dots {
                let style = Style::of(index);
                places.flatten().for_each(|at| canvas.marker(style.marker, at, RADIUS, style.color));
            } else {
                lines::curve(&mut canvas, places, Style::of(index), [index, series.len()]);
            }
        }
        if points().next().is_none() {
            let [x, y] = layout.middle();
            font::write(&mut canvas, [x - font::width(NOTHING) / 2, y - font::HEIGHT / 2], NOTHING, FRAME);
        }
        let dots = series.iter().any(|one| one.dots);
        legend::draw(&mut canvas, &layout, &labels, TEXT, dots);
        let mut texts = vec![self.x.title.as_str(), &self.y.title];
        texts.extend(labels);
        texts.extend(layout.x_ticks.iter().map(|tick| tick.label.as_str()));
        Picture {
            png: png::encode(&canvas),
            width: layout.width,
            height: layout.height,
            unknown_letters: texts.into_iter().any(font::lacks),
        }
    }

    /// The ends of a band in pixels.
    fn area(&self, layout: &Layout<'_>, series: &Series) -> Vec<Option<[Place; 2]>> {
        let ends = |[x, low, high]: &[f64; 3]| {
            let there = self.x.scale.shows(*x) && self.y.scale.shows(*high) && !low.is_nan();
            there.then(|| [layout.place([*x, *high]), layout.place([*x, *low])])
        };
        series.band.iter().map(ends).collect()
    }

    /// All but the numbers themselves.
    fn frame(&self, canvas: &mut Canvas, layout: &Layout<'_>) {
        let [left, right, top, bottom] = layout.area;
        for (tick, y) in layout.y_ticks.iter().zip(&layout.y_places) {
            canvas.rectangle([left, *y], [right - left, 1], GRID);
            canvas.rectangle([left - 4, *y], [4, 1], FRAME);
            let x = left - 8 - font::width(&tick.label);
            font::write(canvas, [x, y - font::HEIGHT / 2], &tick.label, TEXT);
        }
        for (tick, x) in layout.x_ticks.iter().zip(&layout.x_places) {
            if !matches!(self.x.scale, Scale::Names(_)) {
                canvas.rectangle([*x, top], [1, bottom - top], GRID);
            }
            canvas.rectangle([*x, bottom], [1, 4], FRAME);
            let label = font::fitted(&tick.label, layout.widest);
            let wide = font::width(&label);
            if layout.upright {
                font::write_up(canvas, [x - font::HEIGHT / 2, bottom + 8 + wide], &label, TEXT);
            } else {
                let most = i32::try_from(layout.width).unwrap_or(i32::MAX) - wide - 2;
                font::write(canvas, [(x - wide / 2).clamp(2, most), bottom + 7], &label, TEXT);
            }
        }
        canvas.rectangle([left, top], [1, bottom - top], FRAME);
        canvas.rectangle([left, bottom], [right - left, 1], FRAME);
        let title = font::fitted(&self.x.title, right - left);
        let start = (left + right - font::width(&title)) / 2;
        font::write(canvas, [start, layout.title], &title, TEXT);
        let title = font::fitted(&self.y.title, bottom - top);
        let end = (top + bottom + font::width(&title)) / 2;
        font::write_up(canvas, [8, end], &title, TEXT);
    }
}
