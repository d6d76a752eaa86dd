//! A part of a file as text, and where it lies in the file.

use super::content::{Content, decode};
use crate::mlflow::artifacts::Part;
use crate::tool::Budget;

/// Text, or what the bytes are instead.
pub(super) struct Excerpt {
    pub(super) text: String,
    /// Of the first byte that is shown.
    pub(super) start: u64,
    /// Of the first one behind.
    pub(super) end: u64,
    /// `utf-8`, `latin-1`, `utf-16` or `binary`.
    pub(super) encoding: &'static str,
    /// Whether the file has more.
    pub(super) truncated: bool,
    /// Where to go on.
    pub(super) next: Option<u64>,
}

impl Excerpt {
    /// As much of the part as fits.
    pub(super) fn of(part: &Part, budget: Budget) -> Self {
        let (start, total) = (part.start, part.total);
        let ends = start + part.bytes.len() as u64 >= total;
        match decode(&part.bytes, start == 0, ends) {
            Content::Text { text, skipped, used, encoding } => {
                let (text, used) = within(text, used, encoding, budget);
                let start = start + skipped as u64;
                let end = start + used as u64;
                let truncated = part.start > 0 || end < total;
                Self { text, start, end, encoding, truncated, next: (end < total).then_some(end) }
            }
            Content::Binary => {
                let text = format!("[binary file of {total} bytes, {}: not shown]", part.media_type);
                Self { text, start, end: start, encoding: "binary", truncated: true, next: None }
            }
        }
    }
}

/// Characters that a character takes in JSON.
pub(super) fn cost(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        character if character < ' ' => 6,
        _ => 1,
    }
}

/// Bytes that the text takes in a file of that encoding.
pub(super) fn encoded(text: &str, encoding: &str) -> usize {
    match encoding {
        "utf-8" => text.len(),
        "latin-1" => text.chars().count(),
        _ => 2 * text.encode_utf16().count(),
    }
}

/// The text as far as its JSON fits: a log full of quotes and escapes grows when it is written as JSON.
fn within(text: String, used: usize, encoding: &str, budget: Budget) -> (String, usize) {
    let mut characters = 2;
    for (at, character) in text.char_indices() {
        characters += cost(character);
        if characters > budget.characters() {
            let mark = if encoding == "utf-16" { 2 } else { 0 };
            let shown = &text[..at];
            return (shown.to_owned(), mark + encoded(shown, encoding));
        }
    }
    (text, used)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::budget::size;

    #[test]
    fn text_that_grows_as_json_still_fits() {
        let budget = Budget::of_answer(2_000);
        let (text, used) = within("\"\u{1}é\n".repeat(1_000), 5_000, "utf-8", budget);
        assert_eq!(text.len(), used);
        assert!(size(&text) <= budget.characters() && size(&text) + 8 > budget.characters());
    }

    #[test]
    fn bytes_of_single_byte_text_are_counted_in_the_file_not_in_utf_8() {
        let (text, used) = within("é".repeat(5_000), 5_000, "latin-1", Budget::of_answer(2_000));
        assert_eq!((text.chars().count(), used), (1_198, 1_198));
    }
}
