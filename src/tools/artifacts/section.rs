//! Lines of a file: from one of them on, or the last ones.

use super::excerpt::{cost, encoded};
use super::file::{beginning, directory, is_text, stream};
use super::lines::{Line, Splitter, Unit};
use super::place::{Opened, Place};
use crate::tool::{Budget, Context, Failure, Kind, ToolError};

/// Lines as text.
pub(super) struct Section {
    pub(super) text: String,
    /// The number of the first line; unknown where the beginning of the file was not read.
    pub(super) first: Option<u64>,
    /// Of the first byte.
    pub(super) start: u64,
    /// Of the first byte behind.
    pub(super) end: u64,
    pub(super) encoding: &'static str,
    /// Size of the file, if the server says it.
    pub(super) total: Option<u64>,
    /// Whether the file goes on.
    pub(super) more: bool,
    /// The line that it goes on with, unless that is in the middle of one.
    pub(super) next_line: Option<u64>,
}

/// What becomes a section, line by line.
struct Gathering {
    section: Section,
    unit: Unit,
    wanted: u64,
    most: u64,
    lines: u64,
    budget: Budget,
    used: usize,
    full: bool,
}

/// So many lines from that one on, as many as fit; nothing of a file that is no text.
///
/// # Errors
/// The file has no such line, or is none itself.
pub(super) async fn from_line(
    cx: &Context<'_>,
    place: &mut Place,
    line: u64,
    most: u64,
) -> Result<Option<Section>, Failure> {
    let end = cx.end();
    let mut stream = stream(cx, place, 0).await?;
    let mut piece = beginning(&mut stream).await?;
    if !is_text(&piece) {
        return Ok(None);
    }
    let unit = Unit::of(&piece);
    let mut splitter = Splitter::new(unit, 0, 1, 0);
    let mut gathering = Gathering::new(Section::new(0, stream.total()), unit, line, most, cx.budget);
    loop {
        splitter.push(&piece, &mut |line| gathering.take(&line));
        let (read, number) = splitter.position();
        if gathering.full {
            break;
        }
        if cx.clock.now() >= end {
            return Err(late(line, number, read));
        }
        say(cx, read, stream.total());
        match stream.next().await? {
            Some(next) => piece = next,
            None => {
                splitter.finish(&mut |line| gathering.take(&line));
                break;
            }
        }
    }
    let (read, number) = splitter.position();
    gathering.section.total = gathering.section.total.or((!gathering.full).then_some(read));
    gathering.done(number).map(Some).map_err(Failure::from)
}

/// The last lines, as many as fit; nothing of a file that is no text.
///
/// # Errors
/// It is no file.
pub(super) async fn last(cx: &Context<'_>, place: &mut Place, most: u64) -> Result<Option<Section>, Failure> {
    let budget = cx.budget.characters() as u64;
    let beginning = match place.open(cx, 0, budget).await? {
        Opened::File(part) => part,
        Opened::Directory => return Err(directory(place)),
    };
    if !is_text(&beginning.bytes) {
        return Ok(None);
    }
    let (unit, total) = (Unit::of(&beginning.bytes), beginning.total);
    let width = unit.width() as u64;
    let start = total.saturating_sub(budget * width) / width * width;
    let bytes = match start {
        0 => beginning.bytes,
        start => place.read(cx, start, total - start).await?.bytes,
    };
    let mut found: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut splitter = Splitter::new(unit, start, 1, 0);
    let mut each = |line: Line<'_>| found.push((line.start, line.bytes.to_vec()));
    splitter.push(&bytes, &mut each);
    splitter.finish(&mut each);
    // The first is whole only where the file begins.
    if start > 0 && found.len() > 1 {
        found.remove(0);
    }
    Ok(Some(Section { total: Some(total), end: total, ..ending(&found, unit, most, cx.budget) }))
}

