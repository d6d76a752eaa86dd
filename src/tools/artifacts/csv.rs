//! Comma-separated values (RFC 4180) out of lines.

/// A record that is longer has a quote that never ends.
const LONGEST: usize = 1 << 20;

/// What makes records of lines: a quoted cell may go on over several.
#[derive(Default)]
pub(super) struct Records {
    delimiter: char,
    cells: Vec<String>,
    cell: String,
    /// Within quotes.
    quoted: bool,
    /// The cell had quotes: what comes behind them belongs to it as it is.
    had_quotes: bool,
    length: usize,
}

impl Records {
    pub(super) fn new(delimiter: char) -> Self {
        Self { delimiter, ..Self::default() }
    }

    /// Takes a line, or a part of a long one, without its end.
    ///
    /// # Errors
    /// The record is longer than anything that is meant.
    pub(super) fn take(&mut self, line: &str) -> Result<(), String> {
        self.length += line.len();
        if self.length > LONGEST {
            return Err(format!("a record has more than {LONGEST} bytes: a quote may be missing"));
        }
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' if self.quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    self.cell.push('"');
                }
                '"' if self.quoted => self.quoted = false,
                '"' if self.cell.is_empty() && !self.had_quotes => {
                    (self.quoted, self.had_quotes) = (true, true)
                }
                other if other == self.delimiter && !self.quoted => self.end_cell(),
                other => self.cell.push(other),
            }
        }
        Ok(())
    }

    /// The line is over: the record with it, unless a quoted cell goes on. A blank line is no record.
    pub(super) fn end_line(&mut self) -> Option<Vec<String>> {
        if self.quoted {
            self.cell.push('\n');
            return None;
        }
        self.end()
    }

    /// The file is over, and the record in any case.
    pub(super) fn end(&mut self) -> Option<Vec<String>> {
        let blank = self.cells.is_empty() && self.cell.is_empty() && !self.had_quotes;
        self.length = 0;
        self.quoted = false;
        if blank {
            return None;
        }
        self.end_cell();
        Some(std::mem::take(&mut self.cells))
    }

    fn end_cell(&mut self) {
        self.cells.push(std::mem::take(&mut self.cell));
        self.had_quotes = false;
    }
}

/// What separates the cells of a table that begins with this line: of comma, semicolon and tab the most frequent.
pub(super) fn delimiter(first: &str) -> char {
    let count = |delimiter: char| first.matches(delimiter).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(',')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<Vec<String>> {
        let mut records = Records::new(delimiter(text.lines().next().unwrap_or_default()));
        let mut found = Vec::new();
        for line in text.split('\n') {
            records.take(line).unwrap();
            found.extend(records.end_line());
        }
        found.extend(records.end());
        found
    }

    #[test]
    fn quotes_hold_delimiters_quotes_and_line_breaks() {
        let found = records("a,b,c\n1,\"x, \"\"y\"\"\n\nz\",\n\n\"\",2 \"in\"ches,\"q\"r\n");
        let expected = [vec!["a", "b", "c"], vec!["1", "x, \"y\"\n\nz", ""], vec!["", "2 \"in\"ches", "qr"]];
        assert_eq!(found, expected);
        assert_eq!(records("\"\"\n"), [[""]]);
        // A quote that is open at the end of the file ends there.
        assert_eq!(records("a\n\"open"), [["a"], ["open\n"]]);
    }

    #[test]
    fn the_delimiter_is_the_most_frequent_one() {
        assert_eq!(records("a;b;c,d\n1;2;3"), [["a", "b", "c,d"], ["1", "2", "3"]]);
        assert_eq!(records("a\tb\n1\t2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(delimiter("one"), ',');
    }

    #[test]
    fn a_quote_that_never_ends_is_an_error_and_not_a_record_without_end() {
        let mut records = Records::new(',');
        records.take("\"").unwrap();
        assert!((0..20).any(|_| records.end_line().is_none() && records.take(&"x".repeat(100_000)).is_err()));
    }
}
