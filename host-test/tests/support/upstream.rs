//! Servers on real sockets for guests to call.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A server that answers every connection the same way; it ends with its test.
pub struct Upstream {
    address: SocketAddr,
    _connections: JoinSet<()>,
}

impl Upstream {
    /// Reads the head of a request, writes these bytes, and closes the connection.
    pub async fn answering(bytes: impl Into<Vec<u8>>) -> Upstream {
        let bytes = bytes.into();
        Upstream::handling(move |mut stream| {
            let bytes = bytes.clone();
            async move {
                head(&mut stream).await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    /// Answers every request with 200 and its own head as the body.
    pub async fn mirror() -> Upstream {
        Upstream::handling(|mut stream| async move {
            let head = head(&mut stream).await;
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{head}", head.len());
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        })
        .await
    }

    /// Hands every connection to `handler`.
    pub async fn handling<F, A>(handler: F) -> Upstream
    where
        F: Fn(TcpStream) -> A + Send + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut handled = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                handled.spawn(handler(stream));
            }
        });
        Upstream { address, _connections: connections }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDRESS` and this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// The head of a request, up to its empty line.
pub async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// A port of this machine where nobody listens.
pub async fn closed_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    listener.local_addr().unwrap().port()
}
