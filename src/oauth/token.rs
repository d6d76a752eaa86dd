//! Tokens in the compact form of RFC 7515, taken apart.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::members;

/// The longest token, in bytes. Longer ones do not get through most proxies anyway.
const LONGEST: usize = 16 << 10;

/// What an access token may say that it is: RFC 9068 has `at+jwt`, most authorization servers write `JWT` or nothing.
/// Whatever else there is (logout tokens, proofs of possession) was made for something else.
const TYPES: [&str; 3] = ["at+jwt", "application/at+jwt", "jwt"];

/// A token of which nothing is to be believed yet.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// The algorithm that it says it is signed with.
    pub(super) algorithm: String,
    /// The key that it says it is signed with.
    pub(super) key: Option<String>,
    /// What is signed.
    pub(super) signed: &'a [u8],
    /// The JSON of its claims.
    pub(super) claims: Vec<u8>,
    /// The signature.
    pub(super) signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// Takes a token apart, or says what it is not. Keys that a header brings or points to (`jwk`, `jku`, `x5c`, `x5u`)
    /// are not looked at: whoever makes a token could choose them.
    pub(super) fn parse(text: &'a [u8]) -> Result<Self, &'static str> {
        const FORM: &str = "the token is not a signed JSON Web Token";
        if text.len() > LONGEST {
            return Err("the token is longer than 16384 bytes");
        }
        let parts: Vec<&[u8]> = text.split(|byte| *byte == b'.').collect();
        let [header, claims, signature] = parts.as_slice() else { return Err(FORM) };
        let signed = &text[..header.len() + 1 + claims.len()];
        let (Some(header), Some(claims), Some(signature)) =
            (base64url(header), base64url(claims), base64url(signature))
        else {
            return Err(FORM);
        };
        let mut header = members::read(&header).ok_or(FORM)?;
        // There is no extension that we understand, and one that is critical must be (RFC 7515, section 4.1.11).
        if header.contains_key("crit") {
            return Err("the token has extensions that this server does not understand");
        }
        let typed = header.get("typ").is_none_or(|name| {
            name.as_str().is_some_and(|name| TYPES.contains(&name.to_ascii_lowercase().as_str()))
        });
        if !typed {
            return Err("the token is not an access token");
        }
        let Some(Value::String(algorithm)) = header.remove("alg") else { return Err(FORM) };
        let key = match header.remove("kid") {
            None => None,
            Some(Value::String(key)) => Some(key),
            Some(_) => return Err(FORM),
        };
        Ok(Self { algorithm, key, signed, claims, signature })
    }
}

/// The bytes of base64url without padding; the same bytes are written in one way only.
pub(super) fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
