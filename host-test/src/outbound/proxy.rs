//! HTTP proxies, as the usual variables name them.

use super::{Body, OutboundError};
use crate::allowed::within;
use crate::origin::{Origin, normal, redact};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::PROXY_AUTHORIZATION;
use http::{HeaderValue, Request, Uri};
use percent_encoding::percent_decode_str;
use std::net::IpAddr;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The longest answer to CONNECT, bytes.
const LONGEST: usize = 8 * 1024;

/// Which requests go through which proxy. This machine itself is always spoken to directly.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    direct: Vec<Direct>,
}

/// One proxy, spoken to without TLS.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    pub(super) origin: Origin,
    authorization: Option<HeaderValue>,
}

/// Who is spoken to without a proxy.
#[derive(Clone, Debug)]
enum Direct {
    Everybody,
    /// A name and those below it, or an address; at this port, or at any.
    Host(String, Option<u16>),
    Network(IpAddr, u8),
}

impl Proxies {
    /// As `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, in capitals or not. `NO_PROXY` is a list of names,
    /// each of which stands for what is below it, too, addresses, networks like `10.0.0.0/8`, or `*`.
    ///
    /// # Errors
    ///
    /// When one of them is not the address of a proxy that is spoken to by plain HTTP; the text names the variable.
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Result<Proxies, String> {
        let given = |name: &str| {
            let found = variable(name).or_else(|| variable(&name.to_ascii_lowercase()));
            found.filter(|value| !value.trim().is_empty())
        };
        let proxy = |names: [&str; 2]| {
            let found = names.into_iter().find_map(|name| Some((name, given(name)?)));
            found
                .map(|(name, value)| Proxy::parse(&value).map_err(|error| format!("{name}: {error}")))
                .transpose()
        };
        let exceptions = given("NO_PROXY").unwrap_or_default();
        let direct = exceptions.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Direct::parse);
        Ok(Proxies {
            http: proxy(["HTTP_PROXY", "ALL_PROXY"])?,
            https: proxy(["HTTPS_PROXY", "ALL_PROXY"])?,
            direct: direct.collect(),
        })
    }

    /// The proxy for this server, if there is one.
    pub(super) fn between(&self, origin: &Origin) -> Option<&Proxy> {
        let proxy = if origin.tls() { self.https.as_ref() } else { self.http.as_ref() };
        proxy.filter(|_| !local(origin) && !self.direct.iter().any(|direct| direct.includes(origin)))
    }
}

fn local(origin: &Origin) -> bool {
    let loopback = origin.host().parse().is_ok_and(|address: IpAddr| address.is_loopback());
    loopback || origin.host() == "localhost"
}

