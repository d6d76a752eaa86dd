//! Secrets that signatures of webhooks are made with: they go to MLflow and come back in nothing.

use serde_json::json;

use crate::mlflow::Error;
use crate::tool::ToolError;

/// What stands for a secret.
const HIDDEN: &str = "***";

/// A failure without the secret, which a server may quote.
pub(super) fn without(error: Error, secret: Option<&str>) -> Error {
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else { return error };
    // As it stands, and as it stands in JSON and in quotes.
    let quoted = json!(secret).to_string();
    let forms = [secret, quoted.trim_matches('"')];
    let hide = |text: String| forms.iter().fold(text, |text, form| text.replace(form, HIDDEN));
    match error {
        Error::Refused(mut refusal) => {
            refusal.message = hide(refusal.message);
            Error::Refused(refusal)
        }
        Error::NotUnderstood(what) => Error::NotUnderstood(hide(what)),
        error => error,
    }
}

/// An address without the user and password that it may have.
pub(super) fn bare(url: &str) -> String {
    match split(url) {
        Some((scheme, host)) => format!("{scheme}://{HIDDEN}@{host}"),
        None => url.to_owned(),
    }
}

/// That an address has no user and password: MLflow would store and show them as they are.
///
/// # Errors
/// It has.
pub(super) fn plain(url: &str) -> Result<(), ToolError> {
    if split(url).is_none() {
        return Ok(());
    }
    Err(ToolError::argument(
        "argument \"url\" has a user or password before the host, which MLflow would show to everybody; nothing was changed. \
         Requests are signed with \"secret\"",
    ))
}

/// The scheme, and what stands behind user and password.
fn split(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.get(..rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
    let at = authority.rfind('@')?;
    Some((scheme, rest.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_neither_taken_nor_shown() {
        assert_eq!(bare("https://ann:pass@word@hooks.test/a@b?c=d"), "https://***@hooks.test/a@b?c=d");
        assert!(plain("https://ann:password@hooks.test/").is_err());
        for fine in ["https://hooks.test/a@b", "https://hooks.test?x=a@b", "no address"] {
            assert_eq!(bare(fine), fine);
            assert!(plain(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_server_that_quotes_a_secret_is_not_quoted() {
        let error = Error::NotUnderstood("it begins: \"open sesame\"".to_owned());
        assert_eq!(without(error.clone(), None), error);
        let quoting = Error::NotUnderstood(r#"{"secret": "a\"b"}"#.to_owned());
        let hidden = Error::NotUnderstood(r#"{"secret": "***"}"#.to_owned());
        assert_eq!(without(quoting, Some("a\"b")), hidden);
        assert_eq!(
            without(error, Some("sesame")),
            Error::NotUnderstood("it begins: \"open ***\"".to_owned())
        );
    }
}
