//! The [`Http`] port over `wasi:http/outgoing-handler`, by wstd.
//!
//! Two traps of wstd 0.6.8 are guarded here. A request with `Body::empty()` flushes a stream that the host
//! has already closed and fails now and then: an empty boxed body is never flushed. And no `Content-Length`
//! is ever added: the core sets it on what it sends.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use wstd::http::body::util::{BodyExt, Empty};
use wstd::http::error::ErrorCode;
use wstd::http::{Body, Client, Error};
use wstd::time::Duration;

use super::body::{self, Unread};
use crate::port::{self, Http, HttpError, Limits, LocalFuture, Pieces};

/// The one door to the outside.
pub(super) struct WasiHttp;

impl Http for WasiHttp {
    fn send<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Bytes>, HttpError>> {
        Box::pin(async move {
            let (parts, body) = begin(request, limits).await?.into_parts();
            let body = body::read(body, limits.body).await.map_err(|unread| match unread {
                Unread::TooLarge => HttpError::TooLarge,
                Unread::Incomplete => HttpError::Incomplete,
            })?;
            Ok(Response::from_parts(parts, body))
        })
    }

    fn open<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Pieces<'a>>, HttpError>> {
        Box::pin(async move {
            Ok(begin(request, limits).await?.map(|body| -> Pieces<'a> { Box::new(body::Frames::of(body)) }))
        })
    }
}

impl port::Body for body::Frames {
    fn next(&mut self) -> LocalFuture<'_, Option<Result<Bytes, HttpError>>> {
        Box::pin(async { Some(self.data().await?.map_err(|_| HttpError::Incomplete)) })
    }
}

/// Sends the request and waits for the answer to begin.
async fn begin(request: Request<Bytes>, limits: &Limits) -> Result<Response<Body>, HttpError> {
    let mut client = Client::new();
    client.set_connect_timeout(duration(limits.connect));
    client.set_first_byte_timeout(duration(limits.first_byte));
    client.set_between_bytes_timeout(duration(limits.between_bytes));
    let request = request.map(|body| if body.is_empty() { no_body() } else { Body::from(body) });
    client.send(request).await.map_err(|error| before_answer(&error))
}

fn no_body() -> Body {
    Body::from_http_body(Empty::<Bytes>::new().map_err(|never: Infallible| -> Error { match never {} }))
}

fn duration(duration: std::time::Duration) -> Duration {
    Duration::from_nanos(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}

/// What a host's error means, when it came instead of a response.
fn before_answer(error: &Error) -> HttpError {
    match error.downcast_ref::<ErrorCode>() {
        Some(ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited) => HttpError::Forbidden,
        Some(ErrorCode::ConnectionTimeout) => HttpError::ConnectTimeout,
        Some(ErrorCode::ConnectionReadTimeout | ErrorCode::HttpResponseTimeout) => HttpError::ResponseTimeout,
        Some(
            ErrorCode::DnsTimeout
            | ErrorCode::DnsError(_)
            | ErrorCode::DestinationNotFound
            | ErrorCode::DestinationUnavailable
            | ErrorCode::DestinationIpUnroutable
            | ErrorCode::ConnectionRefused,
        ) => HttpError::Unreachable,
        Some(ErrorCode::TlsCertificateError | ErrorCode::TlsAlertReceived(_)) => HttpError::Untrusted,
        Some(
            ErrorCode::HttpProtocolError
            | ErrorCode::TlsProtocolError
            | ErrorCode::HttpRequestUriInvalid
            | ErrorCode::HttpResponseHeaderSectionSize(_)
            | ErrorCode::HttpResponseHeaderSize(_),
        ) => HttpError::Malformed,
        // A connection that was closed, or a body that could not be written because it was.
        _ => HttpError::Closed,
    }
}
