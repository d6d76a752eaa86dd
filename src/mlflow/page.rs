//! Page tokens.
//!
//! Open-source MLflow's token is base64 of `{"offset": 20}` and belongs to no query, so one can be made
//! for any row: `offset` and a page cut short by our own bound both cost one request. Other servers'
//! tokens are opaque: they are passed on as they are, and rows that were already seen are skipped. A server
//! that refuses a token it did not make is read from its first row on. The token of logged models holds the
//! question besides the offset, so it can be moved but not made.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::Error;

/// The most rows that are read at once only to be skipped.
const SKIPPED_AT_ONCE: usize = 1_000;

/// The most pages that are read in one go only to be skipped: half a million rows, unless a server gives fewer than it
/// was asked for, or has pages without end.
const SKIPPED_PAGES: usize = 500;

/// Rows, and where they lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the first of them lies, as this server counts.
    pub from: Position,
    /// Where the next page begins, if there is more.
    pub next: Option<Position>,
}

impl<T> Page<T> {
    /// Where to go on if no more than so many of the rows are used.
    ///
    /// If there was nothing but this page, nobody knows whether the server heeds tokens: then rows are counted.
    #[must_use]
    pub fn cut(&self, rows: usize) -> Position {
        let unused = self.rows.len().saturating_sub(rows);
        match &self.next {
            Some(next) => next.back(unused).unwrap_or_else(|| self.from.advance(rows)),
            None if self.from.token.is_some() => self.from.advance(rows),
            None => self.from.count(rows),
        }
    }

    /// The same page of other things.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(f).collect(), from: self.from, next: self.next }
    }
}

/// Where a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    token: Option<String>,
    skip: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offset {
    offset: usize,
}

#[derive(Serialize, Deserialize)]
struct Skipping {
    token: Option<String>,
    skip: usize,
}

impl Position {
    /// The row of that index, counted from 0.
    #[must_use]
    pub fn at(offset: usize) -> Self {
        Self { token: (offset > 0).then(|| offset_token(offset)), skip: 0 }
    }

    /// Where a server's own token leads; an empty one leads nowhere.
    #[must_use]
    pub fn from_server(token: Option<String>) -> Option<Self> {
        token.filter(|token| !token.is_empty()).map(|token| Self { token: Some(token), skip: 0 })
    }

    /// Reads what [`Position::encode`] wrote, or a token of the server's.
    #[must_use]
    pub fn decode(text: &str) -> Self {
        let skipping = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Skipping>(&bytes).ok());
        match skipping {
            Some(Skipping { token, skip }) => Self { token, skip },
            None => Self { token: Some(text.to_owned()), skip: 0 },
        }
    }

    /// The position as a caller gets it: opaque, and all that is needed to go on.
    #[must_use]
    pub fn encode(&self) -> String {
        match (&self.token, self.skip) {
            (Some(token), 0) => token.clone(),
            (token, skip) => {
                let skipping = Skipping { token: token.clone(), skip };
                URL_SAFE_NO_PAD.encode(serde_json::to_vec(&skipping).unwrap_or_default())
            }
        }
    }

    /// So many rows further on.
    #[must_use]
    pub fn advance(&self, rows: usize) -> Self {
        match self.offset() {
            // Rows are counted from the first only where the server took no token of ours.
            Some(offset) if self.token.is_some() || self.skip == 0 => {
                Self::at(offset.saturating_add(self.skip).saturating_add(rows))
            }
            _ => self.count(rows),
        }
    }

    /// The same without a token of ours.
    fn count(&self, rows: usize) -> Self {
        Self { token: self.token.clone(), skip: self.skip.saturating_add(rows) }
    }

    /// So many rows before the page that a server's own token leads to; `None` if the token does not tell its row.
    fn back(&self, rows: usize) -> Option<Self> {
        let bytes = STANDARD.decode(self.token.as_deref()?).ok()?;
        let mut members: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
        let offset = usize::try_from(members.get("offset")?.as_u64()?).ok()?.checked_sub(rows)?;
        if members.len() == 1 {
            return Some(Self::at(offset));
        }
        members.insert("offset".to_owned(), offset.into());
        Some(Self { token: Some(STANDARD.encode(Value::Object(members).to_string())), skip: 0 })
    }

    /// What to send as `page_token`.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// How many rows of the answer were already seen.
    #[must_use]
    pub fn skip(&self) -> usize {
        self.skip
    }

    /// The row that comes next, where it can be known.
    #[must_use]
    pub fn row(&self) -> Option<usize> {
        self.offset().map(|offset| offset.saturating_add(self.skip))
    }

    fn offset(&self) -> Option<usize> {
        let Some(token) = &self.token else { return Some(0) };
        let bytes = STANDARD.decode(token).ok()?;
        serde_json::from_slice::<Offset>(&bytes).ok().map(|Offset { offset }| offset)
    }
}

