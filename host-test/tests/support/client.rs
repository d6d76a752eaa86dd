//! A plain HTTP client: one connection for each request.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// An answer that is still being written; dropping it closes the connection.
pub struct Stream {
    pub response: Response<Incoming>,
    _connection: tokio::task::JoinSet<()>,
}

impl Stream {
    /// The next part of the body; nothing after its end.
    pub async fn next(&mut self) -> Option<Result<String, hyper::Error>> {
        loop {
            let frame = self.response.body_mut().frame().await?;
            match frame.map(http_body::Frame::into_data) {
                Ok(Ok(data)) => return Some(Ok(String::from_utf8(data.into()).unwrap())),
                Ok(Err(_trailers)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Sends a request on a connection of its own and waits for the head of the answer.
pub async fn open<B>(address: SocketAddr, mut request: Request<B>) -> Result<Stream, hyper::Error>
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut driver = tokio::task::JoinSet::new();
    driver.spawn(async move {
        let _ = connection.await;
    });
    let host = address.to_string().parse().unwrap();
    request.headers_mut().entry(http::header::HOST).or_insert(host);
    let response = sender.send_request(request).await?;
    Ok(Stream { response, _connection: driver })
}

/// Sends a request and waits for the whole answer.
pub async fn send<B>(address: SocketAddr, request: Request<B>) -> Result<Answer, hyper::Error>
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let mut stream = open(address, request).await?;
    let body = stream.response.body_mut().collect().await?.to_bytes();
    let (status, headers) = (stream.response.status(), stream.response.headers().clone());
    Ok(Answer { status, headers, body: String::from_utf8(body.into()).unwrap() })
}

/// A GET request.
pub fn get(path: &str) -> Request<Full<Bytes>> {
    Request::get(path).body(Full::default()).unwrap()
}

/// A POST request with a body of known length.
pub fn post(path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post(path).body(Full::new(body.into())).unwrap()
}

/// The whole answer to a GET request.
pub async fn fetch(address: SocketAddr, path: &str) -> Answer {
    send(address, get(path)).await.unwrap()
}
