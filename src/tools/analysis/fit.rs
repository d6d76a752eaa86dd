//! Lists that share the room of one answer.

use serde::Serialize;

use crate::tool::Budget;
use crate::tool::budget::size;

/// Keeps what fits into what is left, and takes it from there; whether some did not fit.
pub(super) fn fit<T: Serialize>(items: &mut Vec<T>, left: &mut Budget) -> bool {
    let is_cut = left.keep(items) > 0;
    *left = left.minus(size(items));
    is_cut
}
