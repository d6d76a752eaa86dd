//! One line: its members, in this order, and their bounds.
//!
//! It is all ASCII. What else a terminal or a reader of logs could take for the end of a line, for a command or for
//! another direction of writing is escaped, as JSON can.

use serde::Serialize;
use serde_json::{Map, Value};

/// No line is longer, in bytes: hosts break longer ones.
pub const LONGEST: usize = 2_000;

/// The longest name of a tool that does not exist, and of a rule, in bytes of a line.
pub(super) const NAME: usize = 200;

/// A line. Every member is always there.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    pub(super) time: String,
    pub(super) event: &'static str,
    pub(super) method: &'static str,
    pub(super) tool: Option<&'a str>,
    pub(super) effect: Option<&'static str>,
    pub(super) caller: Option<&'a str>,
    pub(super) decision: &'static str,
    pub(super) rule: Option<&'a str>,
    pub(super) approval: Option<&'static str>,
    pub(super) outcome: Option<&'static str>,
    pub(super) error: Option<&'static str>,
    pub(super) ids: &'a Map<String, Value>,
    pub(super) arguments_sha256: &'a str,
    pub(super) mlflow_calls: u32,
    pub(super) mlflow_unanswered: u32,
    pub(super) mlflow_status: Option<u16>,
    pub(super) duration_ms: u64,
    pub(super) trace_id: Option<String>,
    pub(super) span_id: Option<String>,
    pub(super) parent_span_id: Option<String>,
}

impl Line<'_> {
    /// As it is written.
    pub(super) fn text(&self) -> String {
        // Texts and numbers always are JSON.
        ascii(&serde_json::to_string(self).unwrap_or_default())
    }
}

/// The same JSON, with an escape for every character that is not printable ASCII.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            text.push(character);
        } else {
            text.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// How many bytes a value takes in a line.
pub(super) fn length(value: &Value) -> usize {
    ascii(&value.to_string()).len()
}

/// The beginning of a text that takes at most so many bytes of a line, and three dots if that is not all of it.
pub(super) fn short(text: &str, most: usize) -> String {
    const DOTS: &str = "...";
    // The quotation marks.
    let (mut used, mut fits) = (2, 0);
    for (at, character) in text.char_indices() {
        used += match character {
            '"' | '\\' => 2,
            ' '..='~' => 1,
            character => 6 * character.len_utf16(),
        };
        if used + DOTS.len() <= most {
            fits = at + character.len_utf8();
        }
    }
    if used <= most { text.to_owned() } else { format!("{}{DOTS}", &text[..fits]) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_to_what_its_json_may_take() {
        assert_eq!(short("abc", 5), "abc");
        assert_eq!(short("abcd", 5), "...");
        assert_eq!(short("größe", 17), "größe");
        assert_eq!(short("größen", 17), "grö...");
        assert_eq!(short("größen", 12), "gr...");
        for text in ["\u{1}\n\t\"\\é".repeat(50), "😀".repeat(50), "\u{7f}\u{85}\u{2028}".repeat(50)] {
            for most in [5, 17, 40, 10_000] {
                assert!(length(&json!(short(&text, most))) <= most, "{most}");
            }
        }
    }

    #[test]
    fn what_is_not_printable_ascii_is_escaped_and_reads_back() {
        let text = "größe 😀 \u{7f}\u{9b}31m\u{2028}\u{202e}\r\n\"";
        let written = ascii(&json!(text).to_string());
        assert!(written.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).ok().as_deref(), Some(text));
    }
}
