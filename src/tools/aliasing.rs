//! An alias that is given to a version: what it named before and how that is restored, the same for models and prompts.

use crate::tool::undo::undo;

/// The call that takes it back, by the tools that set and delete such an alias.
pub(crate) fn back(set: &str, delete: &str, name: &str, alias: &str, previous: Option<&str>) -> String {
    let mut arguments = vec![("name", name), ("alias", alias)];
    match previous {
        Some(version) => {
            arguments.push(("version", version));
            undo(set, &arguments)
        }
        None => undo(delete, &arguments),
    }
}

/// What it names before, at the end of a sentence that says what it is to name.
pub(crate) fn before(previous: Option<&str>, version: &str) -> String {
    match previous {
        Some(previous) if previous == version => " as it does already".to_owned(),
        Some(previous) => format!(" instead of version {previous}"),
        None => String::new(),
    }
}
