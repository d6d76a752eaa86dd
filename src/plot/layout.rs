//! Where everything is.

use super::axis::{Scale, Span};
use super::canvas::Point;
use super::font;
use super::ticks::Tick;

/// A place in the picture, in pixels.
pub(super) type Place = Point;

/// Of the whole picture.
const WIDTH: i32 = 800;

/// Of the part with the numbers.
const HEIGHT: i32 = 380;

/// Free space at the edges.
const EDGE: i32 = 16;

/// The longest name at an axis, where names stand upright.
const UPRIGHT: i32 = 24 * font::WIDTH;

/// The narrowest in which a name may lie.
const LYING: i32 = 12 * font::WIDTH;

/// From one line of the legend to the next.
pub(super) const LINE: i32 = 20;

/// What a label in the legend has before and behind it.
pub(super) const SAMPLE: i32 = 40;

/// More labels than this stand in several columns, even if they have to be cut for that.
const LONG: usize = 8;

pub(super) struct Layout<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Left, right, top and bottom of the part with the numbers.
    pub(super) area: [i32; 4],
    pub(super) x_ticks: Vec<Tick>,
    pub(super) x_places: Vec<i32>,
    pub(super) y_ticks: Vec<Tick>,
    pub(super) y_places: Vec<i32>,
    /// Whether what is written at the lower axis stands upright.
    pub(super) upright: bool,
    /// How wide it may be.
    pub(super) widest: i32,
    /// Top of the lower axis' title.
    pub(super) title: i32,
    /// Top of the legend, and its columns.
    pub(super) legend: i32,
    pub(super) columns: usize,
    x: Option<Span<'a>>,
    y: Option<Span<'a>>,
}

impl<'a> Layout<'a> {
    pub(super) fn of(x: Option<Span<'a>>, y: Option<Span<'a>>, labels: &[&str]) -> Self {
        let widest = |ticks: &[Tick]| ticks.iter().map(|tick| font::width(&tick.label)).max().unwrap_or(0);
        let y_ticks = y.as_ref().map_or_else(Vec::new, |y| y.ticks(6));
        let left = EDGE + font::HEIGHT + 8 + widest(&y_ticks);
        let (right, top) = (WIDTH - EDGE - 8, EDGE);
        let bottom = top + HEIGHT;
        let mut layout = Self {
            width: size(WIDTH),
            height: 0,
            area: [left, right, top, bottom],
            x_ticks: Vec::new(),
            x_places: Vec::new(),
            y_places: Vec::new(),
            y_ticks,
            upright: false,
            widest: i32::MAX,
            title: 0,
            legend: 0,
            columns: columns(labels),
            x,
            y,
        };
        layout.y_places = layout.y_ticks.iter().map(|tick| pixel(layout.height_of(tick.value))).collect();
        layout.choose_x_ticks();
        let labels_below =
            if layout.upright { widest(&layout.x_ticks).min(layout.widest) } else { font::HEIGHT };
        layout.title = bottom + 14 + labels_below;
        layout.legend = layout.title + font::HEIGHT + 10;
        let rows = i32::try_from(labels.len().div_ceil(layout.columns)).unwrap_or(0);
        layout.height = size(layout.legend + rows * LINE + EDGE / 2);
        layout
    }

    /// As many as have room beside each other.
    fn choose_x_ticks(&mut self) {
        let [left, right, ..] = self.area;
        let Some(x) = &self.x else { return };
        for wanted in [9, 7, 6, 5, 4, 3, 2, 1] {
            let ticks = x.ticks(wanted);
            let places = ticks.iter().map(|tick| pixel(self.width_of(tick.value))).collect::<Vec<i32>>();
            let width = |index: usize| ticks.get(index).map_or(0, |tick: &Tick| font::width(&tick.label));
            let free = |pair: &[i32], index: usize| match pair {
                [one, next] => next - one - (width(index) + width(index + 1)) / 2,
                _ => i32::MAX,
            };
            let least = places.windows(2).enumerate().map(|(index, pair)| free(pair, index)).min();
            let enough = least.is_none_or(|least| least >= 16);
            let names = x.names();
            (self.x_ticks, self.x_places) = (ticks, places);
            if let Some(all) = names.filter(|_| !enough) {
                let each = (right - left) / all.max(1);
                self.upright = each < LYING;
                self.widest = if self.upright { UPRIGHT } else { each - 10 };
            }
            if enough || names.is_some() {
                self.widest = self.widest.min(right - left);
                return;
            }
        }
    }

    /// Where a point is.
    pub(super) fn place(&self, [x, y]: [f64; 2]) -> Place {
        [self.width_of(x), self.height_of(y)]
    }

    pub(super) fn middle(&self) -> [i32; 2] {
        let [left, right, top, bottom] = self.area;
        [i32::midpoint(left, right), i32::midpoint(top, bottom)]
    }

    fn width_of(&self, x: f64) -> f32 {
        let [left, right, ..] = self.area;
        let at = self.x.as_ref().map_or(0.5, |span| span.within(x));
        float(f64::from(left) + at * f64::from(right - left))
    }

    fn height_of(&self, y: f64) -> f32 {
        let [.., top, bottom] = self.area;
        let at = self.y.as_ref().map_or(0.5, |span| span.within(y));
        float(f64::from(bottom) - at * f64::from(bottom - top))
    }
}

/// Side by side, as many as have room, up to four.
fn columns(labels: &[&str]) -> usize {
    let widest = labels.iter().map(|label| font::width(label)).max().unwrap_or(0);
    let room = WIDTH - 2 * EDGE;
    let fitting = size(room / (widest + SAMPLE + EDGE).max(1)).clamp(1, 4);
    let least = if labels.len() > LONG { 2 } else { 1 };
    fitting.max(least).min(labels.len().max(1))
}

/// Of each column of the legend.
pub(super) fn column_width(columns: usize) -> i32 {
    (WIDTH - 2 * EDGE) / i32::try_from(columns).unwrap_or(1).max(1)
}

/// The left end of the legend.
pub(super) const LEFT: i32 = EDGE;

fn size(pixels: i32) -> usize {
    usize::try_from(pixels).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "a place in a picture of 800 pixels")]
fn float(place: f64) -> f32 {
    place as f32
}

#[expect(clippy::cast_possible_truncation, reason = "a place in a picture of 800 pixels")]
fn pixel(place: f32) -> i32 {
    place.round() as i32
}

impl Span<'_> {
    /// How many names there are, if there are names.
    fn names(&self) -> Option<i32> {
        match self.scale() {
            Scale::Names(names) => i32::try_from(names.len()).ok(),
            _ => None,
        }
    }
}
