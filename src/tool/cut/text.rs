//! Texts that are too long: each ends in how long it is.

use std::collections::BTreeMap;

/// The longest text in a thing that is too large to be shown whole, in characters.
const CLIPPED: usize = 200;

/// A text, or as much of it as that many characters hold.
#[must_use]
pub fn beginning(text: &str, most: usize) -> String {
    let total = text.chars().count();
    let end = text.char_indices().nth(most).filter(|_| total > most);
    match end.and_then(|(at, _)| text.get(..at)) {
        Some(beginning) => marked(beginning, total),
        None => text.to_owned(),
    }
}

/// The beginning of a text of so many characters.
pub(super) fn marked(beginning: &str, total: usize) -> String {
    format!("{beginning}... ({total} characters)")
}

/// Cuts a text if it is long; whether it was.
pub fn clip(text: &mut String) -> bool {
    let is_long = text.char_indices().nth(CLIPPED).is_some();
    if is_long {
        *text = beginning(text, CLIPPED);
    }
    is_long
}

/// Cuts the long ones among texts; how many.
pub fn clip_values(texts: &mut BTreeMap<String, String>) -> usize {
    texts.values_mut().map(clip).filter(|clipped| *clipped).count()
}

/// The characters of a text from one on, as many as make so many characters of JSON, and how many these are: what does
/// not say that it is cut, because it is read piece by piece.
#[must_use]
pub fn piece(text: &str, start: usize, most: usize) -> (String, usize) {
    let (mut used, mut length) = (2, 0);
    let fits = |character: &char| {
        used += match character {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            character if u32::from(*character) < 0x20 => 6,
            _ => 1,
        };
        used <= most
    };
    let shown: String = text.chars().skip(start).take_while(fits).inspect(|_| length += 1).collect();
    (shown, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::budget::size;

    #[test]
    fn a_text_is_cut_only_where_it_is_longer() {
        assert_eq!(beginning("größe", 5), "größe");
        assert_eq!(beginning("größe", 3), "grö... (5 characters)");
        assert_eq!(beginning("", 0), "");
        let mut text = "ü".repeat(CLIPPED);
        assert!(!clip(&mut text));
        text.push('ü');
        assert!(clip(&mut text) && text == format!("{}... (201 characters)", "ü".repeat(CLIPPED)));
    }

    #[test]
    fn a_text_is_read_piece_by_piece() {
        let text = "ä\"\n\u{1}\u{7f}".repeat(50);
        let (mut start, mut whole) = (0, String::new());
        loop {
            let (shown, length) = piece(&text, start, 20);
            if length == 0 {
                break;
            }
            assert!(size(&shown) <= 20);
            whole += &shown;
            start += length;
        }
        assert_eq!(whole, text);
    }
}
