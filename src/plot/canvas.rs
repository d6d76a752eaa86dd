//! Pixels.

use super::mask::Mask;

/// Red, green and blue.
pub(super) type Color = [u8; 3];

/// A place in the picture, in pixels from its upper left corner.
pub(super) type Point = [f32; 2];

/// Steps of transparency: as few as nobody sees, so that a palette holds what comes of them.
const STEPS: f32 = 8.0;

/// Around the middle of a marker, in pixels, and of all of it.
const MARGIN: f32 = 12.0;
const LARGEST: usize = 26;

/// A picture while it is drawn, white at first.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<Color>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[255; 3]; width * height] }
    }

    /// Lays a color over a pixel; outside of the picture is nothing.
    pub(super) fn blend(&mut self, x: i32, y: i32, color: Color, opacity: f32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= self.width {
            return;
        }
        let Some(pixel) = self.pixels.get_mut(y * self.width + x) else { return };
        let opacity = (opacity.clamp(0.0, 1.0) * STEPS).round() / STEPS;
        for (channel, value) in pixel.iter_mut().zip(color) {
            *channel = mixed(*channel, value, opacity);
        }
    }

    /// A rectangle of whole pixels.
    pub(super) fn rectangle(&mut self, [x, y]: [i32; 2], [width, height]: [i32; 2], color: Color) {
        for row in y..y + height {
            for column in x..x + width {
                self.blend(column, row, color, 1.0);
            }
        }
    }

    /// What the mask covers, so far to the right and down.
    pub(super) fn draw(&mut self, mask: &Mask, [right, down]: [i32; 2], color: Color, opacity: f32) {
        for (x, y, coverage) in mask.covered() {
            self.blend(x + right, y + down, color, coverage * opacity);
        }
    }

    /// A marker with a white rim, which keeps it apart from what is under it.
    #[expect(clippy::cast_possible_truncation, reason = "a place in a picture")]
    pub(super) fn marker(&mut self, shape: usize, [x, y]: Point, radius: f32, color: Color) {
        let whole = [x.floor(), y.floor()];
        let inside = [x - whole[0] + MARGIN, y - whole[1] + MARGIN];
        let corner = whole.map(|place| (place - MARGIN) as i32);
        for (radius, color) in [(radius + 1.0, [255; 3]), (radius, color)] {
            let mut mask = Mask::new(LARGEST, LARGEST);
            mask.marker(shape, inside, radius);
            self.draw(&mask, corner, color, 1.0);
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
fn mixed(under: u8, over: u8, opacity: f32) -> u8 {
    (f32::from(under) + (f32::from(over) - f32::from(under)) * opacity).round() as u8
}
