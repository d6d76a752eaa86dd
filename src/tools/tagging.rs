//! A tag that is set or removed: what that changes and how it is taken back, the same for all that has tags.

mod several;

use std::collections::BTreeMap;

use crate::tool::nearest::suggestion;
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Kind, ToolError};

pub(crate) use several::Several;

/// The change of one tag.
pub(crate) struct Tagging<'a> {
    /// What has the tag, in words: `run "gbm" (7f3a...)`.
    pub(crate) of: String,
    /// The tag.
    pub(crate) key: &'a str,
    /// Its value, if it has one.
    pub(crate) before: Option<String>,
    /// The value that it is to have, if any.
    pub(crate) after: Option<&'a str>,
}

/// How calls name what has the tags.
pub(crate) struct Calls<'a> {
    /// The tool that sets one.
    pub(crate) set: &'a str,
    /// The tool that removes one.
    pub(crate) delete: &'a str,
    /// The arguments that say what has it.
    pub(crate) thing: &'a [(&'a str, &'a str)],
}

impl<'a> Tagging<'a> {
    /// To that value, from whatever it is among those tags.
    pub(crate) fn set(of: String, tags: &BTreeMap<String, String>, key: &'a str, value: &'a str) -> Self {
        Self { of, key, before: tags.get(key).cloned(), after: Some(value) }
    }

    /// Its removal. `None` where there is none.
    pub(crate) fn remove(of: String, tags: &BTreeMap<String, String>, key: &'a str) -> Option<Self> {
        Some(Self { of, key, before: Some(tags.get(key)?.clone()), after: None })
    }

    /// What it changes, in a sentence.
    pub(crate) fn would(&self) -> String {
        let Self { of, key, before, after } = self;
        let key = quoted(key);
        match (before.as_deref(), after) {
            (None, Some(after)) => {
                format!("Set tag {key} of {of}, which it has not yet, to {}.", quoted(after))
            }
            (Some(before), Some(after)) if before == *after => {
                format!("Leave tag {key} of {of} as it is: {}.", quoted(before))
            }
            (Some(before), Some(after)) => {
                format!("Change tag {key} of {of} from {} to {}.", quoted(before), quoted(after))
            }
            (before, None) => {
                format!("Remove tag {key} of {of}, which is {}.", quoted(before.unwrap_or_default()))
            }
        }
    }

    /// The call that takes it back.
    pub(crate) fn undo(&self, calls: &Calls<'_>) -> String {
        let mut arguments = calls.thing.to_vec();
        arguments.push(("key", self.key));
        match &self.before {
            Some(before) => {
                arguments.push(("value", before));
                undo(calls.set, &arguments)
            }
            None => undo(calls.delete, &arguments),
        }
    }
}

/// That there is no such tag.
pub(crate) fn no_tag<'k>(of: &str, key: &str, known: impl Iterator<Item = &'k String>) -> ToolError {
    let hint = match suggestion(key, "Tags", known.map(String::as_str)) {
        hint if hint.is_empty() => "It has no tags.".to_owned(),
        hint => hint,
    };
    ToolError::new(
        Kind::NotFound,
        format!("RESOURCE_DOES_NOT_EXIST: {of} has no tag {key:?}; nothing was changed"),
        hint,
    )
}
