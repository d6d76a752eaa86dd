//! Whether two pictures look alike.

use png::{Decoder, Transformations};

/// How far a channel of a pixel may be from what it was: logarithms differ in their last digits between machines.
const NEAR: u8 = 24;

/// Of ten thousand pixels, how many may be further.
const OTHERS: usize = 1;

pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub channels: Vec<u8>,
}

/// What is in the file, as somebody else's code reads it.
pub fn pixels(file: &[u8]) -> Pixels {
    let mut decoder = Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut channels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut channels).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    Pixels { width: info.width, height: info.height, channels }
}

impl Pixels {
    pub fn looks_like(&self, other: &Self) -> bool {
        if (self.width, self.height) != (other.width, other.height) {
            return false;
        }
        let pairs = || self.channels.chunks_exact(3).zip(other.channels.chunks_exact(3));
        let far = |(one, other): &(&[u8], &[u8])| one.iter().zip(*other).any(|(a, b)| a.abs_diff(*b) > NEAR);
        pairs().filter(far).count() * 10_000 <= OTHERS * pairs().count()
    }
}
