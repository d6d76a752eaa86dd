//! An answer that is a list.

use schemars::JsonSchema;
use serde::Serialize;

use super::budget::Budget;
use crate::mlflow::page::Position;

/// A list, and what is not on it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Listing<T> {
    /// The items.
    pub result: Vec<T>,
    /// Items that were asked for are left out because the answer would be too long.
    pub truncated: bool,
    /// There is more: call again with the same arguments and this as `page_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// What to know about this list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl<T> Listing<T> {
    /// A list that holds all there is.
    #[must_use]
    pub fn complete(result: Vec<T>) -> Self {
        Self { result, truncated: false, next_page_token: None, note: None }
    }
}

impl<T: Serialize> Listing<T> {
    /// As many items as fit, of a page that began at `from` and is followed by `next`.
    #[must_use]
    pub fn of_page(mut items: Vec<T>, budget: Budget, from: &Position, next: Option<Position>) -> Self {
        let fitting = budget.fitting(&items).max(1);
        let truncated = fitting < items.len();
        items.truncate(fitting);
        let next = if truncated { Some(from.advance(fitting)) } else { next };
        Self { result: items, truncated, next_page_token: next.map(|next| next.encode()), note: None }
    }
}

/// Where to begin: at a token, at an offset, or at the start.
///
/// # Errors
/// Both were given.
pub fn position(page_token: Option<&str>, offset: usize) -> Result<Position, super::ToolError> {
    match (page_token.filter(|token| !token.is_empty()), offset) {
        (Some(_), 1..) => Err(super::ToolError::argument(
            "\"page_token\" and \"offset\" cannot be used together: a page token says where to go on",
        )),
        (Some(token), 0) => Ok(Position::decode(token)),
        (None, offset) => Ok(Position::at(offset)),
    }
}
