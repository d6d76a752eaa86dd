//! Which web pages may talk to this server, and what a browser must be told.
//!
//! A page that a person visits can make their browser call a server on their own machine (DNS
//! rebinding). Browsers say where a request comes from in `Origin`; what is not listed is refused
//! (2025-11-25 and 2026-07-28, `basic/transports`: MUST be 403). Other clients send no `Origin`.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, HOST, ORIGIN,
    VARY,
};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue};

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Headers that a client may have to send, for a preflight that does not say which.
const REQUEST_HEADERS: &str = "content-type, authorization, accept, mcp-protocol-version, mcp-method, \
                               mcp-name, mcp-session-id, last-event-id, x-mcp-readonly, x-mcp-toolsets, \
                               x-mcp-tools, x-mcp-exclude-tools";
const EXPOSED_HEADERS: &str = "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate";

/// Names that are allowed in `Origin` or `Host`: `example.org` for any port, `example.org:8443` for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostList(Vec<Authority>);

impl HostList {
    /// Reads `a.example, b.example:8443`. Origins (`https://a.example`) are taken for their host.
    ///
    /// # Errors
    /// The first entry that is no host name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut hosts = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let host = entry.rsplit_once("://").map_or(entry, |(_, host)| host);
            match host.parse::<Authority>() {
                Ok(authority) if !host.contains(['*', '@']) => hosts.push(authority),
                _ => return Err(entry.to_owned()),
            }
        }
        Ok(Self(hosts))
    }

    fn contains(&self, authority: &Authority) -> bool {
        self.0.iter().any(|listed| {
            listed.host().eq_ignore_ascii_case(authority.host())
                && (listed.port_u16().is_none() || listed.port_u16() == authority.port_u16())
        })
    }
}

/// A web page asks that may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignOrigin;

/// The request's `Origin`, if it may talk to us; `Ok(None)` if there is none.
///
/// # Errors
/// It is there and not allowed.
pub fn check_origin<'a>(
    headers: &'a HeaderMap,
    allowed: &HostList,
) -> Result<Option<&'a HeaderValue>, ForeignOrigin> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(None) };
    let authority = origin
        .to_str()
        .ok()
        .and_then(|text| text.split_once("://"))
        .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
        .and_then(|(_, rest)| name_and_port(rest));
    match authority {
        Some(authority)
            if origins.next().is_none() && (is_loopback(&authority) || allowed.contains(&authority)) =>
        {
            Ok(Some(origin))
        }
        _ => Err(ForeignOrigin),
    }
}

/// A name, perhaps a port, and nothing else: `Authority` alone would take a user's name and a port that is no number.
fn name_and_port(text: &str) -> Option<Authority> {
    let authority = text.parse::<Authority>().ok()?;
    let port = text.strip_prefix(authority.host())?;
    let is_plain = match authority.port_u16() {
        None => port.is_empty(),
        Some(number) => port == format!(":{number}"),
    };
    is_plain.then_some(authority)
}

/// Whether the `Host` may be asked for. Without a list every name is: behind a proxy it can be anything.
#[must_use]
pub fn host_is_allowed(headers: &HeaderMap, uri: &http::Uri, allowed: Option<&HostList>) -> bool {
    let Some(allowed) = allowed else { return true };
    let header = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    // Hosts that speak WASI put the name into the request's URI rather than into a header.
    header.as_ref().or(uri.authority()).is_some_and(|authority| allowed.contains(authority))
}

fn is_loopback(authority: &Authority) -> bool {
    LOOPBACK.iter().any(|name| authority.host().eq_ignore_ascii_case(name))
}

/// Lets the page at `origin` read an answer.
pub fn expose(headers: &mut HeaderMap, origin: &HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.append(VARY, HeaderValue::from_static("Origin"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
}

/// What a preflight wants to know: methods, headers, and for how long.
pub fn preflight(headers: &mut HeaderMap, asked: &HeaderMap) {
    const ONE_DAY: HeaderValue = HeaderValue::from_static("86400");
    let wanted = asked.get(ACCESS_CONTROL_REQUEST_HEADERS).filter(|value| is_header_list(value));
    let allowed = wanted.cloned().unwrap_or_else(|| HeaderValue::from_static(REQUEST_HEADERS));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(ACCESS_CONTROL_MAX_AGE, ONE_DAY);
}

/// Only a list of header names is echoed; anything else could carry what a browser reads differently.
fn is_header_list(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(|text| text.split(',').all(|name| name.trim().parse::<HeaderName>().is_ok()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(origin: &'static str, allowed: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static(origin));
        check_origin(&headers, &HostList::parse(allowed).unwrap()).is_ok()
    }

    #[test]
    fn pages_of_this_machine_may_talk_to_us() {
        for origin in ["http://localhost:5173", "http://127.0.0.1", "https://LOCALHOST", "http://[::1]:80"] {
            assert!(check(origin, ""), "{origin}");
        }
    }

    #[test]
    fn other_pages_may_not_unless_listed() {
        for origin in [
            "https://evil.example",
            "null",
            "",
            "file://",
            "localhost",
            "http://localhost.evil.example",
            "http://user@127.0.0.1.evil.example",
            "http://user@localhost",
            "http://localhost:6,274",
            "http://localhost:99999",
            "http://localhost:",
        ] {
            assert!(!check(origin, ""), "{origin}");
        }
        assert!(check("https://ui.example", "ui.example"));
        assert!(check("https://ui.example:8443", "https://ui.example:8443"));
        assert!(!check("https://ui.example:8444", "ui.example:8443"));
    }

    #[test]
    fn two_origins_are_not_an_origin() {
        let mut headers = HeaderMap::new();
        headers.append(ORIGIN, HeaderValue::from_static("http://localhost"));
        headers.append(ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert!(check_origin(&headers, &HostList::default()).is_err());
    }

    #[test]
    fn wildcards_are_not_hosts() {
        assert_eq!(HostList::parse("a.example, *"), Err("*".to_owned()));
    }

    #[test]
    fn a_host_is_checked_only_against_a_list() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("mcp.example:3000"));
        let list = HostList::parse("mcp.example").unwrap();
        let uri = http::Uri::from_static("/mcp");
        assert!(host_is_allowed(&headers, &uri, None));
        assert!(host_is_allowed(&headers, &uri, Some(&list)));
        assert!(!host_is_allowed(&headers, &uri, Some(&HostList::parse("other.example").unwrap())));
        assert!(!host_is_allowed(&HeaderMap::new(), &uri, Some(&list)));
    }
}
