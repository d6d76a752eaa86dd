//! What the host itself answers, when no guest does: small JSON-RPC errors that tell nothing of its insides.

use crate::outbound::Body;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};

/// JSON-RPC's codes for a request that cannot be served, and for a failure to serve it.
const INVALID_REQUEST: i32 = -32600;
const INTERNAL_ERROR: i32 = -32603;

/// What the host says of itself while it works.
pub(crate) fn healthy() -> Response<Body> {
    text("text/plain; charset=utf-8", "ok\n".to_owned())
}

/// A page of this kind.
pub(crate) fn text(kind: &'static str, text: String) -> Response<Body> {
    let mut response =
        Response::new(Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Why the host answers in the guest's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request does not say which host it is for, as HTTP/1.1 requires.
    NoHost,
    /// The request's body is larger than this many bytes.
    BodyTooLarge(u64),
    /// As many requests as may run do run.
    Busy,
    /// The guest failed.
    Failed,
    /// The guest took too long.
    TooSlow,
}

impl Refusal {
    /// The answer's status.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Refusal::NoHost => StatusCode::BAD_REQUEST,
            Refusal::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::TooSlow => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    fn message(self) -> String {
        match self {
            Refusal::NoHost => "the request has no Host header".to_owned(),
            Refusal::BodyTooLarge(largest) => {
                format!("the request body is larger than {largest} bytes: send less, or in parts")
            }
            Refusal::Busy => "the server is busy: try again in a second".to_owned(),
            Refusal::Failed => "the server failed to handle this request; its log says why".to_owned(),
            Refusal::TooSlow => "the request took too long: ask for less at once".to_owned(),
        }
    }

    /// The whole answer.
    pub(crate) fn response(self) -> Response<Body> {
        let code = if self.status().is_server_error() { INTERNAL_ERROR } else { INVALID_REQUEST };
        // The messages hold nothing that JSON would have to escape.
        let message = self.message();
        let text =
            format!(r#"{{"jsonrpc":"2.0","id":null,"error":{{"code":{code},"message":"{message}"}}}}"#);
        let mut response = self::text("application/json", text);
        *response.status_mut() = self.status();
        if self == Refusal::Busy {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
