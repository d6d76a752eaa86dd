//! What is shown to MLflow, and what of it must never be seen elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, HeaderValue};

use super::grant::Grant;
use crate::sorted::sort;

/// The header that names a workspace, where an MLflow server has them (`mlflow.utils.workspace_utils`).
pub const WORKSPACE: HeaderName = HeaderName::from_static("x-mlflow-workspace");

/// What is written where a secret stood.
const HIDDEN: &str = "***";

/// The shortest text that is hidden: what is shorter is no secret, and to hide it would blot out words.
const SHORTEST_SECRET: usize = 6;

/// Headers that say who asks, and in which workspace. They never show themselves.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    headers: HeaderMap,
    /// What gets the access tokens that are shown besides.
    grant: Option<Box<Grant>>,
    whose: Whose,
}

/// Who gave the credentials, and so can give others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// The operator of this server.
    #[default]
    Operator,
    /// The caller, in this header of the request.
    Caller(&'static str),
}

impl Credentials {
    /// User and password, RFC 7617.
    #[must_use]
    pub fn basic(user: &str, password: &str) -> Self {
        let encoded = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        // Base64 has only characters that a header can carry.
        let value = HeaderValue::try_from(encoded).unwrap_or_else(|_| HeaderValue::from_static(""));
        let mut credentials = Self::default();
        credentials.set(AUTHORIZATION, value);
        credentials
    }

    /// A token, RFC 6750; `None` if no header can carry it.
    #[must_use]
    pub fn bearer(token: &str) -> Option<Self> {
        Self::default().with(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Access tokens that are got by this grant.
    #[must_use]
    pub fn of_grant(grant: Grant) -> Self {
        Self { grant: Some(Box::new(grant)), ..Self::default() }
    }

    /// What a caller gave in a header of that name; `None` if no header can carry it.
    #[must_use]
    pub fn of_caller(header: &'static str, authorization: &str) -> Option<Self> {
        let credentials = Self { whose: Whose::Caller(header), ..Self::default() };
        credentials.with(AUTHORIZATION, authorization)
    }

    /// The same with one more header; `None` if there is one of that name, or no header can carry the value: only
    /// visible ASCII and single lines can be trusted to reach MLflow as they are.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Option<Self> {
        let visible = value.bytes().all(|byte| matches!(byte, b' '..=b'~')) && value.trim() == value;
        if !visible || value.is_empty() || self.has(&name) {
            return None;
        }
        self.set(name, HeaderValue::try_from(value).ok()?);
        Some(self)
    }

    fn set(&mut self, name: HeaderName, mut value: HeaderValue) {
        value.set_sensitive(true);
        self.headers.insert(name, value);
    }

    /// Whether there is one of that name, or will be.
    #[must_use]
    pub fn has(&self, name: &HeaderName) -> bool {
        self.headers.contains_key(name) || (self.grant.is_some() && *name == AUTHORIZATION)
    }

    /// What gets the access tokens that are shown besides, if any are.
    #[must_use]
    pub fn grant(&self) -> Option<&Grant> {
        self.grant.as_deref()
    }

    /// Whether they say who asks; a workspace alone does not.
    #[must_use]
    pub fn identify(&self) -> bool {
        self.grant.is_some() || self.headers.keys().any(|name| name != WORKSPACE)
    }

    /// Who gave them.
    #[must_use]
    pub fn whose(&self) -> Whose {
        self.whose
    }

    /// The text without anything of them: servers and proxies quote what they were sent.
    #[must_use]
    pub fn hide_in(&self, text: &str) -> String {
        let mut secrets = self.secrets();
        // The longest first, since one may be a part of another.
        sort(&mut secrets, |one, other| one.len() > other.len());
        let long = secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET);
        long.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), HIDDEN))
    }

    /// Every text that is one: values, what follows `Basic` or `Bearer`, what is in the base64 of `Basic`, and the secrets of
    /// the grant. Access tokens are not among them: they come and go.
    pub(super) fn secrets(&self) -> Vec<String> {
        let mut secrets = self.grant().map_or_else(Vec::new, Grant::secrets);
        for (_, value) in self.headers.iter().filter(|(name, _)| *name != WORKSPACE) {
            let Ok(value) = value.to_str() else { continue };
            secrets.push(value.to_owned());
            let Some((_, rest)) = value.split_once(' ') else { continue };
            secrets.push(rest.to_owned());
            let decoded = STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some((user, password)) = decoded.as_deref().and_then(|pair| pair.split_once(':')) {
                secrets.extend([format!("{user}:{password}"), password.to_owned()]);
            }
        }
        secrets
    }

    pub(super) fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(..)")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn basic_is_what_rfc_7617_shows() {
        let headers = Credentials::basic("Aladdin", "open sesame").headers();
        assert_eq!(headers["authorization"].as_bytes(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }

    #[test]
    fn a_value_that_could_be_read_as_two_is_refused() {
        for text in ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\tb", "tok\u{e9}n", "\u{7f}", " a", "a "] {
            let credentials = Credentials::default();
            assert_eq!(credentials.with(HeaderName::from_static("x-key"), text), None, "{text:?}");
            assert_eq!(Credentials::of_caller("X", text), None, "{text:?}");
        }
        for text in ["a\r\nX-Evil: 1", "tok\u{e9}n", "\u{7f}"] {
            assert_eq!(Credentials::bearer(text), None, "{text:?}");
        }
        assert_eq!(Credentials::bearer("a").unwrap().with(AUTHORIZATION, "b"), None);
    }

    #[test]
    fn what_a_server_quotes_is_hidden_in_every_form() {
        let credentials = Credentials::basic("bob", "hunter2")
            .with(HeaderName::from_static("x-key"), "abcdefgh")
            .and_then(|credentials| credentials.with(WORKSPACE, "team-blue"))
            .unwrap();
        let text = "no Basic Ym9iOmh1bnRlcjI=, Ym9iOmh1bnRlcjI=, bob:hunter2, hunter2, abcdefgh in team-blue for bob";
        assert_eq!(credentials.hide_in(text), "no ***, ***, ***, ***, *** in team-blue for bob");
        let short = Credentials::default().with(HeaderName::from_static("x-debug"), "1").unwrap();
        assert_eq!(short.hide_in("run 1"), "run 1");
    }
}
