//! Lines that contain a text, with the lines around them.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::Serialize;

use super::excerpt::cost;
use super::lines::{Line, Unit};
use crate::tool::{Budget, ToolError};

/// A longer line is shown in part, in characters.
const LONGEST: usize = 300;

/// The most texts that are looked for at once.
const MOST_TEXTS: usize = 20;

/// The longest text that is looked for, in bytes.
const LONGEST_TEXT: usize = 1_000;

/// Characters of JSON for what surrounds the text of a block.
const AROUND: usize = 60;

/// Lines that follow one another.
#[derive(Serialize, JsonSchema)]
pub struct Block {
    /// The number of the first line, from 1.
    pub start_line: u64,
    /// The byte at which it begins; read_artifact goes on from there.
    pub start_byte: u64,
    /// The numbers of the lines that match.
    pub matches: Vec<u64>,
    /// The lines; ... stands for what is left out of a long one.
    pub text: String,
}

/// What is looked for.
pub(super) struct Texts {
    texts: Vec<String>,
    ignore_case: bool,
}

impl Texts {
    pub(super) fn new(patterns: &[String], ignore_case: bool) -> Result<Self, ToolError> {
        let wrong = |what: &str| Err(ToolError::argument(format!("argument \"patterns\" {what}")));
        if patterns.is_empty() || patterns.iter().any(String::is_empty) {
            return wrong("must be texts to look for, none of them empty");
        }
        if patterns.len() > MOST_TEXTS || patterns.iter().any(|text| text.len() > LONGEST_TEXT) {
            return wrong("may be 20 texts at most, of 1000 bytes at most");
        }
        let texts = patterns.iter().map(|text| if ignore_case { text.to_lowercase() } else { text.clone() });
        Ok(Self { texts: texts.collect(), ignore_case })
    }

    /// Bytes that the longest may take in any encoding.
    pub(super) fn longest(&self) -> usize {
        2 * self.texts.iter().map(String::len).max().unwrap_or(0)
    }

    /// Where the first of them is in the line, in characters or bytes.
    fn find(&self, unit: Unit, line: &[u8]) -> Option<usize> {
        self.texts.iter().find_map(|text| {
            if unit == Unit::Byte && text.is_ascii() {
                return position(line, text.as_bytes(), self.ignore_case);
            }
            let decoded = unit.decode(line);
            if self.ignore_case {
                decoded.to_lowercase().find(text.as_str())
            } else {
                decoded.find(text.as_str())
            }
        })
    }
}

