//! Sets of public keys (JWK, RFC 7517 and 7518).

use serde_json::{Map, Value};

use super::members;
use super::rsa;
use super::signature::PublicKey;
use super::token::base64url;

/// Members that make a key private, or a shared secret (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Public keys that signatures are checked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<Key>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    id: Option<String>,
    public: PublicKey,
}

impl Keys {
    /// The keys of a set that an authorization server publishes. Those that are of no use here are left out: there are
    /// kinds of keys that we do not know (RFC 7517, section 5).
    ///
    /// # Errors
    /// It is no set of keys.
    pub fn published(text: &[u8]) -> Result<Self, &'static str> {
        Ok(Self(entries(text)?.iter().filter_map(|entry| key(entry).ok()).collect()))
    }

    /// The keys of a set that an operator wrote: each must be of use.
    ///
    /// # Errors
    /// It is no set of keys, or which key is of no use, and why. Nothing of a key is shown.
    pub fn configured(text: &[u8]) -> Result<Self, String> {
        let mut keys = Vec::new();
        for (index, entry) in entries(text)?.iter().enumerate() {
            keys.push(key(entry).map_err(|problem| format!("key {index} is of no use: {problem}"))?);
        }
        if keys.is_empty() {
            return Err("there is no key in it".to_owned());
        }
        Ok(Self(keys))
    }

    /// Whether one of the keys that a token may be signed with did sign the message; `None` if there is no such key. It
    /// is of that algorithm and id. A token without an id says nothing to choose by, so that there must be no choice.
    pub(super) fn signed(
        &self,
        algorithm: &str,
        id: Option<&str>,
        message: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        let fits =
            |key: &&Key| key.public.algorithm() == algorithm && (id.is_none() || key.id.as_deref() == id);
        let keys: Vec<&Key> = self.0.iter().filter(fits).collect();
        if keys.is_empty() || (id.is_none() && keys.len() > 1) {
            return None;
        }
        Some(keys.iter().any(|key| key.public.signed(message, signature)))
    }
}

fn entries(text: &[u8]) -> Result<Vec<Map<String, Value>>, &'static str> {
    const NO_SET: &str = "it is no set of keys, {\"keys\": [...]}";
    let mut set = members::read(text).ok_or(NO_SET)?;
    let Some(Value::Array(keys)) = set.remove("keys") else { return Err(NO_SET) };
    let object = |key| if let Value::Object(key) = key { Some(key) } else { None };
    keys.into_iter().map(object).collect::<Option<_>>().ok_or(NO_SET)
}

fn key(entry: &Map<String, Value>) -> Result<Key, &'static str> {
    if SECRET.iter().any(|name| entry.contains_key(*name)) {
        return Err("it is private, or a shared secret; whoever has seen it can sign: make a new one");
    }
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let bytes = |name: &str| text(name).and_then(|text| base64url(text.as_bytes()));
    let public = match (text("kty"), text("crv")) {
        (Some("RSA"), _) => {
            let (Some(modulus), Some(exponent)) = (bytes("n"), bytes("e")) else {
                return Err("an RSA key has n and e in base64url");
            };
            PublicKey::Rsa(rsa::PublicKey::new(&modulus, &exponent)?)
        }
        (Some("EC"), Some("P-256")) => {
            let (Some(x), Some(y)) = (bytes("x"), bytes("y")) else {
                return Err("a P-256 key has x and y in base64url");
            };
            PublicKey::of_point(&x, &y)?
        }
        _ => return Err("it is neither an RSA key (RS256) nor one on P-256 (ES256)"),
    };
    let other = |name: &str, value: &str| entry.get(name).is_some_and(|member| member != value);
    if other("use", "sig") || entry.get("key_ops").is_some_and(|ops| !verifies(ops)) {
        return Err("it is not for signatures");
    }
    if other("alg", public.algorithm()) {
        return Err("its alg is neither RS256 of an RSA key nor ES256 of one on P-256");
    }
    match entry.get("kid") {
        None => Ok(Key { id: None, public }),
        Some(Value::String(id)) => Ok(Key { id: Some(id.clone()), public }),
        Some(_) => Err("its kid is no text"),
    }
}

fn verifies(operations: &Value) -> bool {
    operations.as_array().is_some_and(|operations| operations.iter().any(|one| one == "verify"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::token::Token;
    use super::*;

    /// RFC 7515, appendix A.2.
    const A2_KEY: &str = r#"{"keys": [{"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]}"#;
    const A2: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    /// RFC 7515, appendix A.3.
    const A3_KEY: &str = r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    const A3: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    #[test]
    fn the_examples_of_the_standard_are_right_with_their_keys_and_with_no_other() {
        for (set, text, other) in [(A2_KEY, A2, A3_KEY), (A3_KEY, A3, A2_KEY)] {
            let token = Token::parse(text.as_bytes()).unwrap();
            let signed = |set: &str| {
                let keys = Keys::configured(set.as_bytes()).unwrap();
                keys.signed(&token.algorithm, None, token.signed, &token.signature)
            };
            assert_eq!((signed(set), signed(other)), (Some(true), None));
        }
    }
}
