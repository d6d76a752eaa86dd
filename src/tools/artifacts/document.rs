//! JSON and YAML files as values, and what a pointer leads to in them.

use serde_json::Value;

use super::content::{Content, decode};
use super::file::directory;
use super::place::{Opened, Place};
use super::yaml;
use crate::mlflow::python_json::json;
use crate::tool::budget::size;
use crate::tool::nearest::suggestion;
use crate::tool::{Budget, Context, Failure, Kind, ToolError};

/// The largest file that is taken apart, in bytes.
const LARGEST: u64 = 4 << 20;

/// The most members that are named where a value is too long.
const NAMED: usize = 100;

/// The value that a file holds, and the file's size.
///
/// # Errors
/// It is too large, or neither JSON nor YAML.
pub(crate) async fn read(cx: &Context<'_>, place: &mut Place) -> Result<(Value, u64), Failure> {
    let part = match place.open(cx, 0, LARGEST).await? {
        Opened::File(part) => part,
        Opened::Directory => return Err(directory(place)),
    };
    if part.total > LARGEST {
        let message =
            format!("{:?} has {} bytes, and up to {LARGEST} are taken apart", place.name(), part.total);
        return Err(
            ToolError::new(Kind::Refused, message, "Read it by lines, or use search_artifact.").into()
        );
    }
    let Content::Text { text, .. } = decode(&part.bytes, true, true) else {
        return Err(unreadable(place, "it is no text").into());
    };
    let text = text.trim_start_matches('\u{feff}');
    let parsed = match json(text) {
        Ok(value) => Ok(value),
        Err(error) if place.name().ends_with(".json") => Err(error),
        // Every JSON text is YAML, too, so one message will do.
        Err(_) => yaml::parse(text),
    };
    Ok((parsed.map_err(|error| unreadable(place, &error))?, part.total))
}

fn unreadable(place: &Place, why: &str) -> ToolError {
    let message = format!("{:?} is neither JSON nor YAML: {why}", place.name());
    ToolError::new(Kind::Argument, message, "Read it by lines.")
}

/// What the pointer leads to, as JSON; of what is too long its members, and a note that says so.
///
/// # Errors
/// There is no such thing: with what there is.
pub(super) fn at(
    document: &Value,
    pointer: &str,
    budget: Budget,
) -> Result<(String, Option<String>), ToolError> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(ToolError::argument(format!(
            "argument \"json_pointer\" {pointer:?} does not begin with a slash, as /config/params does"
        )));
    }
    let value = document.pointer(pointer).ok_or_else(|| nothing(document, pointer))?;
    let text = format!("{value:#}");
    // In the answer it is text within JSON.
    if size(&text) <= budget.characters() {
        return Ok((text, None));
    }
    let characters = text.chars().count();
    let outline: String = match value {
        Value::Object(members) => {
            members.iter().take(NAMED).map(|(name, member)| format!("{name}: {}\n", kind(member))).collect()
        }
        Value::Array(items) => {
            let some = items.iter().take(NAMED).enumerate();
            some.map(|(index, item)| format!("{index}: {}\n", kind(item))).collect()
        }
        _ => text.chars().take(budget.characters() / 2).collect(),
    };
    let note = format!(
        "{} of {characters} characters: too long, so only an outline is shown. A longer json_pointer shows its parts.",
        kind(value)
    );
    Ok((outline, Some(note)))
}

fn kind(value: &Value) -> String {
    match value {
        Value::Object(members) => format!("object with {} members", members.len()),
        Value::Array(items) => format!("list of {}", items.len()),
        Value::String(text) if text.len() > 100 => format!("text of {} characters", text.chars().count()),
        other => other.to_string(),
    }
}

/// The last part of the way that exists, and what is there.
fn nothing(document: &Value, pointer: &str) -> ToolError {
    let (mut way, mut value) = ("", document);
    while let Some(next) = pointer.get(way.len() + 1..) {
        let longer = pointer.get(..way.len() + 1 + next.find('/').unwrap_or(next.len())).unwrap_or(pointer);
        match document.pointer(longer) {
            Some(found) => (way, value) = (longer, found),
            None => break,
        }
    }
    let wanted = pointer.get(way.len() + 1..).unwrap_or_default().split('/').next().unwrap_or_default();
    let place = if way.is_empty() { "The root has".to_owned() } else { format!("{way:?} has") };
    let hint = match value {
        Value::Object(members) => suggestion(wanted, &place, members.keys().map(String::as_str)),
        Value::Array(items) => format!("{place} {} items, counted from 0.", items.len()),
        _ => format!("{way:?} is {}.", kind(value)),
    };
    ToolError::new(Kind::NotFound, format!("the file has nothing at json_pointer {pointer:?}"), hint)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_that_leads_nowhere_is_told_as_far_as_it_leads() {
        let document = serde_json::json!({"config": {"params": {"top_p": 1.0}}, "list": [1, 2]});
        let hint = |pointer: &str| at(&document, pointer, Budget::of_answer(4_000)).unwrap_err().to_string();
        assert!(hint("/config/parms/top_p").contains("Did you mean \"params\"? \"/config\" has: \"params\""));
        assert!(hint("/list/7").contains("\"/list\" has 2 items"));
        assert!(hint("/list/0/x").contains("\"/list/0\" is 1."));
        assert!(hint("config").contains("does not begin with a slash"));
        assert_eq!(at(&document, "/config/params/top_p", Budget::of_answer(4_000)).unwrap().0, "1.0");
    }
}
