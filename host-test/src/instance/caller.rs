//! For whom an instance has worked, so that it never works for anybody else.

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use sha2::{Digest as _, Sha256};

/// How the names of the component's own headers begin, MLflow credentials among them.
const OWN: &str = "x-mlflow-";

/// Who calls, as far as two callers must be told apart: a digest of all credentials of a request. Those who show
/// none are one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller(Option<[u8; 32]>);

impl Caller {
    /// Who sends these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Caller {
        let mut digest: Option<Sha256> = None;
        for (name, value) in headers {
            let telling = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name);
            if telling || name.as_str().starts_with(OWN) {
                let digest = digest.get_or_insert_default();
                for part in [name.as_str().as_bytes(), value.as_bytes()] {
                    // With its length, so that what is between two parts cannot move from one to the other.
                    digest.update((part.len() as u64).to_le_bytes());
                    digest.update(part);
                }
            }
        }
        Caller(digest.map(|digest| digest.finalize().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn caller(headers: &[(&'static str, &'static str)]) -> Caller {
        let pairs = headers.iter();
        let pairs =
            pairs.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Caller::of(&pairs.collect())
    }

    #[test]
    fn credentials_tell_callers_apart_and_nothing_else_does() {
        let nobody = caller(&[("accept", "application/json"), ("x-request-id", "1")]);
        assert_eq!(nobody, caller(&[("x-request-id", "2")]));
        let known = [
            nobody,
            caller(&[("authorization", "Bearer a")]),
            caller(&[("authorization", "Bearer b")]),
            caller(&[("cookie", "Bearer a")]),
            caller(&[("x-mlflow-authorization", "Bearer a")]),
            caller(&[("authorization", "Bearer a"), ("x-mlflow-authorization", "Bearer b")]),
        ];
        for (index, one) in known.iter().enumerate() {
            assert!(known.iter().skip(index + 1).all(|other| one != other), "{index}");
        }
    }
}
