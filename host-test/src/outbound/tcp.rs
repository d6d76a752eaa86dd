//! One new connection for each request.
//!
//! MLflow's own server answers on a kept connection about 40 ms later than on a new one, so connections are not
//! kept.

use super::{Answer, Body, Outbound, OutboundError, tls};
use crate::limits::Timeouts;
use crate::origin::Origin;
use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls;

/// Sends every request over a TCP connection of its own, encrypted where the URI says `https`.
#[derive(Clone)]
pub struct Tcp {
    tls: TlsConnector,
}

impl Tcp {
    /// Trusts the certificate authorities that browsers trust.
    ///
    /// # Errors
    ///
    /// When the TLS library refuses its own defaults.
    pub fn new() -> Result<Tcp, rustls::Error> {
        Ok(Tcp { tls: tls::web()? })
    }

    /// Trusts these certificates, in DER form, and no others.
    ///
    /// # Errors
    ///
    /// When one of them is no certificate.
    pub fn trusting(certificates: &[Vec<u8>]) -> Result<Tcp, rustls::Error> {
        Ok(Tcp { tls: tls::trusting(certificates)? })
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
        *request.uri_mut() = origin_form(request.uri());
        let io = within(timeouts.connect, OutboundError::ConnectionTimeout, self.connect(&origin)).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(|e| failure(&e))?;
        let driver = Driver::of(tokio::spawn(connection));
        let answer = async { sender.send_request(request).await.map_err(|error| failure(&error)) };
        let response = within(timeouts.first_byte, OutboundError::ConnectionReadTimeout, answer).await?;
        Ok(response.map(|incoming| Answered { incoming, _driver: driver }.boxed_unsync()))
    }

    async fn connect(&self, origin: &Origin) -> Result<Box<dyn Io>, OutboundError> {
        let stream = dial(origin).await?;
        // A request's head and body are two small writes: without this the second waits for the first's
        // acknowledgement.
        stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
        if origin.tls() {
            Ok(Box::new(tls::handshake(&self.tls, origin.host(), stream).await?))
        } else {
            Ok(Box::new(stream))
        }
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

async fn dial(origin: &Origin) -> Result<TcpStream, OutboundError> {
    let addresses = tokio::net::lookup_host((origin.host(), origin.port())).await;
    let addresses = addresses.map_err(|_| unknown_host())?;
    let mut last = unknown_host();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = unreachable(&error),
        }
    }
    Err(last)
}

fn unknown_host() -> OutboundError {
    OutboundError::DnsError { rcode: Some("the host name has no address".to_owned()), info_code: None }
}

fn unreachable(error: &io::Error) -> OutboundError {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => OutboundError::ConnectionRefused,
        io::ErrorKind::TimedOut => OutboundError::ConnectionTimeout,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            OutboundError::ConnectionTerminated
        }
        _ => OutboundError::DestinationUnavailable,
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

/// The task that moves bytes between a connection and its exchange; it ends with the exchange.
struct Driver(AbortHandle);

impl Driver {
    fn of<T>(task: JoinHandle<T>) -> Driver {
        Driver(task.abort_handle())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The answer's body, which keeps its connection moving.
struct Answered {
    incoming: Incoming,
    _driver: Driver,
}

impl http_body::Body for Answered {
    type Data = bytes::Bytes;
    type Error = OutboundError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, OutboundError>>> {
        let frame = Pin::new(&mut self.incoming).poll_frame(context);
        frame.map(|frame| frame.map(|frame| frame.map_err(|error| cut(&error))))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// What a body that broke off means to the guest.
fn cut(error: &hyper::Error) -> OutboundError {
    if error.is_parse() { OutboundError::HttpProtocolError } else { OutboundError::HttpResponseIncomplete }
}
