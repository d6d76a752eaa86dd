//! Bytes as an HTTP exchange, in a text form that a person can write and a dictionary can help with.
//!
//! ```text
//! variables
//! MLFLOW_MCP_READ_ONLY=true
//! ~~~~
//! POST /mcp
//! content-type: application/json
//!
//! {"jsonrpc":"2.0","id":1,"method":"ping"}
//! ~~~~
//! 200
//! content-type: application/json
//!
//! {"runs":[]}
//! ~~~~
//! no answer
//! ```
//!
//! The first part sets variables of the server and may be left out. The next is the request; each further one is what MLflow answers to the next request that the core sends.
//! They are given in turn, over and over.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use mlflow_mcp::mcp::Payload;
use mlflow_mcp::port::HttpError;

use crate::variables::Variables;

/// Between the parts of an input.
pub const SEPARATOR: &[u8] = b"\n~~~~\n";

/// What MLflow answers to one request.
pub type MlflowAnswer = Result<Response<Bytes>, HttpError>;

/// A server, a request and an MLflow.
#[derive(Debug)]
pub struct Input {
    /// What the operator has set.
    pub variables: Variables,
    /// What a client sends.
    pub request: Request<Bytes>,
    /// What MLflow answers, in turn; nothing means that it cannot be reached.
    pub mlflow: Vec<MlflowAnswer>,
}

impl Input {
    /// `None` where the bytes cannot even be put into HTTP: no such request reaches the core.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut parts = split(bytes, SEPARATOR);
        let first = parts.next()?;
        let (variables, first) = match Variables::read(first) {
            Some(variables) => (variables, parts.next()?),
            None => (Variables::default(), first),
        };
        let (line, headers, body) = message(first)?;
        let (method, uri) = line.split_once(' ')?;
        let mut request = Request::new(body);
        *request.method_mut() = method.parse::<Method>().ok()?;
        *request.uri_mut() = uri.trim().parse::<Uri>().ok()?;
        *request.headers_mut() = headers;
        Some(Self { variables, request, mlflow: parts.filter_map(answer).collect() })
    }

    /// The request as the core gets it.
    #[must_use]
    pub fn payload(&self) -> Request<Payload> {
        self.request.clone().map(Payload::Complete)
    }
}

fn answer(bytes: &[u8]) -> Option<MlflowAnswer> {
    let (line, headers, body) = message(bytes)?;
    Some(match line.trim() {
        "forbidden" => Err(HttpError::Forbidden),
        "unreachable" => Err(HttpError::Unreachable),
        "untrusted" => Err(HttpError::Untrusted),
        "no connection" => Err(HttpError::ConnectTimeout),
        "no answer" => Err(HttpError::ResponseTimeout),
        "closed" => Err(HttpError::Closed),
        "incomplete" => Err(HttpError::Incomplete),
        "too large" => Err(HttpError::TooLarge),
        "malformed" => Err(HttpError::Malformed),
        status => {
            let mut response = Response::new(body);
            *response.status_mut() = status.parse::<StatusCode>().ok()?;
            *response.headers_mut() = headers;
            Ok(response)
        }
    })
}

/// First line, headers and body. A line that is no header is left out.
fn message(bytes: &[u8]) -> Option<(&str, HeaderMap, Bytes)> {
    let mut parts = split(bytes, b"\n\n");
    let head = std::str::from_utf8(parts.next()?).ok()?;
    let body = parts.next().map_or(&[][..], |_| &bytes[head.len() + 2..]);
    let mut lines = head.split('\n');
    let first = lines.next()?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let (name, value) = (name.trim().parse::<HeaderName>(), HeaderValue::from_str(value.trim()));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    Some((first, headers, Bytes::copy_from_slice(body)))
}

fn split<'a>(bytes: &'a [u8], separator: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let found = whole.windows(separator.len()).position(|window| window == separator);
        let Some(end) = found else { return Some(whole) };
        rest = Some(&whole[end + separator.len()..]);
        Some(&whole[..end])
    })
}
