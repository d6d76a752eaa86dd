//! Quoting in MLflow's filter language, which has no escape character.

/// A text that cannot be written in a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unquotable;

/// A key after `tags.`, `params.` or `metrics.`.
///
/// # Errors
/// It has both a backtick and a double quote.
pub fn key(key: &str) -> Result<String, Unquotable> {
    quote(key, ['`', '"'])
}

/// A string to compare with.
///
/// # Errors
/// It has both a single and a double quote.
pub fn string(value: &str) -> Result<String, Unquotable> {
    quote(value, ['\'', '"'])
}

/// That a field is a text. For one that no string can hold, by a pattern, in which `_` is any character: it also finds what
/// is like it, so what comes is to be compared once more.
#[must_use]
pub fn is(field: &str, value: &str) -> String {
    match string(value) {
        Ok(string) => format!("{field} = {string}"),
        // Some databases know the backslash as an escape character of patterns.
        Err(Unquotable) => format!("{field} LIKE '{}'", value.replace(['\'', '\\'], "_")),
    }
}

fn quote(text: &str, quotes: [char; 2]) -> Result<String, Unquotable> {
    let mark = quotes.into_iter().find(|mark| !text.contains(*mark)).ok_or(Unquotable)?;
    Ok(format!("{mark}{text}{mark}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quote_that_the_text_does_not_have_is_used() {
        assert_eq!(string("it's"), Ok("\"it's\"".to_owned()));
        assert_eq!(string("plain"), Ok("'plain'".to_owned()));
        assert_eq!(string("both ' and \""), Err(Unquotable));
        assert_eq!(key("mlflow.parentRunId"), Ok("`mlflow.parentRunId`".to_owned()));
        assert_eq!(key("a`b"), Ok("\"a`b\"".to_owned()));
    }

    #[test]
    fn what_no_string_holds_is_found_by_a_pattern() {
        assert_eq!(is("dataset.name", "it's"), "dataset.name = \"it's\"");
        assert_eq!(is("name", "it's \"a\\b\""), "name LIKE 'it_s \"a_b\"'");
    }
}
