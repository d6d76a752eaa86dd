//! Where a guest may send requests: the patterns of the allow-list, in Spin's grammar.

use crate::origin::{Origin, normal, redact, unbracketed};
use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A pattern of allowed servers, `SCHEME://HOST[:PORT]`, as in Spin's `allowed_outbound_hosts`.
///
/// | part | may be |
/// |---|---|
/// | scheme | `http`, `https`, or `*` for both |
/// | host | a name or an address; `*.example.com`, which is every name below it but not itself; a network like `10.0.0.0/8`, which is addresses only, never names; `*` for every host |
/// | port | a number; `8000..8010`, which ends before 8010; `*` for every port; left out, the scheme's own |
///
/// Names are compared, not resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Whether the connection is encrypted; nothing where either is allowed.
    tls: Option<bool>,
    host: Hosts,
    /// Nothing means the scheme's own.
    ports: Option<RangeInclusive<u16>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    Any,
    /// In lower case; an IPv6 address in its normal form.
    One(String),
    /// What the name ends in, with the dot.
    Below(String),
    Network(IpAddr, u8),
}

impl Allowed {
    /// Whether this server is one of them.
    pub(crate) fn includes(&self, origin: &Origin) -> bool {
        let scheme = self.tls.is_none_or(|tls| tls == origin.tls());
        let ports = self.ports.as_ref();
        let port = ports.map_or_else(|| origin.port_is_default(), |ports| ports.contains(&origin.port()));
        scheme && port && self.host.include(origin.host())
    }
}

impl Hosts {
    fn include(&self, host: &str) -> bool {
        match self {
            Hosts::Any => true,
            Hosts::One(name) => name == host,
            Hosts::Below(end) => host.len() > end.len() && host.ends_with(end.as_str()),
            Hosts::Network(network, bits) => {
                host.parse().is_ok_and(|address| within(address, *network, *bits))
            }
        }
    }
}

/// Whether the first `bits` of both addresses are the same.
pub(crate) fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let bits = u32::from(bits);
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        _ => false,
    }
}

impl From<Origin> for Allowed {
    fn from(origin: Origin) -> Allowed {
        let (tls, port) = (Some(origin.tls()), origin.port());
        Allowed { tls, host: Hosts::One(origin.host().to_owned()), ports: Some(port..=port) }
    }
}

impl FromStr for Allowed {
    type Err = AllowedError;

    fn from_str(text: &str) -> Result<Allowed, AllowedError> {
        parse(text).map_err(|problem| AllowedError { pattern: redact(text), problem })
    }
}

fn parse(text: &str) -> Result<Allowed, &'static str> {
    let (scheme, rest) = text.split_once("://").ok_or("it must start with http://, https:// or *://")?;
    let tls = match scheme {
        "http" => Some(false),
        "https" => Some(true),
        "*" => None,
        _ => return Err("its scheme must be http, https or *"),
    };
    let (host, port) = split(rest).ok_or("the bracket around its address is not closed")?;
    Ok(Allowed { tls, host: hosts(host)?, ports: port.map(ports).transpose()? })
}

/// The host, with the bits of a network, and the port.
fn split(rest: &str) -> Option<(&str, Option<&str>)> {
    let address = if rest.starts_with('[') { rest.find(']')? } else { 0 };
    let port = rest.get(address..)?.find(':').map(|colon| address + colon);
    Some(port.map_or((rest, None), |colon| (&rest[..colon], Some(&rest[colon + 1..]))))
}

