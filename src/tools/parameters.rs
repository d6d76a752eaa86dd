//! Parameters that are logged to what may have some: MLflow never changes one.

use std::collections::BTreeMap;

use crate::mlflow::pairs::Tag;
use crate::tool::preview::{counted, quoted};
use crate::tool::{Kind, ToolError};

/// Those of the given ones that are not known yet.
///
/// # Errors
/// One is known with another value; nothing was logged.
pub(crate) fn new<'a>(
    of: &str,
    known: &BTreeMap<String, String>,
    given: &'a BTreeMap<String, String>,
    instead: &'static str,
) -> Result<Vec<Tag<'a>>, ToolError> {
    let mut new = Vec::new();
    for (key, value) in given {
        match known.get(key) {
            None => new.push(Tag { key, value }),
            Some(known) if known == value => {}
            Some(known) => {
                let (parameter, known, value) = (quoted(key), quoted(known), quoted(value));
                let message = format!(
                    "parameter {parameter} of {of} is {known} and cannot become {value}; nothing was logged"
                );
                return Err(ToolError::new(Kind::Refused, message, instead));
            }
        }
    }
    Ok(new)
}

/// What logging them changes, in a sentence.
pub(crate) fn would(of: &str, new: usize, given: usize) -> String {
    let known = given - new;
    format!("Log {} of {of}; it has {known} of those given already.", counted(new, false, "parameter"))
}
