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
}
