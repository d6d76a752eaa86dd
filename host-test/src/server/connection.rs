//! One connection: TLS or not, HTTP/1.1 or HTTP/2.

use crate::handler::Handler;
use crate::limits::Limits;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// The largest head of a request, bytes.
const LARGEST_HEAD: u32 = 64 * 1024;

/// How HTTP/2 connections begin (RFC 9113, 3.4). No method of HTTP/1.1 begins so.
const PREFACE: &[u8] = b"PRI ";

/// What HTTP/2 is called while TLS is set up (RFC 9113, 3.2).
pub(super) const H2: &[u8] = b"h2";

/// A connection of a client, before its first byte.
pub(crate) struct Connection {
    pub(crate) handler: Arc<Handler>,
    pub(crate) limits: Limits,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) stopped: watch::Receiver<bool>,
}

impl Connection {
    /// Serves the connection to its end. Its errors are the client's doing, or were logged where they arose.
    pub(crate) async fn serve(self, stream: TcpStream) {
        // Events of a stream are small writes; without it they could wait for each other.
        let _ = stream.set_nodelay(true);
        let mut stopped = self.stopped.clone();
        let first = async {
            match &self.tls {
                Some(tls) => {
                    let stream = tls.accept(stream).await?;
                    let http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
                    Ok((Stream::Encrypted(Box::new(stream)), http2))
                }
                None => speaks_http2(&stream).await.map(|http2| (Stream::Plain(stream), http2)),
            }
        };
        let first = tokio::select! {
            first = timeout(self.limits.header_time, first) => first,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        match first {
            Ok(Ok((Stream::Plain(stream), http2))) => self.speak(stream, http2).await,
            Ok(Ok((Stream::Encrypted(stream), http2))) => self.speak(*stream, http2).await,
            // It failed, or said nothing for too long.
            Ok(Err(_)) | Err(_) => {}
        }
    }

    /// The same behind what encrypts it, where anything does.
    pub(crate) async fn speak(
        self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        http2: bool,
    ) {
        let Connection { handler, limits, mut stopped, .. } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let handler = Arc::clone(&handler);
            async move { Ok::<_, Infallible>(handler.handle(request).await) }
        });
        let stream = TokioIo::new(stream);
        // The two kinds of connection have the same methods and nothing in common.
        macro_rules! to_its_end {
            ($connection:expr) => {{
                let mut connection = pin!($connection);
                tokio::select! {
                    _ = connection.as_mut() => return,
                    _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
                }
                let _ = connection.await;
            }};
        }
        if http2 {
            let mut http = http2::Builder::new(TokioExecutor::new());
            http.timer(TokioTimer::new())
                .max_concurrent_streams(limits.concurrent_requests)
                .max_header_list_size(LARGEST_HEAD)
                // A client that is gone without a word is found out.
                .keep_alive_interval(limits.header_time)
                .keep_alive_timeout(limits.header_time);
            to_its_end!(http.serve_connection(stream, service));
        } else {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(limits.header_time)
                .max_buf_size(LARGEST_HEAD as usize);
            to_its_end!(http.serve_connection(stream, service));
        }
    }
}

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

/// Whether the client begins as HTTP/2 does; nothing is taken from the stream.
async fn speaks_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut start = [0; PREFACE.len()];
    loop {
        let count = stream.peek(&mut start).await?;
        let seen = start.get(..count).unwrap_or_default();
        if count == 0 || count == PREFACE.len() || !PREFACE.starts_with(seen) {
            return Ok(seen == PREFACE);
        }
        // A client that sends its first bytes one by one: there is no way to wait for the next one only.
        sleep(Duration::from_millis(5)).await;
    }
}