/// The last of these lines, with where they begin, that fit.
fn ending(found: &[(u64, Vec<u8>)], unit: Unit, most: u64, budget: Budget) -> Section {
    let mut section = Section::new(found.last().map_or(0, |(start, _)| *start), None);
    let (mut used, mut lines) = (2, Vec::new());
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    for (start, bytes) in found.iter().rev().take(most) {
        let text = unit.decode(bytes);
        used += text.chars().map(cost).sum::<usize>() + 2;
        if used > budget.characters() {
            break;
        }
        section.start = *start;
        section.encoding = both(section.encoding, unit.encoding(bytes));
        lines.push(text);
    }
    lines.reverse();
    section.text = lines.iter().flat_map(|line| [&**line, "\n"]).collect();
    match found.last() {
        Some((start, bytes)) if lines.is_empty() => end_of_line(section, *start, bytes, unit, budget),
        _ => section,
    }
}

/// Of a line that does not fit by itself, as much of its end as does.
fn end_of_line(section: Section, start: u64, bytes: &[u8], unit: Unit, budget: Budget) -> Section {
    let (text, encoding) = (unit.decode(bytes), unit.encoding(bytes));
    let (mut used, mut from) = (2, text.len());
    for (at, character) in text.char_indices().rev() {
        used += cost(character);
        if used > budget.characters() {
            break;
        }
        from = at;
    }
    let (before, shown) = text.split_at(from);
    Section { text: shown.to_owned(), start: start + encoded(before, encoding) as u64, encoding, ..section }
}

impl Section {
    fn new(start: u64, total: Option<u64>) -> Self {
        Self {
            text: String::new(),
            first: None,
            start,
            end: start,
            encoding: "utf-8",
            total,
            more: false,
            next_line: None,
        }
    }
}

impl Gathering {
    fn new(section: Section, unit: Unit, wanted: u64, most: u64, budget: Budget) -> Self {
        Self { section, unit, wanted, most, lines: 0, budget, used: 2, full: false }
    }

    fn take(&mut self, line: &Line<'_>) {
        if line.number < self.wanted || self.full {
            return;
        }
        if self.section.first.is_none() {
            (self.section.first, self.section.start) = (Some(line.number), line.start);
        }
        self.full = self.lines >= self.most;
        if self.full {
            (self.section.more, self.section.next_line, self.section.end) =
                (true, Some(line.number), line.start);
            return;
        }
        let text = self.unit.decode(line.bytes);
        let cost: usize = text.chars().map(cost).sum::<usize>() + 2;
        if self.used + cost <= self.budget.characters() {
            self.used += cost;
            self.lines += 1;
            self.section.encoding = both(self.section.encoding, self.unit.encoding(line.bytes));
            self.section.text.push_str(&text);
            self.section.text.push('\n');
            self.section.end = line.start + line.bytes.len() as u64;
            return;
        }
        self.full = true;
        self.section.more = true;
        (self.section.next_line, self.section.end) = (Some(line.number), line.start);
        if self.lines == 0 {
            self.beginning(line, &text);
        }
    }

    /// Of a line that does not fit by itself, as much as does.
    fn beginning(&mut self, line: &Line<'_>, text: &str) {
        let mut left = self.budget.characters().saturating_sub(self.used);
        for character in text.chars() {
            let Some(rest) = left.checked_sub(cost(character)) else { break };
            left = rest;
            self.section.text.push(character);
        }
        let encoding = self.unit.encoding(line.bytes);
        self.section.encoding = encoding;
        self.section.next_line = None;
        self.section.end = line.start + encoded(&self.section.text, encoding) as u64;
    }

    fn done(mut self, lines: u64) -> Result<Section, ToolError> {
        if self.section.first.is_none() && self.wanted > 1 {
            return Err(ToolError::argument(format!(
                "argument \"start_line\" is {}, but the file has {} lines",
                self.wanted,
                lines - 1
            )));
        }
        if !self.full {
            self.section.end = self.section.total.unwrap_or(self.section.end);
        }
        Ok(self.section)
    }
}

/// Of two lines of one file; a line of ASCII is in any encoding.
fn both(one: &'static str, other: &'static str) -> &'static str {
    if one == "utf-8" { other } else { one }
}

fn late(wanted: u64, number: u64, read: u64) -> Failure {
    ToolError::new(
        Kind::Unavailable,
        format!("line {wanted} was not reached in time: the first {read} bytes have {number} lines"),
        "Read by bytes: start_byte begins anywhere at once.",
    )
    .into()
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^53")]
fn say(cx: &Context<'_>, read: u64, total: Option<u64>) {
    cx.progress.report(read as f64, total.map(|total| total as f64), &format!("{read} bytes read"));
}
