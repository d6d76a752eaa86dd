//! PNG with a palette: charts have few colors, and so take a few kilobytes.

use std::collections::BTreeMap;

use super::canvas::{Canvas, Color};
use crate::sorted::sort;

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

/// Colors of a palette.
const MOST: usize = 256;

/// How hard to look for a shorter encoding, of 10.
const EFFORT: u8 = 8;

/// The file.
pub(super) fn encode(canvas: &Canvas) -> Vec<u8> {
    let (palette, places) = palette(&canvas.pixels);
    let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let mut header = [size(canvas.width), size(canvas.height)].concat();
    // Eight bits, with a palette; the only compression and filters that there are; no interlacing.
    header.extend([8, 3, 0, 0, 0]);
    let mut rows = Vec::with_capacity((canvas.width + 1) * canvas.height);
    for row in canvas.pixels.chunks_exact(canvas.width) {
        // Filters are for shades: what has a palette is left as it is.
        rows.push(0);
        for run in runs(row) {
            let place = run.first().and_then(|color| places.get(color)).copied().unwrap_or_default();
            rows.resize(rows.len() + run.len(), place);
        }
    }
    let rows = miniz_oxide::deflate::compress_to_vec_zlib(&rows, EFFORT);
    let mut file = SIGNATURE.to_vec();
    for (name, data) in
        [(b"IHDR", header.as_slice()), (b"PLTE", palette.as_flattened()), (b"IDAT", &rows), (b"IEND", &[])]
    {
        file.extend(size(data.len()));
        let start = file.len();
        file.extend(name);
        file.extend(data);
        let sum = checksum(file.get(start..).unwrap_or_default());
        file.extend(sum.to_be_bytes());
    }
    file
}

/// The colors that are used most, and where each color is among them; one that has no place has that of the most like it.
fn palette(pixels: &[Color]) -> (Vec<Color>, BTreeMap<Color, u8>) {
    let mut counts: BTreeMap<Color, usize> = BTreeMap::new();
    for run in runs(pixels) {
        let color = run.first().copied().unwrap_or_default();
        *counts.entry(color).or_default() += run.len();
    }
    let mut colors: Vec<(usize, Color)> = counts.into_iter().map(|(color, count)| (count, color)).collect();
    sort(&mut colors, |one, other| one > other);
    let palette: Vec<Color> = colors.iter().take(MOST).map(|(_, color)| *color).collect();
    let mut places = BTreeMap::new();
    for (_, color) in colors {
        let nearest = (0..=u8::MAX).zip(&palette).min_by_key(|(_, one)| distance(**one, color));
        places.insert(color, nearest.map_or(0, |(place, _)| place));
    }
    (palette, places)
}

/// Pixels of one color beside each other: most of a chart, and looked up once.
fn runs(pixels: &[Color]) -> impl Iterator<Item = &[Color]> {
    pixels.chunk_by(|one, next| one == next)
}

fn distance(one: Color, other: Color) -> u32 {
    one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

/// CRC-32 as the standard has it (PNG, annex D).
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let divisor = if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
            sum = (sum >> 1) ^ divisor;
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(checksum(b"IEND"), 0xae42_6082);
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn more_colors_than_a_palette_has_get_the_most_alike() {
        let pixels: Vec<Color> = (0..=u8::MAX).flat_map(|n| [[n, 0, 0], [n, 1, 0], [n, 0, 0]]).collect();
        let (palette, places) = palette(&pixels);
        assert_eq!(palette.len(), 256);
        for n in 0..=u8::MAX {
            let shown = palette[usize::from(places[&[n, 1, 0]])];
            assert!(distance(shown, [n, 1, 0]) <= 1, "{n}: {shown:?}");
        }
    }
}