impl Direct {
    fn parse(text: &str) -> Direct {
        if text == "*" {
            return Direct::Everybody;
        }
        let network = text.split_once('/').and_then(|(address, bits)| {
            let address: IpAddr = address.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            Some((address, bits.parse().ok().filter(|bits| *bits <= most)?))
        });
        if let Some((address, bits)) = network {
            return Direct::Network(address, bits);
        }
        let port = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = match port {
            // More colons are an IPv6 address without brackets.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        Direct::Host(normal(host.trim_start_matches(['*', '.'])), port)
    }

    fn includes(&self, origin: &Origin) -> bool {
        match self {
            Direct::Everybody => true,
            Direct::Network(network, bits) => {
                origin.host().parse().is_ok_and(|address| within(address, *network, *bits))
            }
            Direct::Host(name, port) => {
                let rest = origin.host().strip_suffix(name.as_str());
                port.is_none_or(|port| port == origin.port())
                    && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
        }
    }
}

impl Proxy {
    fn parse(text: &str) -> Result<Proxy, String> {
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let origin: Origin = text.parse().map_err(|error| format!("{error}"))?;
        if origin.tls() {
            return Err(format!(
                "{:?}: proxies are spoken to by plain HTTP: http://HOST:PORT",
                redact(&text)
            ));
        }
        let uri: Uri = text.parse().map_err(|_| "it is not a valid URI".to_owned())?;
        let user = uri.authority().and_then(|authority| authority.as_str().rsplit_once('@'));
        let authorization = user.map(|(user, _)| {
            let user: Vec<u8> = percent_decode_str(user).collect();
            HeaderValue::try_from(format!("Basic {}", STANDARD.encode(user)))
        });
        let mut authorization = authorization.transpose().map_err(|error| error.to_string())?;
        if let Some(value) = &mut authorization {
            value.set_sensitive(true);
        }
        Ok(Proxy { origin, authorization })
    }

    /// Adds what the proxy wants to know to a request that it is to pass on.
    pub(super) fn introduce(&self, request: &mut Request<Body>) {
        if let Some(value) = &self.authorization {
            request.headers_mut().insert(PROXY_AUTHORIZATION, value.clone());
        }
    }

    /// Asks the proxy behind `stream` to connect it with this server.
    pub(super) async fn tunnel<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        origin: &Origin,
    ) -> Result<(), OutboundError> {
        let host = if origin.host().contains(':') {
            format!("[{}]", origin.host())
        } else {
            origin.host().to_owned()
        };
        let place = format!("{host}:{}", origin.port());
        let mut request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n").into_bytes();
        if let Some(value) = &self.authorization {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request).await.map_err(|_| OutboundError::ConnectionTerminated)?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() == LONGEST {
                return Err(OutboundError::HttpProtocolError);
            }
            // One by one: what comes after the head is for TLS.
            head.push(stream.read_u8().await.map_err(|_| OutboundError::ConnectionTerminated)?);
        }
        let accepted = head.starts_with(b"HTTP/1.1 200") || head.starts_with(b"HTTP/1.0 200");
        if accepted { Ok(()) } else { Err(OutboundError::DestinationUnavailable) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn through(variables: &[(&str, &str)], uri: &str) -> Option<String> {
        let value = |name: &str| Some(variables.iter().find(|(known, _)| *known == name)?.1.to_owned());
        let proxies = Proxies::of(&value).unwrap();
        proxies.between(&uri.parse().unwrap()).map(|proxy| proxy.origin.to_string())
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let variables = [("HTTPS_PROXY", "http://s.proxy:3128"), ("http_proxy", "p.proxy:8080")];
        assert_eq!(through(&variables, "https://mlflow.example").unwrap(), "http://s.proxy:3128");
        assert_eq!(through(&variables, "http://mlflow.example").unwrap(), "http://p.proxy:8080");
        assert_eq!(
            through(&[("ALL_PROXY", "a.proxy")], "http://mlflow.example").unwrap(),
            "http://a.proxy:80"
        );
        assert_eq!(through(&[("HTTP_PROXY", " ")], "http://mlflow.example"), None);
    }

    #[test]
    fn exceptions_and_this_machine_are_spoken_to_directly() {
        let except = ".example, other.test:8080,10.0.0.0/8, 192.0.2.1";
        let variables = [("HTTP_PROXY", "http://proxy"), ("NO_PROXY", except)];
        for direct in [
            "http://mlflow.example",
            "http://a.b.example",
            "http://other.test:8080",
            "http://x.other.test:8080",
            "http://10.1.2.3",
            "http://192.0.2.1:5000",
            "http://localhost:5000",
            "http://127.0.0.1:5000",
            "http://[::1]",
        ] {
            assert_eq!(through(&variables, direct), None, "{direct}");
        }
        for passed in ["http://other.test", "http://notexample", "http://11.0.0.1", "http://192.0.2.10"] {
            assert!(through(&variables, passed).is_some(), "{passed}");
        }
        assert_eq!(
            through(&[("HTTP_PROXY", "http://proxy"), ("NO_PROXY", "*")], "http://mlflow.example"),
            None
        );
    }

    #[test]
    fn what_is_no_proxy_is_named_without_its_password() {
        for value in ["https://user:hush@proxy", "socks5://user:hush@proxy", "http://user:hush@proxy:port"] {
            let error = Proxies::of(&|name| (name == "HTTPS_PROXY").then(|| value.to_owned())).unwrap_err();
            assert!(error.starts_with("HTTPS_PROXY: ") && !error.contains("hush"), "{error}");
        }
    }
}
