//! What the bytes of a file are: text in some encoding, a picture, or neither.

/// Bytes, understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text.
    Text {
        /// Decoded.
        text: String,
        /// Bytes before the text that belong to a character that began earlier.
        skipped: usize,
        /// Bytes that were decoded.
        used: usize,
        /// `utf-8`, `utf-16` or `latin-1`.
        encoding: &'static str,
    },
    /// Neither text nor a picture that a model can look at.
    Binary,
}

/// Reads a part of a file. `begins` and `ends` say whether the file's first and last byte are in it: at
/// other edges a character may be cut in two.
pub(crate) fn decode(bytes: &[u8], begins: bool, ends: bool) -> Content {
    if let Some(text) = utf16(bytes, begins) {
        return Content::Text { text, skipped: 0, used: bytes.len() & !1, encoding: "utf-16" };
    }
    if bytes.contains(&0) {
        return Content::Binary;
    }
    let skipped =
        if begins { 0 } else { bytes.iter().take(3).take_while(|byte| *byte & 0xC0 == 0x80).count() };
    let body = &bytes[skipped..];
    let valid = match std::str::from_utf8(body) {
        Ok(text) => Some(text),
        // No error length: the bytes end inside a character.
        Err(error) if error.error_len().is_none() && !ends => {
            std::str::from_utf8(&body[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    match valid {
        Some(text) => Content::Text { text: text.to_owned(), skipped, used: text.len(), encoding: "utf-8" },
        None if looks_like_latin_1(bytes) => Content::Text {
            text: bytes.iter().map(|byte| char::from(*byte)).collect(),
            skipped: 0,
            used: bytes.len(),
            encoding: "latin-1",
        },
        None => Content::Binary,
    }
}

/// The picture formats that hosts show, by their first bytes.
pub(crate) fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

fn utf16(bytes: &[u8], begins: bool) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] if begins => u16::from_le_bytes,
        [0xfe, 0xff, ..] if begins => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// Single-byte text has hardly any control characters; compressed and packed data has them everywhere.
fn looks_like_latin_1(bytes: &[u8]) -> bool {
    let controls = bytes
        .iter()
        .filter(|byte| matches!(byte, 0x00..=0x08 | 0x0b | 0x0e..=0x1f | 0x7f..=0x9f) && **byte != 0x1b)
        .count();
    controls * 100 <= bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], begins: bool, ends: bool) -> Option<(String, usize, usize, &'static str)> {
        match decode(bytes, begins, ends) {
            Content::Text { text, skipped, used, encoding } => Some((text, skipped, used, encoding)),
            Content::Binary => None,
        }
    }

    #[test]
    fn a_character_cut_at_either_edge_is_left_to_the_neighbouring_part() {
        let whole = "größe".as_bytes();
        assert_eq!(text(&whole[..3], true, false), Some(("gr".into(), 0, 2, "utf-8")));
        assert_eq!(text(&whole[3..], false, true), Some(("ße".into(), 1, 3, "utf-8")));
        assert_eq!(text(whole, true, true), Some(("größe".into(), 0, 7, "utf-8")));
    }

    #[test]
    fn latin_1_is_text_and_says_so() {
        let bytes = b"Gr\xf6\xdfe in Stra\xdfe";
        assert_eq!(text(bytes, true, true), Some(("Größe in Straße".into(), 0, 15, "latin-1")));
    }

    #[test]
    fn utf_16_with_its_mark_is_text() {
        assert_eq!(text(b"\xff\xfeh\0i\0", true, true), Some(("hi".into(), 0, 6, "utf-16")));
    }

    #[test]
    fn packed_data_is_binary() {
        let packed: Vec<u8> = (0..=255_u8).rev().collect();
        assert_eq!(decode(&packed, true, true), Content::Binary);
        assert_eq!(decode(&[0x80, 0x81, 0x82, 0xff, 0xfe, 0x90], true, true), Content::Binary);
    }

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        assert_eq!(picture(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(picture(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(picture(b"PNG"), None);
    }
}