/// The page at a position; `ask` asks the server for so many rows at a token, and gives them and the next token.
///
/// # Errors
/// Those of `ask`.
pub(super) async fn read<T>(
    from: &Position,
    wanted: usize,
    ask: impl AsyncFn(Option<&str>, usize) -> Result<(Vec<T>, Option<String>), Error>,
) -> Result<Page<T>, Error> {
    match (skipping(from.clone(), wanted, &ask).await, from.row()) {
        // Databricks, for one, takes only tokens that it made.
        (Err(error), Some(row @ 1..)) if error.status() == Some(StatusCode::BAD_REQUEST) => {
            skipping(Position { token: None, skip: row }, wanted, &ask).await
        }
        (outcome, _) => outcome,
    }
}

async fn skipping<T>(
    mut from: Position,
    wanted: usize,
    ask: &impl AsyncFn(Option<&str>, usize) -> Result<(Vec<T>, Option<String>), Error>,
) -> Result<Page<T>, Error> {
    for _ in 0..SKIPPED_PAGES {
        let (mut rows, next) = ask(from.token(), wanted + from.skip.min(SKIPPED_AT_ONCE)).await?;
        match Position::from_server(next) {
            Some(next) if from.skip > 0 && from.skip >= rows.len() => {
                from = Position { skip: from.skip - rows.len(), ..next };
            }
            next => {
                rows.drain(..from.skip.min(rows.len()));
                // Servers up to 3.1 give a metric's whole history, whatever is asked for and at whatever token.
                let more = (rows.len() > wanted).then(|| from.count(wanted));
                rows.truncate(wanted);
                return Ok(Page { rows, from, next: more.or(next) });
            }
        }
    }
    Ok(Page { rows: Vec::new(), from: from.clone(), next: Some(from) })
}

/// As Python's `json.dumps` writes it, so that it is the very token the server would make.
fn offset_token(offset: usize) -> String {
    STANDARD.encode(format!("{{\"offset\": {offset}}}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_the_token_that_mlflow_makes_itself() {
        assert_eq!(Position::at(2).token(), Some("eyJvZmZzZXQiOiAyfQ=="));
        assert_eq!(Position::at(0).token(), None);
    }

    #[test]
    fn a_page_cut_short_goes_on_where_it_stopped() {
        assert_eq!(Position::at(0).advance(7), Position::at(7));
        assert_eq!(Position::at(20).advance(7), Position::at(27));
        let server = Position::from_server(Some("eyJvZmZzZXQiOiAyfQ==".to_owned())).unwrap();
        assert_eq!(server.advance(3), Position::at(5));
    }

    #[test]
    fn an_opaque_token_is_kept_and_its_seen_rows_are_skipped() {
        let position = Position::from_server(Some("opaque!".to_owned())).unwrap().advance(3).advance(2);
        assert_eq!((position.token(), position.skip()), (Some("opaque!"), 5));
        assert_eq!(Position::decode(&position.encode()), position);
    }

    #[test]
    fn rows_that_were_counted_from_the_first_are_counted_on() {
        let counted = Position { token: None, skip: 4 };
        assert_eq!(counted.advance(3), Position { token: None, skip: 7 });
        assert_eq!(Position::decode(&counted.encode()), counted);
    }

    #[test]
    fn a_token_that_holds_its_question_is_moved_with_it() {
        let token = STANDARD.encode(r#"{"experiment_ids": ["1"], "order_by": null, "offset": 20}"#);
        let position = Position::from_server(Some(token.clone())).unwrap();
        let moved = STANDARD.decode(position.back(7).unwrap().token().unwrap()).unwrap();
        assert_eq!(moved, br#"{"experiment_ids":["1"],"order_by":null,"offset":13}"#);
        assert_eq!(position.back(21), None);
        // A token made for a row would be refused, since it lacks the question.
        assert_eq!(position.advance(2), Position { token: Some(token), skip: 2 });
        assert_eq!(Position::decode(&position.encode()), position);
        assert_eq!(Position::at(20).back(7), Some(Position::at(13)));
        assert_eq!(Position::from_server(Some("opaque!".to_owned())).unwrap().back(1), None);
    }

    #[test]
    fn every_position_reads_back_from_its_token() {
        for position in [Position::at(5), Position::default().advance(4), Position::at(3).advance(1)] {
            assert_eq!(Position::decode(&position.encode()), position);
        }
    }

    #[test]
    fn no_position_is_too_far_to_count() {
        let far = Position { token: None, skip: usize::MAX };
        assert_eq!((far.advance(7), far.row()), (far.clone(), Some(usize::MAX)));
        let far = Position::at(usize::MAX);
        assert_eq!(far.advance(7), far);
    }

    #[test]
    fn an_empty_server_token_is_the_end() {
        assert_eq!(Position::from_server(Some(String::new())), None);
        assert_eq!(Position::from_server(None), None);
    }
}
