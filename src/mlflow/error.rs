//! What can go wrong between us and MLflow.

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::port::HttpError;

/// The longest piece of a server's message that is passed on, in characters: some hold whole SQL statements.
const MESSAGE_CHARACTERS: usize = 1_500;

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Nothing came back.
    NoAnswer(HttpError),
    /// A change was sent and nothing came back: it may have been made.
    Unconfirmed(HttpError),
    /// MLflow was not asked, for want of an access token to show it.
    NoToken(NoToken),
    /// The caller may not go so far: a defect of the tool, which says to do less than it does.
    Beyond,
    /// The server said no.
    Refused(Refusal),
    /// The server said something that is not what its API says. Holds what was expected and what came.
    NotUnderstood(String),
}

/// Why the authorization server gave no access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// Nothing came back.
    NoAnswer(HttpError),
    /// It said no.
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// The code of the error (RFC 6749, section 5.2), for instance `invalid_client`.
        code: Option<String>,
    },
    /// Its answer is of no use: what is wrong with it.
    Unusable(&'static str),
}

/// A no, told apart by what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// What kind of no it is.
    pub kind: RefusalKind,
    /// The server's words, plain text, bounded.
    pub message: String,
}

/// The kinds of no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// MLflow's own error, with its code, for instance `RESOURCE_DOES_NOT_EXIST`.
    Mlflow(String),
    /// MLflow's host check: the name in the tracking URI is not on its list.
    Host,
    /// No credentials, or wrong ones.
    Unauthenticated,
    /// The credentials do not suffice.
    Forbidden,
    /// There is no such route: an older server, or not MLflow's root.
    NoRoute,
    /// Sent elsewhere; redirects are not followed, since credentials would go with them.
    Redirect,
    /// An error page of the server or of a proxy before it.
    Failed,
}

impl Error {
    /// Whether MLflow says that the thing asked for does not exist.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused(Refusal { kind: RefusalKind::Mlflow(code), .. })
            if code == "RESOURCE_DOES_NOT_EXIST")
    }

    /// Whether the answer is larger than the limit: less can be asked for.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::NoAnswer(HttpError::TooLarge))
    }

    /// Whether MLflow took the question and did not answer in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::NoAnswer(HttpError::ResponseTimeout))
    }

    /// The status of a refusal.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::NoAnswer(error)
    }
}

/// Reads a response that is not a success; `hide` takes out of a text what the request showed.
#[must_use]
pub fn refusal(
    hide: &dyn Fn(&str) -> String,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Refusal {
    #[derive(Deserialize)]
    struct Body {
        error_code: String,
        #[serde(default)]
        message: String,
    }
    #[derive(Deserialize)]
    struct Detail {
        detail: String,
    }
    if let Ok(Body { error_code, message }) = serde_json::from_slice(body) {
        let kind = RefusalKind::Mlflow(hide(&error_code));
        return Refusal { status, kind, message: clip(&hide(&message)) };
    }
    let text = match serde_json::from_slice(body) {
        Ok(Detail { detail }) => hide(&detail),
        // Before the words are cut out of the page, which could change how a secret is written.
        Err(_) => plain(&hide(&String::from_utf8_lossy(body))),
    };
    let kind = match status {
        StatusCode::FORBIDDEN if text.contains("Invalid Host header") => RefusalKind::Host,
        StatusCode::UNAUTHORIZED => RefusalKind::Unauthenticated,
        StatusCode::FORBIDDEN => RefusalKind::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => RefusalKind::NoRoute,
        status if status.is_redirection() => RefusalKind::Redirect,
        _ => RefusalKind::Failed,
    };
    let message = match (&kind, headers.get(header::LOCATION).and_then(|to| to.to_str().ok())) {
        // Without the query: identity providers carry state in it.
        (RefusalKind::Redirect, Some(to)) => clip(&hide(to.split('?').next().unwrap_or_default())),
        _ => clip(&text),
    };
    Refusal { status, kind, message }
}

/// The words of an HTML page, or the text as it is.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        words.push_str(&rest[..start]);
        words.push(' ');
        let tag = &rest[start..];
        // What a style or script element holds is no text for anyone.
        let end = ["style", "script", "head"]
            .iter()
            .find(|name| tag[1..].get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name)))
            .and_then(|name| {
                let close = format!("</{name}>");
                tag.to_ascii_lowercase().find(&close).map(|at| at + close.len())
            })
            .or_else(|| tag.find('>').map(|at| at + 1));
        rest = end.map_or("", |end| &tag[end..]);
    }
    words.push_str(rest);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most [`MESSAGE_CHARACTERS`] of it.
fn clip(text: &str) -> String {
    match text.char_indices().nth(MESSAGE_CHARACTERS) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}...", &text[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &str) -> RefusalKind {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        refusal(&str::to_owned, status, &HeaderMap::new(), body.as_bytes()).kind
    }

    #[test]
    fn each_no_is_told_apart() {
        let json = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no"}"#;
        assert_eq!(kind(404, json), RefusalKind::Mlflow("RESOURCE_DOES_NOT_EXIST".to_owned()));
        let host = "Invalid Host header - possible DNS rebinding attack detected";
        assert_eq!(kind(403, host), RefusalKind::Host);
        assert_eq!(kind(403, "Permission denied"), RefusalKind::Forbidden);
        assert_eq!(kind(401, "You are not authenticated."), RefusalKind::Unauthenticated);
        assert_eq!(kind(404, "<!doctype html><title>404 Not Found</title>"), RefusalKind::NoRoute);
        assert_eq!(kind(302, ""), RefusalKind::Redirect);
        assert_eq!(kind(502, "<html>Bad Gateway</html>"), RefusalKind::Failed);
    }

    #[test]
    fn html_becomes_its_words() {
        let page = "<html><head><title>x</title><style>p{}</style></head><body><h1>Bad</h1>\n<p>Gateway<br>now</body>";
        assert_eq!(plain(page), "Bad Gateway now");
        assert_eq!(plain("a < b"), "a");
        assert_eq!(plain("plain words"), "plain words");
        assert_eq!(plain("<é"), "");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let body = "ü".repeat(5_000);
        let refusal = refusal(&str::to_owned, StatusCode::BAD_REQUEST, &HeaderMap::new(), body.as_bytes());
        assert_eq!(refusal.message.chars().count(), MESSAGE_CHARACTERS + 3);
    }

    #[test]
    fn a_redirect_says_where_to_without_its_query() {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::LOCATION, http::HeaderValue::from_static("https://login.example/?state=secret"));
        let refusal = refusal(&str::to_owned, StatusCode::FOUND, &headers, b"");
        assert_eq!(refusal.message, "https://login.example/");
    }
}
