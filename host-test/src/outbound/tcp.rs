//! Requests over TCP connections, which are kept for the next request to the same server.

use super::dial::dial;
use super::pool::{Answered, Connection, Pool, Unanswered};
use super::{Answer, Body, Outbound, OutboundError, Proxies, tls};
use crate::error::Error;
use crate::limits::Timeouts;
use crate::origin::Origin;
use crate::pem;
use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls;
use tokio_rustls::rustls::pki_types::CertificateDer;

/// Sends requests over TCP, encrypted where the URI says `https`, on connections that are kept between requests.
#[derive(Clone)]
pub struct Tcp {
    tls: TlsConnector,
    public_only: bool,
    proxies: Arc<Proxies>,
    pool: Option<Arc<Pool>>,
}

impl Tcp {
    /// Trusts the certificate authorities that browsers trust.
    ///
    /// # Errors
    ///
    /// When the TLS library refuses its own defaults.
    pub fn new() -> Result<Tcp, rustls::Error> {
        Ok(Tcp::over(tls::connector(tls::web(), None)?))
    }

    /// Trusts these certificates, in DER form, and no others.
    ///
    /// # Errors
    ///
    /// When one of them is no certificate.
    pub fn trusting(certificates: &[Vec<u8>]) -> Result<Tcp, rustls::Error> {
        let certificates = certificates.iter().map(|der| CertificateDer::from(der.as_slice()));
        Ok(Tcp::over(tls::connector(tls::roots(certificates)?, None)?))
    }

    /// Trusts the certificate authorities in the PEM file `authorities` and no others, or without one those that
    /// browsers trust; shows the certificate in the PEM file `identity`, which has its key, too.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or used.
    pub fn with_files(authorities: Option<&Path>, identity: Option<&Path>) -> Result<Tcp, Error> {
        let misfit = |path: &Path, error: &rustls::Error| Error::Pem {
            path: path.to_owned(),
            detail: error.to_string(),
        };
        let roots = match authorities {
            Some(path) => tls::roots(pem::certificates(path)?).map_err(|error| misfit(path, &error))?,
            None => tls::web(),
        };
        let shown =
            identity.map(|path| Ok::<_, Error>((pem::certificates(path)?, pem::key(path)?))).transpose()?;
        let path = identity.unwrap_or(Path::new(""));
        Ok(Tcp::over(tls::connector(roots, shown).map_err(|error| misfit(path, &error))?))
    }

    fn over(tls: TlsConnector) -> Tcp {
        Tcp { tls, public_only: false, proxies: Arc::default(), pool: Some(Arc::default()) }
    }

    /// Connects to no address that the public internet does not route: private and link-local networks, this
    /// machine. What counts is the address that a name leads to at that moment.
    #[must_use]
    pub fn public_only(mut self, on: bool) -> Tcp {
        self.public_only = on;
        self
    }

    /// Sends requests through these proxies. Which address a name leads to is their business then.
    #[must_use]
    pub fn through(mut self, proxies: Proxies) -> Tcp {
        self.proxies = Arc::new(proxies);
        self
    }

    /// Makes a connection for every request, instead of keeping them.
    #[must_use]
    pub fn fresh(mut self) -> Tcp {
        self.pool = None;
        self
    }
}

impl Outbound for Tcp {
    fn send(&self, request: Request<Body>, timeouts: Timeouts) -> Answer {
        let tcp = self.clone();
        Box::pin(async move { tcp.exchange(request, timeouts).await })
    }
}

impl Tcp {
    async fn exchange(
        &self,
        mut request: Request<Body>,
        timeouts: Timeouts,
    ) -> Result<Response<Body>, OutboundError> {
        let origin = Origin::of(request.uri()).map_err(|_| OutboundError::HttpRequestUriInvalid)?;
        match self.proxies.between(&origin) {
            // The proxy is to see the whole URI.
            Some(proxy) if !origin.tls() => proxy.introduce(&mut request),
            _ => *request.uri_mut() = origin_form(request.uri()),
        }
        // A kept connection that turns out to be gone is one less to try, so this comes to an end.
        loop {
            let kept = self.pool.as_ref().and_then(|pool| pool.take(&origin));
            let fresh = kept.is_none();
            let mut connection = match kept {
                Some(connection) => connection,
                None => {
                    within(timeouts.connect, OutboundError::ConnectionTimeout, self.connect(&origin)).await?
                }
            };
            let answer = timeout(timeouts.first_byte, connection.send(request)).await;
            match answer.map_err(|_| OutboundError::ConnectionReadTimeout)? {
                Ok(response) => {
                    let pool = self.pool.clone();
                    return Ok(
                        response.map(|body| Answered::new(body, connection, origin, pool).boxed_unsync())
                    );
                }
                Err(Unanswered { unsent: Some(unsent), .. }) if !fresh => request = unsent,
                Err(Unanswered { error, .. }) => return Err(failure(&error)),
            }
        }
    }

    async fn connect(&self, origin: &Origin) -> Result<Connection, OutboundError> {
        let mut wire = match self.proxies.between(origin) {
            // It is the operator's, wherever it is.
            Some(proxy) => dial(proxy.origin.host(), proxy.origin.port(), false).await?,
            None => dial(origin.host(), origin.port(), self.public_only).await?,
        };
        if let (Some(proxy), true) = (self.proxies.between(origin), origin.tls()) {
            proxy.tunnel(&mut wire, origin).await?;
        }
        let connection = if origin.tls() {
            Connection::over(tls::handshake(&self.tls, origin.host(), wire).await?).await
        } else {
            Connection::over(wire).await
        };
        connection.map_err(|error| failure(&error))
    }
}

/// What a failed exchange means to the guest.
fn failure(error: &hyper::Error) -> OutboundError {
    if error.is_parse() {
        OutboundError::HttpProtocolError
    } else if error.is_timeout() {
        OutboundError::HttpResponseTimeout
    } else {
        OutboundError::ConnectionTerminated
    }
}

/// What a server expects in the first line of a request; scheme and host stand elsewhere by now.
fn origin_form(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")).into()
}

async fn within<T>(
    limit: Duration,
    late: OutboundError,
    work: impl Future<Output = Result<T, OutboundError>>,
) -> Result<T, OutboundError> {
    timeout(limit, work).await.unwrap_or(Err(late))
}
