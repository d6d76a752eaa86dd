//! Callers of a list: bearer tokens (RFC 6750), of which only the SHA-256 is known here.
//!
//! A token in a query is never looked at: queries end up in logs and histories (RFC 6750, section 5.3).

use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::narrowing::Narrowing;

/// Somebody who may ask.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name, for limits and logs.
    pub name: String,
    /// The SHA-256 of the token.
    pub digest: [u8; 32],
    /// What is left for this caller of what the server lets everybody do.
    pub narrowings: Vec<Narrowing>,
}

/// All who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callers(Vec<Caller>);

/// Somebody who is no caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stranger {
    /// Without a bearer token.
    Silent,
    /// With one that is no caller's.
    Unknown,
}

impl Callers {
    /// These, and nobody else.
    #[must_use]
    pub fn new(callers: Vec<Caller>) -> Self {
        Self(callers)
    }

    /// The caller of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Caller> {
        self.0.iter().find(|caller| caller.name == name)
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|caller| caller.name.as_str())
    }

    /// The caller whose token this is.
    #[must_use]
    pub fn find(&self, token: &[u8]) -> Option<&Caller> {
        let digest = Sha256::digest(token);
        // Each is compared, and each to its end: how long it takes says nothing about the tokens.
        let mut found = None;
        for caller in &self.0 {
            if bool::from(caller.digest.ct_eq(digest.as_slice())) {
                found = Some(caller);
            }
        }
        found
    }
}

/// The one token in `Authorization`.
pub(super) fn token(headers: &HeaderMap) -> Result<&[u8], Stranger> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let token = values.next().and_then(bearer).ok_or(Stranger::Silent)?;
    if values.next().is_some() { Err(Stranger::Unknown) } else { Ok(token) }
}

/// The token of a value that has one.
pub(super) fn bearer(value: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = value.as_bytes().split_at_checked("Bearer ".len())?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then_some(token)
}

/// Without the digest: it is no secret, but nobody needs it.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("name", &self.name)
            .field("narrowings", &self.narrowings)
            .finish_non_exhaustive()
    }
}
