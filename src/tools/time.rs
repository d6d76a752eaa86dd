//! Times as people write them.

use std::time::{Duration, UNIX_EPOCH};

use crate::tool::ToolError;

/// A time in epoch milliseconds: `2026-11-21`, `2026-11-21T18:00:00Z`, or the milliseconds themselves.
///
/// # Errors
/// It is none.
pub(crate) fn time(argument: &str, text: &str) -> Result<i64, ToolError> {
    let text = text.trim();
    if let Ok(milliseconds) = text.parse() {
        return Ok(milliseconds);
    }
    let whole = if text.len() == "2026-11-21".len() { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let since =
        humantime::parse_rfc3339_weak(&whole).ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let milliseconds = since.as_ref().map(Duration::as_millis).and_then(|since| i64::try_from(since).ok());
    milliseconds.ok_or_else(|| {
        ToolError::argument(format!(
            "argument {argument:?} is {text:?}, and must be a time in UTC such as \"2026-11-21\" or \
             \"2026-11-21T18:00:00Z\", or epoch milliseconds"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in ["2026-11-21", "2026-11-21T00:00:00Z", "2026-11-21 00:00:00", "1795219200000"] {
            assert_eq!(time("started_after", text), Ok(1_795_219_200_000), "{text}");
        }
        for text in ["yesterday", "2026-13-01", "21.11.2026", ""] {
            assert!(time("started_after", text).is_err(), "{text}");
        }
    }
}
