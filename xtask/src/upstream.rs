//! The MLflow server that the user names: its address is checked before anything long is built for it.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::error::{Error, Result};

/// Bounds the connection to one address of the server.
const CONNECT: Duration = Duration::from_secs(5);

/// A tracking URI whose form is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    uri: String,
    scheme: &'static str,
    host: String,
    port: u16,
}

impl Upstream {
    /// Takes `http://` and `https://` URIs with a host. Messages never repeat the URI: it may hold a password.
    pub fn parse(uri: &str) -> Result<Self> {
        let bad = |what: &str| {
            Error::setup(format!(
                "the tracking URI {what}: give the address of an MLflow tracking server, \
                 such as http://127.0.0.1:5000, with --tracking-uri or MLFLOW_TRACKING_URI"
            ))
        };
        let (scheme, rest) =
            uri.split_once("://").ok_or_else(|| bad("does not start with http:// or https://"))?;
        let (scheme, default) = match scheme.to_ascii_lowercase().as_str() {
            "http" => ("http", 80),
            "https" => ("https", 443),
            _ => return Err(bad("does not start with http:// or https://")),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
        let (host, port) = split_port(address).ok_or_else(|| bad("has a malformed port"))?;
        let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let right = match in_brackets {
            Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
            None => {
                !host.is_empty()
                    && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
            }
        };
        if !right {
            return Err(bad("names no host"));
        }
        let host = in_brackets.unwrap_or(host).to_owned();
        Ok(Self { uri: uri.into(), scheme, host, port: port.unwrap_or(default) })
    }

    /// Fails where nothing accepts a connection there.
    pub fn check_reachable(&self) -> Result<()> {
        let unreachable = |why: String| {
            Error::setup(format!(
                "the MLflow server {self} cannot be reached ({why}): start it, correct the tracking URI, \
                 or unset MLFLOW_TRACKING_URI to get a local server with sample data"
            ))
        };
        let addresses = (self.host.as_str(), self.port).to_socket_addrs();
        let mut why = String::from("its name has no address");
        for address in addresses.map_err(|error| unreachable(error.to_string()))? {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(_) => return Ok(()),
                Err(error) => why = error.to_string(),
            }
        }
        Err(unreachable(why))
    }

    /// The URI as it was given, with all that is secret in it.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

/// Scheme, host and port alone.
impl std::fmt::Display for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { scheme, host, port, .. } = self;
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}")
        } else {
            write!(f, "{scheme}://{host}:{port}")
        }
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`; `None` where the port is not one.
fn split_port(address: &str) -> Option<(&str, Option<u16>)> {
    let end = address.rfind(']').map_or(0, |end| end + 1);
    match address.get(end..)?.find(':') {
        None => Some((address, None)),
        Some(colon) => {
            let (host, port) = address.split_at(end + colon);
            let port = port.get(1..)?.parse().ok().filter(|&port| port != 0)?;
            Some((host, Some(port)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(uri: &str) -> Result<String> {
        Upstream::parse(uri).map(|it| it.to_string())
    }

    #[test]
    fn default_ports_and_literal_addresses_are_understood() {
        for (uri, expected) in [
            ("http://mlflow.example", "http://mlflow.example:80"),
            ("HTTPS://mlflow.example/prefix/?x", "https://mlflow.example:443"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("http://[::1]:5000/", "http://[::1]:5000"),
            ("http://[::1]", "http://[::1]:80"),
        ] {
            assert_eq!(shown(uri).unwrap(), expected);
        }
    }

    #[test]
    fn malformed_ones_are_refused_and_not_repeated() {
        for uri in [
            "",
            "mlruns",
            "databricks",
            "sqlite:///x.db",
            "http://",
            "http:///x",
            "http://a b",
            "http://h:port",
            "http://h:0",
            "http://h:99999",
            "http://user:secret@",
            "http://[::1",
            "http://[x]:1",
            "http://::1",
        ] {
            let error = Upstream::parse(uri).unwrap_err();
            assert_eq!(error.code(), 2, "{uri}");
            assert!(!error.to_string().contains("secret"));
            assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn a_password_is_kept_but_never_shown() {
        let upstream = Upstream::parse("https://user:secret@mlflow.example/").unwrap();
        assert_eq!(upstream.to_string(), "https://mlflow.example:443");
        assert_eq!(upstream.uri(), "https://user:secret@mlflow.example/");
    }
}
