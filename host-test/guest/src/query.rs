//! The parameters of a request.

use wstd::http::Uri;

/// The decoded `name=value` pairs of a query string.
#[derive(Clone)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters of `uri`.
    pub(crate) fn of(uri: &Uri) -> Query {
        let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        Query(pairs.map(|(name, value)| (decode(name), decode(value))).collect())
    }

    /// One parameter.
    pub(crate) fn one(name: &str, value: &str) -> Query {
        Query(vec![(name.to_owned(), value.to_owned())])
    }

    /// The value of `name`, if it was given.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The value of `name` as a number, else `default`.
    pub(crate) fn number(&self, name: &str, default: u64) -> u64 {
        self.get(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%').then(|| hex(tail)).flatten();
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(tail: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
    u8::from_str_radix(digits, 16).ok()
}
