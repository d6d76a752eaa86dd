//! Which trace a request belongs to (W3C Trace Context, `traceparent`).
//!
//! A client says it in `params._meta` (SEP-414; the keys `traceparent`, `tracestate` and `baggage` have no prefix), and
//! what carries its request may say it in a header. The message knows better, since proxies write headers.

use std::fmt;

use http::HeaderMap;
use serde_json::Value;

use super::jsonrpc::Object;

/// The header, and the key of `_meta`.
pub const TRACEPARENT: &str = "traceparent";

/// A place in a trace: which one, and which span of it caused this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    id: [u8; 16],
    span: [u8; 8],
    sampled: bool,
}

impl Trace {
    /// Reads a `traceparent`. What is not exactly one counts as none, as the standard wants it: version, trace, span and
    /// flags in lower-case hex digits, neither trace nor span all zeros. Later versions may have more behind a dash.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (version, rest) = text.split_once('-')?;
        let (id, rest) = rest.split_once('-')?;
        let (span, rest) = rest.split_once('-')?;
        let (flags, more) = rest.split_at_checked(2)?;
        let ([version], [flags]) = (hex(version)?, hex(flags)?);
        let complete = if version == 0 { more.is_empty() } else { more.is_empty() || more.starts_with('-') };
        let trace = Self { id: hex(id)?, span: hex(span)?, sampled: flags & 1 == 1 };
        let meaningful = version != 0xff && trace.id != [0; 16] && trace.span != [0; 8];
        (complete && meaningful).then_some(trace)
    }

    /// That of a message.
    pub(super) fn of_params(params: &Object) -> Option<Self> {
        Self::parse(params.get("_meta")?.get(TRACEPARENT).and_then(Value::as_str)?)
    }

    /// That of what carries the message. Of two, nobody knows which is right.
    #[must_use]
    pub fn of_headers(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let first = values.next().filter(|_| values.next().is_none())?;
        Self::parse(first.to_str().ok()?)
    }

    /// The place below it that this span stands for.
    #[must_use]
    pub fn below(self, span: [u8; 8]) -> Self {
        Self { span, ..self }
    }

    /// The trace in hex digits.
    #[must_use]
    pub fn id(&self) -> String {
        digits(&self.id)
    }

    /// The span in hex digits.
    #[must_use]
    pub fn span(&self) -> String {
        digits(&self.span)
    }
}

/// The value of a `traceparent`. Flags that this version does not know are not passed on.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-{:02x}", self.id(), self.span(), u8::from(self.sampled))
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Exactly so many bytes.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let lower = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 2 * N || !text.bytes().all(lower) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use http::HeaderValue;

    use super::*;

    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_example_of_the_standard_reads_back_from_its_text() {
        let trace = Trace::parse(EXAMPLE).unwrap();
        assert_eq!(trace.to_string(), EXAMPLE);
        assert_eq!((trace.id(), trace.span()), (EXAMPLE[3..35].to_owned(), EXAMPLE[36..52].to_owned()));
        let below = trace.below([1; 8]).to_string();
        assert_eq!(below, "00-4bf92f3577b34da6a3ce929d0e0e4736-0101010101010101-01");
    }

    #[test]
    fn flags_that_nobody_knows_yet_are_not_passed_on() {
        assert_eq!(Trace::parse(&EXAMPLE.replace("-01", "-ff")).unwrap().to_string(), EXAMPLE);
        let unsampled = EXAMPLE.replace("-01", "-00");
        assert_eq!(Trace::parse(&unsampled).unwrap().to_string(), unsampled);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_this_one_goes() {
        for text in [EXAMPLE.replacen("00", "01", 1), format!("{}-more", EXAMPLE.replacen("00", "cc", 1))] {
            assert_eq!(Trace::parse(&text).unwrap().to_string(), EXAMPLE, "{text}");
        }
    }

    #[test]
    fn what_is_not_exactly_a_traceparent_is_none() {
        let zero = |digits: usize| "0".repeat(digits);
        for text in [
            String::new(),
            EXAMPLE.to_uppercase(),
            EXAMPLE.replace('-', "_"),
            EXAMPLE[..54].to_owned(),
            format!("{EXAMPLE}0"),
            format!("{EXAMPLE}-more"),
            format!(" {EXAMPLE}"),
            format!("{EXAMPLE}\n"),
            EXAMPLE.replacen("00", "ff", 1),
            format!("{}x", EXAMPLE.replacen("00", "01", 1)),
            EXAMPLE.replace("4bf92f3577b34da6a3ce929d0e0e4736", &zero(32)),
            EXAMPLE.replace("00f067aa0ba902b7", &zero(16)),
            EXAMPLE.replace("00f067aa0ba902b7", "+0f067aa0ba902b7"),
            EXAMPLE.replace("00f067aa0ba902b7", "\u{e9}0f067aa0ba902b"),
        ] {
            assert_eq!(Trace::parse(&text), None, "{text:?}");
        }
    }

    #[test]
    fn of_two_headers_none_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(Trace::of_headers(&headers), None);
        headers.append(TRACEPARENT, HeaderValue::from_static(EXAMPLE));
        assert_eq!(Trace::of_headers(&headers), Trace::parse(EXAMPLE));
        headers.append(TRACEPARENT, HeaderValue::from_static(EXAMPLE));
        assert_eq!(Trace::of_headers(&headers), None);
    }
}
