//! The client credentials grant (RFC 6749, section 4.4): this server shows an authorization server who it is, and gets
//! access tokens for MLflow.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use percent_encoding::utf8_percent_encode;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::client::OUR_NAME;
use super::credentials::Credentials;
use super::endpoint::{ENCODED, encoded};
use super::error::NoToken;

/// The longest code of an error that is passed on: those of the standard are shorter.
const LONGEST_CODE: usize = 40;

/// What access tokens are got by. It never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    token_url: Uri,
    /// Id and secret, as HTTP Basic has them.
    client: Credentials,
    secret: String,
    form: String,
}

/// An access token as it was given.
pub(super) struct Given {
    pub(super) token: String,
    /// How long it is good, if the answer says so.
    pub(super) lasts: Option<Duration>,
}

impl Grant {
    /// One for that client at that token endpoint, with these parameters besides the type of grant.
    #[must_use]
    pub fn new(token_url: Uri, id: &str, secret: &str, parameters: &[(&str, &str)]) -> Self {
        // Section 2.3.1: each is encoded before Basic puts a colon between them.
        let encode = |text| utf8_percent_encode(text, ENCODED).to_string();
        let client = Credentials::basic(&encode(id), &encode(secret));
        let form = encoded(&[&[("grant_type", "client_credentials")], parameters].concat());
        Self { token_url, client, secret: secret.to_owned(), form }
    }

    /// The token endpoint.
    #[must_use]
    pub fn token_url(&self) -> &Uri {
        &self.token_url
    }

    /// The same for the same client that asks the same endpoint for the same, and for no other.
    pub(super) fn digest(&self) -> [u8; 32] {
        let (url, client) = (self.token_url.to_string(), self.client.headers());
        let mut parts = vec![url.as_bytes(), self.form.as_bytes()];
        parts.extend(client.values().map(HeaderValue::as_bytes));
        digest(&parts)
    }

    /// Every text that is a secret.
    pub(super) fn secrets(&self) -> Vec<String> {
        let mut secrets = self.client.secrets();
        secrets.push(self.secret.clone());
        secrets
    }

    /// The request for a token.
    pub(super) fn request(&self) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from(self.form.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.token_url.clone();
        let headers = request.headers_mut();
        *headers = self.client.headers();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(self.form.len()));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(OUR_NAME));
        request
    }

    /// Reads the answer. Nothing of it is quoted but the code of an error: all else may be, or hold, a secret.
    pub(super) fn read(&self, response: &Response<Bytes>) -> Result<Given, NoToken> {
        let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let status = response.status();
        if status != StatusCode::OK {
            return Err(NoToken::Refused {
                status,
                code: answer["error"].as_str().and_then(|code| self.code(code)),
            });
        }
        let token = answer["access_token"].as_str().ok_or(NoToken::Unusable("has no access_token"))?;
        let kind = answer["token_type"].as_str().unwrap_or_default();
        if !kind.eq_ignore_ascii_case("bearer") {
            return Err(NoToken::Unusable("has another token_type than Bearer"));
        }
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NoToken::Unusable("has an access_token that no header can carry"));
        }
        let lasts = answer["expires_in"].as_u64().map(Duration::from_secs);
        Ok(Given { token: token.to_owned(), lasts })
    }

    /// The code of an error, if it is none of our secrets and has the form of a code.
    fn code(&self, code: &str) -> Option<String> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        let is_code = code.len() <= LONGEST_CODE && code.bytes().all(plain);
        let shown = Credentials::of_grant(self.clone()).hide_in(code);
        (is_code && shown == code).then_some(shown)
    }
}

/// A digest of the parts. Each counts with its length, so that none can flow into the next.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let digest = parts.iter().fold(Sha256::new(), |digest, part| {
        digest.chain_update((part.len() as u64).to_le_bytes()).chain_update(part)
    });
    digest.finalize().into()
}
