//! What a token says of itself (RFC 7519, section 4.1), once its signature is known to be right.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::members;

/// How far the clocks of two machines may differ.
const LEEWAY: Duration = Duration::from_secs(60);

/// The longest name, in bytes: that of `sub` in OpenID Connect.
const LONGEST_NAME: usize = 255;

/// What stands in a name as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-').remove(b'@').remove(b'|');

/// What must be in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Who made it: `iss`, to the letter.
    pub issuer: String,
    /// For whom it is: one of them is in `aud`.
    pub audiences: Vec<String>,
    /// The claim with the holder's name.
    pub name: String,
    /// The claim with the scopes; without, `scope` (RFC 9068) or `scp` (Microsoft, Okta).
    pub scope: Option<String>,
}

/// What is to be known of the holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    /// The name, in visible ASCII: everything else of it is percent-encoded, so that no two are the same.
    pub(super) name: String,
    /// The scopes.
    pub(super) scopes: Vec<String>,
}

impl Expected {
    /// The claims in this JSON, if they are as they must be now, or what is not.
    pub(super) fn check(&self, json: &[u8], now: Duration) -> Result<Claims, &'static str> {
        let claims = members::read(json).ok_or("the token has no claims that can be read")?;
        if claims.get("iss") != Some(&Value::String(self.issuer.clone())) {
            return Err("the token is of another issuer");
        }
        if !self.is_for_us(claims.get("aud")) {
            return Err("the token is for another audience");
        }
        in_time(&claims, now)?;
        // A token that is bound to a key is worth nothing without proof of it (RFC 7800), which nobody asks for here.
        if claims.contains_key("cnf") {
            return Err("the token is bound to a key, and is no bearer token");
        }
        let name = claims.get(&self.name).and_then(Value::as_str).unwrap_or_default();
        if !(1..=LONGEST_NAME).contains(&name.len()) {
            return Err("the token does not name its holder in 1 to 255 bytes");
        }
        let scopes = match &self.scope {
            Some(claim) => words(claims.get(claim)),
            None => [words(claims.get("scope")), words(claims.get("scp"))].concat(),
        };
        Ok(Claims { name: utf8_percent_encode(name, PLAIN).to_string(), scopes })
    }

    fn is_for_us(&self, audience: Option<&Value>) -> bool {
        let ours = |one: &Value| one.as_str().is_some_and(|one| self.audiences.iter().any(|our| our == one));
        match audience {
            Some(Value::Array(all)) => all.iter().all(Value::is_string) && all.iter().any(ours),
            Some(one) => ours(one),
            None => false,
        }
    }
}

fn in_time(claims: &Map<String, Value>, now: Duration) -> Result<(), &'static str> {
    const NO_TIME: &str = "the token has a time that is none";
    // Seconds since 1970, perhaps with a fraction. What is no number is not taken for absent.
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_f64().filter(|time| *time >= 0.0).map(Some).ok_or(NO_TIME),
    };
    let (now, leeway) = (now.as_secs_f64(), LEEWAY.as_secs_f64());
    match time("exp")? {
        None => return Err("the token never expires"),
        Some(end) if end + leeway <= now => return Err("the token has expired"),
        Some(_) => {}
    }
    if time("nbf")?.is_some_and(|start| start > now + leeway) {
        return Err("the token is not valid yet");
    }
    if time("iat")?.is_some_and(|made| made > now + leeway) {
        return Err("the token was made in the future");
    }
    Ok(())
}

/// Scopes with spaces between (RFC 6749, section 3.3), or a list of them. What is neither admits nothing.
fn words(claim: Option<&Value>) -> Vec<String> {
    match claim {
        Some(Value::String(text)) => {
            text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
        }
        Some(Value::Array(list)) => list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
