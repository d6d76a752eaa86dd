//! The [`Http`] port over `wasi:http/outgoing-handler`.
//!
//! On the bindings themselves and wstd's event loop, not on wstd's HTTP client: that takes several turns of the host more
//! for each exchange, and its requests without a body flush a stream that the host has already closed, which fails
//! now and then. No `Content-Length` is ever added: the core sets it on what it sends.

use std::future::pending;

use bytes::Bytes;
use futures_lite::future::or;
use http::uri::Scheme as HttpScheme;
use http::{HeaderMap, HeaderName, HeaderValue, Method as HttpMethod, Request, Response, StatusCode};
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme,
};

use super::body::{Incoming, Unread, ready, write};
use crate::port::{Http, HttpError, Limits, LocalFuture, Pieces};

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
            let body = body.whole(limits.body).await.map_err(|unread| match unread {
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
        Box::pin(
            async move { Ok(begin(request, limits).await?.map(|body| -> Pieces<'a> { Box::new(body) })) },
        )
    }
}

/// Sends the request and waits for the answer to begin.
async fn begin(request: Request<Bytes>, limits: &Limits) -> Result<Response<Incoming>, HttpError> {
    let (request, body) = request.into_parts();
    let outgoing = head(&request).ok_or(HttpError::Malformed)?;
    // A body that nobody asks for is none.
    let written = if body.is_empty() { None } else { outgoing.body().ok() };
    let answer = handle(outgoing, Some(options(limits))).map_err(|error| before_answer(&error))?;
    let answer = match written {
        Some(written) => {
            let filling = async {
                fill(written, &body).await;
                pending().await
            };
            // A server may answer before it has read everything; its answer says why.
            or(answered(answer), filling).await
        }
        None => answered(answer).await,
    };
    response(answer?).ok_or(HttpError::Malformed)
}

/// What can be said of a request before its body; nothing if a host cannot be told so.
fn head(request: &http::request::Parts) -> Option<OutgoingRequest> {
    let outgoing = OutgoingRequest::new(fields(&request.headers)?);
    outgoing.set_method(&method(&request.method)).ok()?;
    let scheme = if request.uri.scheme() == Some(&HttpScheme::HTTPS) { Scheme::Https } else { Scheme::Http };
    outgoing.set_scheme(Some(&scheme)).ok()?;
    outgoing.set_authority(request.uri.authority().map(http::uri::Authority::as_str)).ok()?;
    outgoing.set_path_with_query(request.uri.path_and_query().map(http::uri::PathAndQuery::as_str)).ok()?;
    Some(outgoing)
}

fn method(method: &HttpMethod) -> Method {
    match method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        "HEAD" => Method::Head,
        other => Method::Other(other.to_owned()),
    }
}

/// A host that does not take one of them has bounds of its own.
fn options(limits: &Limits) -> RequestOptions {
    let nanoseconds = |time: std::time::Duration| u64::try_from(time.as_nanos()).ok();
    let options = RequestOptions::new();
    let _ = options.set_connect_timeout(nanoseconds(limits.connect));
    let _ = options.set_first_byte_timeout(nanoseconds(limits.first_byte));
    let _ = options.set_between_bytes_timeout(nanoseconds(limits.between_bytes));
    options
}

/// Writes a request's body. Where that fails, the answer or the lack of one says why.
async fn fill(body: OutgoingBody, bytes: &[u8]) {
    let Ok(stream) = body.write() else { return };
    let written = write(&stream, bytes).await;
    drop(stream);
    if written.is_ok() {
        let _ = OutgoingBody::finish(body, None);
    }
}

async fn answered(answer: FutureIncomingResponse) -> Result<IncomingResponse, HttpError> {
    loop {
        match answer.get() {
            None => ready(answer.subscribe()).await,
            Some(Ok(Ok(response))) => return Ok(response),
            Some(Ok(Err(error))) => return Err(before_answer(&error)),
            // It was taken before, which nobody does.
            Some(Err(())) => return Err(HttpError::Closed),
        }
    }
}

fn response(answer: IncomingResponse) -> Option<Response<Incoming>> {
    let mut response = Response::new(Incoming::of(answer.consume().ok()?)?);
    *response.status_mut() = StatusCode::from_u16(answer.status()).ok()?;
    *response.headers_mut() = headers(&answer.headers())?;
    Some(response)
}

/// Headers as a host has them; nothing if it does not take one of them.
pub(super) fn fields(headers: &HeaderMap) -> Option<Fields> {
    let list: Vec<(String, Vec<u8>)> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    Fields::from_list(&list).ok()
}

/// Headers as they came; nothing if one of them is none.
pub(super) fn headers(fields: &Fields) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields.entries() {
        headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    Some(headers)
}

/// What a host's error means, when it came instead of a response.
fn before_answer(error: &ErrorCode) -> HttpError {
    match error {
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => HttpError::Forbidden,
        ErrorCode::ConnectionTimeout => HttpError::ConnectTimeout,
        ErrorCode::ConnectionReadTimeout | ErrorCode::HttpResponseTimeout => HttpError::ResponseTimeout,
        ErrorCode::DnsTimeout
        | ErrorCode::DnsError(_)
        | ErrorCode::DestinationNotFound
        | ErrorCode::DestinationUnavailable
        | ErrorCode::DestinationIpUnroutable
        | ErrorCode::ConnectionRefused => HttpError::Unreachable,
        ErrorCode::TlsCertificateError | ErrorCode::TlsAlertReceived(_) => HttpError::Untrusted,
        ErrorCode::HttpProtocolError
        | ErrorCode::TlsProtocolError
        | ErrorCode::HttpRequestUriInvalid
        | ErrorCode::HttpResponseHeaderSectionSize(_)
        | ErrorCode::HttpResponseHeaderSize(_) => HttpError::Malformed,
        // A connection that was closed, or a body that could not be written because it was.
        _ => HttpError::Closed,
    }
}
