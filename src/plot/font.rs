//! Text, in one size of one font whose letters are all as wide.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, RasterizedChar, get_raster};

use super::canvas::{Canvas, Color};

/// Pixels from one letter to the next.
pub(super) const WIDTH: i32 = 7;

/// Pixels from one line to the next.
pub(super) const HEIGHT: i32 = 16;

/// What stands for a letter that the font does not have.
const UNKNOWN: char = '\u{fffd}';

/// Between the beginning and the end of what is too long.
const DOTS: &str = "...";

/// Letters, as far as there are any to be drawn.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let invisible = |letter: &char| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}');
    text.chars().filter(move |letter| !invisible(letter))
}

/// Pixels that the text is wide.
pub(super) fn width(text: &str) -> i32 {
    i32::try_from(letters(text).count()).unwrap_or(i32::MAX / WIDTH) * WIDTH
}

/// The text, cut in its middle if it is wider than that: names differ at their ends.
pub(super) fn fitted(text: &str, most: i32) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let kept = usize::try_from(most / WIDTH).unwrap_or(0).saturating_sub(DOTS.len());
    let all: Vec<char> = letters(text).collect();
    let (first, last) = (kept - kept / 2, kept / 2);
    let ends = |letters: &[char]| letters.iter().collect::<String>();
    let beginning = all.get(..first).map_or_else(String::new, ends);
    let end = all.get(all.len() - last..).map_or_else(String::new, ends);
    format!("{beginning}{DOTS}{end}")
}

/// Whether there is a letter in it that cannot be drawn.
pub(super) fn lacks(text: &str) -> bool {
    letters(text).any(|letter| raster(letter).is_none() && !letter.is_whitespace())
}

fn raster(letter: char) -> Option<RasterizedChar> {
    get_raster(letter, FontWeight::Regular, RasterHeight::Size16)
}

/// Writes from there to the right; the place is the upper left corner.
pub(super) fn write(canvas: &mut Canvas, [x, y]: [i32; 2], text: &str, color: Color) {
    each_pixel(text, |along, down, coverage| canvas.blend(x + along, y + down, color, coverage));
}

/// Writes from there upwards; the place is the lower left corner.
pub(super) fn write_up(canvas: &mut Canvas, [x, y]: [i32; 2], text: &str, color: Color) {
    each_pixel(text, |along, down, coverage| canvas.blend(x + down, y - along, color, coverage));
}

fn each_pixel(text: &str, mut draw: impl FnMut(i32, i32, f32)) {
    for (start, letter) in (0..).step_by(7).zip(letters(text)) {
        let letter = if letter.is_whitespace() { ' ' } else { letter };
        let Some(raster) = raster(letter).or_else(|| raster(UNKNOWN)) else { continue };
        for (down, row) in (0..).zip(raster.rows()) {
            for (along, coverage) in (0..).zip(row).filter(|(_, coverage)| **coverage > 0) {
                draw(start + along, down, f32::from(*coverage) / 255.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_in_their_middle() {
        assert_eq!(fitted("abcdefghij", 70), "abcdefghij");
        assert_eq!(fitted("abcdefghijk", 70), "abcd...ijk");
        assert_eq!(fitted("größe", 14), "...");
    }

    #[test]
    fn what_the_font_does_not_have_is_known() {
        assert!(!lacks("größe \"a/b c\" µ ×\t"));
        assert!(lacks("run 🚀"));
        assert_eq!(width("🚀\u{fe0f}"), WIDTH);
    }
}
