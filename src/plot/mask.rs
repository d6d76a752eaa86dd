//! How much of each pixel a figure covers.

use ab_glyph_rasterizer::{Rasterizer, point};

use super::canvas::Point;

/// Half of the side of a square as wide as a circle of radius 1 looks.
const SQUARE: f32 = 0.87;

/// Points of a circle, and of the two round ends of a line.
const ROUND: u16 = 16;

/// A figure made of outlines; where they overlap it is not darker.
pub(super) struct Mask {
    width: usize,
    height: usize,
    coverage: Vec<f32>,
    /// Left, right, top and bottom of what may be covered, the right and the bottom not included.
    bounds: [usize; 4],
    rasterizer: Rasterizer,
}

impl Mask {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (coverage, bounds) = (vec![0.0; width * height], [width, 0, height, 0]);
        Self { width, height, coverage, bounds, rasterizer: Rasterizer::new(0, 0) }
    }

    /// Adds what the outline encloses.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "pixels of a picture, checked to be in it"
    )]
    pub(super) fn add(&mut self, outline: &[Point]) {
        let bounds = |axis: usize| {
            let values = || outline.iter().map(|point| point[axis]);
            (values().fold(f32::MAX, f32::min).floor(), values().fold(f32::MIN, f32::max).ceil())
        };
        let ((left, right), (top, bottom)) = (bounds(0), bounds(1));
        // Everything is laid out inside of the picture; what were not would not be drawn.
        if !(left >= 1.0 && top >= 1.0 && right < self.width as f32 && bottom < self.height as f32) {
            return;
        }
        // A line beyond the right edge of the rasterizer would go on at its left.
        let (width, height) = ((right - left) as usize + 2, (bottom - top) as usize + 1);
        let (x, y) = (left as usize, top as usize);
        let [first, last, highest, lowest] = self.bounds;
        self.bounds = [first.min(x), last.max(x + width), highest.min(y), lowest.max(y + height)];
        self.rasterizer.reset(width, height);
        let moved = |at: &Point| point(at[0] - left, at[1] - top);
        for (from, to) in outline.iter().zip(outline.iter().cycle().skip(1)) {
            self.rasterizer.draw_line(moved(from), moved(to));
        }
        let (whole, coverage) = (self.width, &mut self.coverage);
        self.rasterizer.for_each_pixel_2d(|column, row, covered| {
            let place = (y + row as usize) * whole + x + column as usize;
            if let Some(one) = coverage.get_mut(place) {
                *one = one.max(covered.min(1.0));
            }
        });
    }

    /// A line with round ends.
    pub(super) fn line(&mut self, [x0, y0]: Point, [x1, y1]: Point, width: f32) {
        let half = width / 2.0;
        let along = (y1 - y0).atan2(x1 - x0);
        let end = |x: f32, y: f32, from: f32| {
            (0..=ROUND / 2).map(move |n| {
                let turn = from + std::f32::consts::TAU * f32::from(n) / f32::from(ROUND);
                [x + half * turn.cos(), y + half * turn.sin()]
            })
        };
        let quarter = std::f32::consts::FRAC_PI_2;
        let outline: Vec<Point> = end(x1, y1, along - quarter).chain(end(x0, y0, along + quarter)).collect();
        self.add(&outline);
    }

    /// One of the markers: circle, square, triangle, diamond, triangle on its tip, plus, cross.
    pub(super) fn marker(&mut self, shape: usize, [x, y]: Point, radius: f32) {
        let at = |points: &[Point]| -> Vec<Point> {
            points.iter().map(|[dx, dy]| [x + dx * radius, y + dy * radius]).collect()
        };
        let outline = match shape {
            1 => at(&[[-SQUARE, -SQUARE], [SQUARE, -SQUARE], [SQUARE, SQUARE], [-SQUARE, SQUARE]]),
            2 => at(&[[0.0, -1.2], [1.15, 0.85], [-1.15, 0.85]]),
            3 => at(&[[0.0, -1.3], [1.3, 0.0], [0.0, 1.3], [-1.3, 0.0]]),
            4 => at(&[[0.0, 1.2], [-1.15, -0.85], [1.15, -0.85]]),
            5 | 6 => {
                let (long, thin) = (1.25_f32, 0.4_f32);
                let arm = [[thin, -thin], [thin, -long], [-thin, -long]];
                // Four arms, each a quarter further, the last of them first.
                let turned = (0..4_u16).flat_map(|quarter| {
                    let turn = std::f32::consts::FRAC_PI_2 * f32::from(4 - quarter)
                        + if shape == 6 { std::f32::consts::FRAC_PI_4 } else { 0.0 };
                    let (sine, cosine) = turn.sin_cos();
                    arm.map(|[dx, dy]| [dx * cosine - dy * sine, dx * sine + dy * cosine])
                });
                at(&turned.collect::<Vec<Point>>())
            }
            _ => (0..ROUND)
                .map(|n| std::f32::consts::TAU * f32::from(n) / f32::from(ROUND))
                .map(|turn| [x + radius * turn.cos(), y + radius * turn.sin()])
                .collect(),
        };
        self.add(&outline);
    }

    /// The pixels that are covered, and how far.
    pub(super) fn covered(&self) -> impl Iterator<Item = (i32, i32, f32)> {
        let [left, right, top, bottom] = self.bounds;
        let place = move |y: usize| (left..right.min(self.width)).map(move |x| (x, y));
        (top..bottom.min(self.height)).flat_map(place).filter_map(|(x, y)| {
            let coverage = *self.coverage.get(y * self.width + x)?;
            match (i32::try_from(x), i32::try_from(y)) {
                (Ok(x), Ok(y)) if coverage > 0.0 => Some((x, y, coverage)),
                _ => None,
            }
        })
    }
}