/// Where the text is; of a text of small ASCII letters capital ones are the same, if `ignore_case`.
fn position(line: &[u8], text: &[u8], ignore_case: bool) -> Option<usize> {
    let (first, rest) = text.split_first()?;
    let capital = if ignore_case { first.to_ascii_uppercase() } else { *first };
    let last = line.len().checked_sub(text.len())?;
    let begins = |byte: u8| byte == *first || byte == capital;
    let mut from = 0;
    while let Some(at) = line.get(from..=last)?.iter().position(|byte| begins(*byte)) {
        let at = from + at;
        let behind = line.get(at + 1..=at + rest.len()).unwrap_or_default();
        if if ignore_case { behind.eq_ignore_ascii_case(rest) } else { behind == rest } {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// What was found so far.
pub(super) struct Matches {
    texts: Texts,
    unit: Unit,
    context: usize,
    limit: u64,
    left: Budget,
    pub(super) blocks: Vec<Block>,
    /// Lines that match.
    pub(super) total: u64,
    /// Lines in all.
    pub(super) lines: u64,
    /// Where the first match is that is not shown: its byte and line.
    pub(super) next: Option<(u64, u64)>,
    shown: u64,
    /// The lines before this one that may belong to a match: byte, number, text.
    before: VecDeque<(u64, u64, String)>,
    /// How many lines after the last match are still to be shown.
    after: usize,
    /// The line that came last, of which this may be another part.
    last: u64,
    last_matched: u64,
}

impl Matches {
    pub(super) fn new(texts: Texts, unit: Unit, context: usize, limit: u64, budget: Budget) -> Self {
        Self {
            texts,
            unit,
            context,
            limit,
            left: budget,
            blocks: Vec::new(),
            total: 0,
            lines: 0,
            next: None,
            shown: 0,
            before: VecDeque::new(),
            after: 0,
            last: 0,
            last_matched: 0,
        }
    }

    /// Looks at the next line, or at the next part of a very long one.
    pub(super) fn take(&mut self, line: &Line<'_>) {
        let again = line.number == self.last;
        self.lines += u64::from(!again);
        self.last = line.number;
        let found = self.texts.find(self.unit, line.bytes);
        match found {
            Some(at) if line.number != self.last_matched => {
                self.last_matched = line.number;
                self.total += 1;
                if self.next.is_none() {
                    self.show(line, at);
                }
            }
            _ if again || self.next.is_some() => {}
            _ if self.after > 0 => {
                self.after -= 1;
                let text = clip(&self.unit.decode(line.bytes), 0);
                if !self.append(&text) {
                    self.after = 0;
                }
            }
            _ if self.context > 0 => {
                if self.before.len() == self.context {
                    self.before.pop_front();
                }
                let shown = line.bytes.get(..4 * LONGEST).unwrap_or(line.bytes);
                let text = clip(&self.unit.decode(shown), 0);
                self.before.push_back((line.start, line.number, text));
            }
            _ => {}
        }
    }

    /// Shows a match, unless there is no room for it.
    fn show(&mut self, line: &Line<'_>, at: usize) {
        let text = clip(&self.unit.decode(line.bytes), at);
        let mut before = std::mem::take(&mut self.before);
        let around: usize = before.iter().map(|(.., text)| taken(text)).sum();
        let mut needed = around + taken(&text) + AROUND;
        if self.shown == 0 && needed > self.left.characters() {
            // One match is always shown, so that who goes on gets on.
            before.clear();
            needed = 0;
        }
        if self.shown >= self.limit || needed > self.left.characters() {
            self.next = Some((line.start, line.number));
            self.after = 0;
            return;
        }
        let follows = self.blocks.last().is_some_and(|block| {
            let first = before.front().map_or(line.number, |(_, number, _)| *number);
            block.start_line + block.text.matches('\n').count() as u64 == first
        });
        if !follows {
            let (start_byte, start_line) =
                before.front().map_or((line.start, line.number), |(start, number, _)| (*start, *number));
            self.left = self.left.minus(AROUND);
            self.blocks.push(Block { start_line, start_byte, matches: Vec::new(), text: String::new() });
        }
        for (.., text) in &before {
            self.append(text);
        }
        self.append(&text);
        if let Some(block) = self.blocks.last_mut() {
            block.matches.push(line.number);
        }
        self.left = self.left.minus(line.number.to_string().len() + 1);
        self.shown += 1;
        self.after = self.context;
    }

    /// Adds a line to the last block, if there is room.
    fn append(&mut self, text: &str) -> bool {
        let needed = taken(text);
        let Some(block) = self.blocks.last_mut().filter(|_| needed <= self.left.characters()) else {
            return false;
        };
        block.text.push_str(text);
        block.text.push('\n');
        self.left = self.left.minus(needed);
        true
    }
}

/// Characters that a line takes in JSON.
fn taken(text: &str) -> usize {
    text.chars().map(cost).sum::<usize>() + 2
}

/// The line, or what lies around a byte of a long one. It has no line break in it.
fn clip(text: &str, at: usize) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    let from = text.floor_char_boundary(at.saturating_sub(LONGEST / 3));
    let (before, rest) = text.split_at(from);
    let to = rest.char_indices().nth(LONGEST).map_or(rest.len(), |(to, _)| to);
    let (shown, after) = rest.split_at(to);
    let dots = |left_out: &str| if left_out.is_empty() { "" } else { "..." };
    format!("{}{shown}{}", dots(before), dots(after))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_where_it_is() {
        let find = |line: &str, text: &str, ignore_case| {
            let texts = Texts::new(&[text.to_owned()], ignore_case).unwrap();
            texts.find(Unit::Byte, line.as_bytes())
        };
        assert_eq!(find("aab", "ab", false), Some(1));
        assert_eq!(find("ab", "abc", false), None);
        assert_eq!(find("an Error", "error", false), None);
        assert_eq!(find("an ERRoR", "erROR", true), Some(3));
        assert_eq!(find("DIE GRÖSSE", "größe", true), None);
        assert_eq!(find("DIE GRÖẞE", "größe", true), Some(4));
        assert!(Texts::new(&[], false).is_err() && Texts::new(&[String::new()], false).is_err());
    }

    #[test]
    fn of_a_long_line_what_lies_around_the_match_is_shown() {
        let line = format!("{}needle{}", "ä".repeat(500), "z".repeat(500));
        let shown = clip(&line, line.find("needle").unwrap());
        assert!(shown.starts_with("...ä") && shown.contains("needle") && shown.ends_with("z..."), "{shown}");
        assert_eq!(shown.chars().count(), LONGEST + 6);
    }
}
