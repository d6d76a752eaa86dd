//! Variables that are JSON objects: their members, and the forms that some of them have.

use http::Uri;
use http::uri::Scheme;
use serde_json::{Map, Value};

use crate::nearest::suggestion;

/// What is said of a URL that is not [`secure`].
pub(super) const NOT_SECURE: &str =
    "no https URL without user, query or fragment (http only for this machine)";

/// The members of an object that has none but those of these names. Errors quote names, never values.
pub(super) fn read(text: &str, names: &[&str], example: &str) -> Result<Map<String, Value>, String> {
    let members: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
        format!("it is no JSON object (line {}, column {}): write {example}", error.line(), error.column())
    })?;
    match members.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => {
            let names = suggestion(name, "Members", names.iter().copied());
            Err(format!("there is no member {name:?}. {names}"))
        }
        None => Ok(members),
    }
}

/// A member that must be there.
pub(super) fn required(members: &Map<String, Value>, name: &str, example: &str) -> Result<String, String> {
    text(members, name)?.ok_or_else(|| format!("it needs {name:?}: write {example}"))
}

/// A member that may be there.
pub(super) fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(format!("{name:?} is a text")),
    }
}

/// A URL whose answers, and what it is sent, nobody on the way can read or change: `https`, or on this machine.
pub(super) fn secure(text: &str) -> Option<Uri> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\#?@<>".contains(&byte));
    let uri: Uri = text.parse().ok().filter(|_| plain)?;
    let local = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = uri.scheme()?;
    (*scheme == Scheme::HTTPS || (*scheme == Scheme::HTTP && local)).then_some(uri)
}

/// Whether it can be a scope (RFC 6749, section 3.3).
pub(super) fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}
