//! Lines out of pieces: of any file, without holding more of it than one line.

use std::borrow::Cow;

/// A longer line comes in parts.
const LONGEST: usize = 256 << 10;

/// How a line break is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// As one byte: ASCII and all that builds on it.
    Byte,
    /// UTF-16, the lower byte first.
    Little,
    /// UTF-16, the higher byte first.
    Big,
}

/// A line, or a part of a very long one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: u64,
    /// Where it begins in the file.
    pub(super) start: u64,
    /// Without its end.
    pub(super) bytes: &'a [u8],
}

/// What cuts pieces into lines.
pub(super) struct Splitter {
    unit: Unit,
    /// Of the line that is held.
    number: u64,
    /// Where what is held begins in the file.
    start: u64,
    held: Vec<u8>,
    /// As far as there is no line break in it.
    scanned: usize,
    /// What two parts of one line share, so that what lies across the cut is seen.
    overlap: usize,
}

impl Unit {
    /// By the mark that a file begins with.
    pub(super) fn of(beginning: &[u8]) -> Self {
        match beginning {
            [0xff, 0xfe, ..] => Self::Little,
            [0xfe, 0xff, ..] => Self::Big,
            _ => Self::Byte,
        }
    }

    /// Bytes.
    pub(super) fn width(self) -> usize {
        if self == Self::Byte { 1 } else { 2 }
    }

    fn number(self, pair: &[u8]) -> u16 {
        match (self, pair) {
            (Self::Byte, [byte]) => u16::from(*byte),
            (Self::Little, [low, high]) | (Self::Big, [high, low]) => u16::from_be_bytes([*high, *low]),
            _ => 0xfffd,
        }
    }

    /// Where the line that holds `from` breaks.
    fn line_break(self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        let found = match self {
            Self::Byte => rest.iter().position(|byte| *byte == b'\n'),
            _ => rest.chunks_exact(2).position(|pair| self.number(pair) == 0x0a).map(|pair| 2 * pair),
        };
        found.map(|at| from + at)
    }

    fn without_return(self, line: &[u8]) -> &[u8] {
        match line.split_at_checked(line.len().saturating_sub(self.width())) {
            Some((before, last)) if self.number(last) == 0x0d => before,
            _ => line,
        }
    }

    /// As text: UTF-8, or else each byte a character of Latin-1.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match (self, std::str::from_utf8(bytes)) {
            (Self::Byte, Ok(text)) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
            (Self::Byte, Err(_)) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
            _ => {
                let units = bytes.chunks(2).map(|pair| self.number(pair));
                let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
                Cow::Owned(text.filter(|character| *character != '\u{feff}').collect())
            }
        }
    }

    /// How the text of these bytes is encoded.
    pub(super) fn encoding(self, bytes: &[u8]) -> &'static str {
        match self {
            Self::Byte if std::str::from_utf8(bytes).is_ok() => "utf-8",
            Self::Byte => "latin-1",
            _ => "utf-16",
        }
    }
}

impl Splitter {
    /// For pieces from that byte on, which is where the line of that number begins.
    pub(super) fn new(unit: Unit, start: u64, number: u64, overlap: usize) -> Self {
        let overlap = overlap.next_multiple_of(unit.width()).min(LONGEST / 2);
        Self { unit, number, start, held: Vec::new(), scanned: 0, overlap }
    }

    /// Where the line that is not over yet begins, and its number.
    pub(super) fn position(&self) -> (u64, u64) {
        (self.start, self.number)
    }

    /// Takes the next piece, and hands out the lines that are over with it.
    pub(super) fn push(&mut self, piece: &[u8], each: &mut dyn FnMut(Line<'_>)) {
        self.held.extend_from_slice(piece);
        let (mut from, width) = (0, self.unit.width());
        while let Some(end) = self.unit.line_break(&self.held, self.scanned) {
            let bytes = self.unit.without_return(self.held.get(from..end).unwrap_or_default());
            each(Line { number: self.number, start: self.start + from as u64, bytes });
            from = end + width;
            self.scanned = from;
            self.number += 1;
        }
        self.forget(from);
        if self.held.len() > LONGEST {
            each(Line {
                number: self.number,
                start: self.start,
                bytes: self.held.get(..self.scanned).unwrap_or_default(),
            });
            self.forget(self.scanned.saturating_sub(self.overlap));
        }
    }

    /// Hands out the last line, if the file does not end with a line break.
    pub(super) fn finish(&mut self, each: &mut dyn FnMut(Line<'_>)) {
        if !self.held.is_empty() {
            each(Line {
                number: self.number,
                start: self.start,
                bytes: self.unit.without_return(&self.held),
            });
            self.forget(self.held.len());
        }
    }

    fn forget(&mut self, bytes: usize) {
        self.held.drain(..bytes.min(self.held.len()));
        self.start += bytes as u64;
        // Half a unit is looked at again.
        self.scanned = self.held.len() / self.unit.width() * self.unit.width();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], piece: usize) -> Vec<(u64, u64, String)> {
        let unit = Unit::of(bytes);
        let mut splitter = Splitter::new(unit, 0, 1, 4);
        let mut found = Vec::new();
        let mut each = |line: Line<'_>| {
            found.push((line.number, line.start, unit.decode(line.bytes).into_owned()));
        };
        bytes.chunks(piece).for_each(|piece| splitter.push(piece, &mut each));
        splitter.finish(&mut each);
        found
    }

    fn plain(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_are_the_same_whatever_the_pieces() {
        let text = "a\r\n\ngröße\nlast";
        let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for piece in 1..=utf16.len() {
            for bytes in [text.as_bytes(), &utf16, &big] {
                let found = lines(bytes, piece);
                let texts: Vec<String> = found.iter().map(|(.., text)| text.clone()).collect();
                assert_eq!(texts, plain(text), "{piece}");
                assert_eq!(found.iter().map(|(number, ..)| *number).collect::<Vec<_>>(), [1, 2, 3, 4]);
            }
            assert_eq!(lines(text.as_bytes(), piece)[2].1, 4);
            assert_eq!(lines(&utf16, piece)[2].1, 2 + 8);
        }
        assert!(lines(b"", 1).is_empty());
        assert_eq!(lines(b"x\n", 1).len(), 1);
    }

    #[test]
    fn a_line_that_is_not_utf_8_is_read_as_latin_1() {
        let found = lines(b"ok \xc3\xa9\nGr\xf6\xdfe", 3);
        assert_eq!((found[0].2.as_str(), found[1].2.as_str()), ("ok é", "Größe"));
    }

    #[test]
    fn a_very_long_line_comes_in_parts_that_overlap() {
        let bytes =
            [vec![b'x'; LONGEST - 2], b"needle".to_vec(), vec![b'x'; 100], b"\nnext".to_vec()].concat();
        let found = lines(&bytes, LONGEST + 1);
        assert_eq!(found.len(), 3, "two parts and the next line");
        assert_eq!((found[0].0, found[1].0, found[2].0), (1, 1, 2));
        assert_eq!(found[1].1, found[0].2.len() as u64 - 4);
        assert_eq!(found[2].2, "next");
    }
}
