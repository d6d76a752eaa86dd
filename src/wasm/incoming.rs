//! Requests from outside.

use wstd::http::body::HttpBody;
use wstd::http::{Body, Error, Request, Response};

use super::http::WasiHttp;
use crate::mcp::{self, Payload};
use crate::{Server, config};

/// The largest request body, as in the official SDKs.
const LARGEST_BODY: usize = 4 << 20;

#[wstd::http_server]
async fn main(request: Request<Body>) -> Result<Response<Body>, Error> {
    let (parts, body) = request.into_parts();
    let payload = read(body).await;
    let (access, tools) = config::read(&variable);
    let server = Server::new(&WasiHttp, tools);
    let response = mcp::respond(&server, &access, Request::from_parts(parts, payload)).await;
    Ok(response.map(Body::from))
}

#[expect(clippy::disallowed_methods, reason = "the one place where variables are read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The whole body, unless it is too large.
async fn read(body: Body) -> Payload {
    let mut body = body.into_boxed_body();
    let mut bytes = Vec::new();
    loop {
        let frame = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await;
        match frame {
            None => return Payload::Complete(bytes.into()),
            Some(Err(_)) => return Payload::Incomplete,
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    if bytes.len() + data.len() > LARGEST_BODY {
                        return Payload::TooLarge(LARGEST_BODY);
                    }
                    bytes.extend_from_slice(&data);
                }
            }
        }
    }
}