fn hosts(text: &str) -> Result<Hosts, &'static str> {
    const HOST: &str = "its host must be a name, an address, *.NAME, ADDRESS/BITS or *";
    if let Some((address, bits)) = text.split_once('/') {
        let network: IpAddr =
            unbracketed(address).parse().map_err(|_| "it must end after the port, without a path")?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        let bits = bits.parse().ok().filter(|bits| *bits <= most);
        return Ok(Hosts::Network(
            network,
            bits.ok_or("the bits of its network must be a number up to 32 or 128")?,
        ));
    }
    let plain = |name: &str| !name.is_empty() && !name.contains(['*', '@', '?', '#', ' ', '{', '}']);
    match text.strip_prefix('*') {
        Some("") => Ok(Hosts::Any),
        Some(end) if end.starts_with('.') && plain(&end[1..]) => Ok(Hosts::Below(end.to_ascii_lowercase())),
        None if plain(text) => Ok(Hosts::One(normal(text))),
        _ => Err(HOST),
    }
}

fn ports(text: &str) -> Result<RangeInclusive<u16>, &'static str> {
    const PORT: &str = "its port must be a number from 1 to 65535, a range like 8000..8010, or *";
    let number = |text: &str| text.parse::<u16>().ok().filter(|port| *port != 0);
    let range = match text.split_once("..") {
        None if text == "*" => Some(1..=u16::MAX),
        None => number(text).map(|port| port..=port),
        // As in Rust and in Spin, the end is not part of it.
        Some((first, end)) => number(first).zip(number(end)).map(|(first, end)| first..=end - 1),
    };
    range.filter(|range| !range.is_empty()).ok_or(PORT)
}

/// A pattern that cannot be understood. Its text is one line that names what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedError {
    pattern: String,
    problem: &'static str,
}

impl fmt::Display for AllowedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {}", self.pattern, self.problem)
    }
}

impl std::error::Error for AllowedError {}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn allows(pattern: &str, origin: &str) -> bool {
        pattern.parse::<Allowed>().unwrap().includes(&origin.parse().unwrap())
    }

    #[test]
    fn a_plain_pattern_allows_one_server() {
        assert!(allows("https://MLflow.example", "https://mlflow.example"));
        assert!(allows("http://[0:0::1]:5000", "http://[::1]:5000"));
        for other in ["http://mlflow.example", "https://mlflow.example:8443", "https://a.mlflow.example"] {
            assert!(!allows("https://mlflow.example", other), "{other}");
        }
    }

    #[test]
    fn wildcards_stand_for_a_whole_part() {
        assert!(allows("*://mlflow.example:*", "http://mlflow.example:5000"));
        assert!(allows("*://mlflow.example", "http://mlflow.example"));
        assert!(!allows("*://mlflow.example", "http://mlflow.example:443"));
        assert!(allows("https://*", "https://anything.example"));
        assert!(allows("https://*.example.com", "https://a.b.example.com"));
        for other in ["https://example.com", "https://badexample.com", "https://.example.com"] {
            assert!(!allows("https://*.example.com", other), "{other}");
        }
    }

    #[test]
    fn a_range_of_ports_ends_before_its_end() {
        assert!(allows("http://host:8000..8010", "http://host:8009"));
        assert!(!allows("http://host:8000..8010", "http://host:8010"));
    }

    #[test]
    fn a_network_allows_its_addresses_and_no_names() {
        assert!(allows("http://10.0.0.0/8:*", "http://10.1.2.3:5000"));
        assert!(allows("http://[fc00::]/7:80", "http://[fd12::1]"));
        assert!(allows("http://0.0.0.0/0", "http://192.0.2.1"));
        for other in ["http://11.0.0.1", "http://ten.example", "http://[::1]"] {
            assert!(!allows("http://10.0.0.0/8", other), "{other}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_reason() {
        for pattern in [
            "",
            "mlflow.example",
            "ftp://host",
            "http://",
            "http://host/path",
            "http://host:0",
            "http://host:80000",
            "http://host:9..9",
            "http://a.*.example",
            "http://user@host",
            "http://10.0.0.0/33",
            "http://[::1",
            "http://{{ name }}",
        ] {
            let error = pattern.parse::<Allowed>().unwrap_err().to_string();
            assert!(!error.contains('\n'), "{error}");
        }
        let error = "http://user:hush@host".parse::<Allowed>().unwrap_err().to_string();
        assert!(!error.contains("hush"), "{error}");
    }
}
