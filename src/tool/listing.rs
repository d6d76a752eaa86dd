//! An answer that is a list.

use schemars::JsonSchema;
use serde::Serialize;

use super::budget::Budget;
use crate::mlflow::page::{Page, Position};

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
    /// As many items of a page as fit, at least one.
    #[must_use]
    pub fn of_page(mut page: Page<T>, budget: Budget) -> Self {
        let fitting = budget.fitting(&page.rows).max(1);
        let truncated = fitting < page.rows.len();
        if truncated {
            page.next = Some(page.cut(fitting));
            page.rows.truncate(fitting);
        }
        let next_page_token = page.next.map(|next| next.encode());
        Self { result: page.rows, truncated, next_page_token, note: None }
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
