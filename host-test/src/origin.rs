//! Scheme, host and port: the unit that outbound access is granted in.

use http::Uri;
use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// Scheme, host and port of an HTTP server, in one normal form: default ports filled in, host in lower case.
///
/// Two origins are equal only if all three are; names are not resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    tls: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an absolute `http` or `https` URI. Credentials, path and query play no part in it.
    ///
    /// # Errors
    ///
    /// When the URI has another scheme, no host, or a port that is not one.
    pub fn of(uri: &Uri) -> Result<Origin, OriginError> {
        let refuse = |problem| OriginError { uri: redact(&uri.to_string()), problem };
        let tls = match uri.scheme_str() {
            Some(scheme) if scheme.eq_ignore_ascii_case("http") => false,
            Some(scheme) if scheme.eq_ignore_ascii_case("https") => true,
            _ => return Err(refuse(SCHEME)),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| refuse("it names no host"))?;
        let port = port(uri, tls).ok_or_else(|| refuse("its port is not a number from 1 to 65535"))?;
        Ok(Origin { tls, host: normal(host), port })
    }

    /// Whether the connection is to be encrypted.
    #[must_use]
    pub fn tls(&self) -> bool {
        self.tls
    }

    /// The host name, or the address; an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the port is the one that goes without saying.
    pub(crate) fn port_is_default(&self) -> bool {
        self.port == default_port(self.tls)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Origin, OriginError> {
        let uri = text.parse::<Uri>();
        let uri = uri.map_err(|_| OriginError { uri: redact(text), problem: "it is not a valid URI" })?;
        Origin::of(&uri)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        if self.host.contains(':') {
            write!(formatter, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(formatter, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

const SCHEME: &str = "it must start with http:// or https://";

/// A URI that has no origin. Its text names what is wrong, and leaves out credentials and query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginError {
    uri: String,
    problem: &'static str,
}

impl fmt::Display for OriginError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {}", self.uri, self.problem)
    }
}

impl std::error::Error for OriginError {}

/// A host in the form that hosts are compared in.
pub(crate) fn normal(host: &str) -> String {
    let bare = unbracketed(host);
    match bare.parse::<Ipv6Addr>() {
        Ok(address) => address.to_string(),
        Err(_) => bare.to_ascii_lowercase(),
    }
}

/// An IPv6 address without the brackets that it stands in; anything else as it is.
pub(crate) fn unbracketed(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// The port that is given or implied; nothing if what follows the host is not a port.
fn port(uri: &Uri, tls: bool) -> Option<u16> {
    let authority = uri.authority()?.as_str();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let rest = place.strip_prefix(uri.host()?)?;
    match rest.strip_prefix(':') {
        None if rest.is_empty() => Some(default_port(tls)),
        None => None,
        Some(digits) => digits.parse().ok().filter(|port| *port != 0),
    }
}

fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

/// The text of a URI, valid or not, without anything that may be secret.
pub(crate) fn redact(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let Some((before, after)) = text.rsplit_once('@') else { return text.to_owned() };
    let scheme = before.split_once("://").map_or(String::new(), |(scheme, _)| format!("{scheme}://"));
    format!("{scheme}***@{after}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn origin(text: &str) -> String {
        text.parse::<Origin>().unwrap().to_string()
    }

    #[test]
    fn default_ports_case_and_paths_make_no_difference() {
        assert_eq!(origin("http://MLflow.Example/base?x=1"), "http://mlflow.example:80");
        assert_eq!(origin("https://mlflow.example"), "https://mlflow.example:443");
        assert_eq!(origin("HTTPS://mlflow.example:443/"), "https://mlflow.example:443");
        assert_eq!(origin("http://[0:0:0:0:0:0:0:1]:5000"), "http://[::1]:5000");
        assert_eq!(origin("http://user:word@127.0.0.1:5000/"), "http://127.0.0.1:5000");
    }

    #[test]
    fn what_is_no_http_server_is_refused() {
        for text in [
            "",
            "localhost",
            "localhost:5000",
            "/path",
            "databricks",
            "file:///data",
            "sqlite:///mlflow.db",
            "ftp://host",
            "http://",
            "http://host:port",
            "http://host:99999",
            "http://host:0",
            "http://host:",
            "http://[::1",
            "http://a b",
        ] {
            let error = text.parse::<Origin>().unwrap_err().to_string();
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn errors_keep_secrets() {
        for text in [
            "ftp://user:hush@host/?token=hush",
            "http://user:hush@host:port/",
            "user:hush@host",
            "http://us er:hush@host",
            "http://user:hu/sh@host@hush@host:x",
        ] {
            let error = text.parse::<Origin>().unwrap_err().to_string();
            assert!(!error.contains("hush") && !error.contains("sh@"), "{error}");
        }
    }
}
