//! What is shown to MLflow.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// The value of an `Authorization` header. It never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(HeaderValue);

impl Credentials {
    /// User and password, RFC 7617.
    #[must_use]
    pub fn basic(user: &str, password: &str) -> Self {
        let encoded = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        // Base64 has only characters that a header can carry.
        Self(sensitive(HeaderValue::try_from(encoded).unwrap_or_else(|_| HeaderValue::from_static(""))))
    }

    /// A token, RFC 6750; `None` if no header can carry it.
    #[must_use]
    pub fn bearer(token: &str) -> Option<Self> {
        HeaderValue::try_from(format!("Bearer {token}")).ok().map(|value| Self(sensitive(value)))
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::Credentials;

    #[test]
    fn basic_is_what_rfc_7617_shows() {
        let header = Credentials::basic("Aladdin", "open sesame").header();
        assert_eq!(header.as_bytes(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }

    #[test]
    fn a_token_with_a_line_break_is_refused() {
        assert_eq!(Credentials::bearer("a\r\nX-Evil: 1"), None);
    }
}
