//! What clients and watchers find on the host's own sockets: HTTP/2, TLS, health, numbers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::{Request, StatusCode, Version};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::SocketAddr;
use std::sync::Arc;
use support::client::fetch;
use support::{host, tls};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;

/// What HTTP/2 requests for these paths, all at once on one connection, are answered.
async fn over_http2<S>(stream: S, authority: &str, paths: &[&str]) -> Vec<(StatusCode, String)>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let mut driver = tokio::task::JoinSet::new();
    driver.spawn(async move {
        let _ = connection.await;
    });
    let answers = paths.iter().map(|path| {
        let mut sender = sender.clone();
        let uri = format!("http://{authority}{path}");
        tokio::spawn(async move {
            let request = Request::get(uri).body(Empty::<Bytes>::new()).unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.version(), Version::HTTP_2);
            let status = response.status();
            let body = response.into_body().collect().await.unwrap().to_bytes();
            (status, String::from_utf8(body.into()).unwrap())
        })
    });
    let mut all = Vec::new();
    for answer in answers.collect::<Vec<_>>() {
        all.push(answer.await.unwrap());
    }
    all
}

#[tokio::test]
async fn http2_is_spoken_to_clients_that_begin_with_it() {
    let running = host().0.start().await.unwrap();
    let stream = TcpStream::connect(running.addr()).await.unwrap();
    let answers = over_http2(stream, "test", &["/hold?ms=20", "/hold?ms=20", "/no-such-path"]).await;
    let held = (StatusCode::OK, "held\n".to_owned());
    assert_eq!(answers, [held.clone(), held, (StatusCode::NOT_FOUND, "no such path\n".to_owned())]);
}

async fn encrypted(address: SocketAddr, protocols: &[&[u8]]) -> tokio_rustls::client::TlsStream<TcpStream> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(tls::roots())
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn tls_is_spoken_where_there_is_a_certificate() {
    let (certificates, key) = tls::files();
    let running = host().0.tls(certificates, key).start().await.unwrap();
    assert!(running.url().starts_with("https://"), "{}", running.url());
    let stream = encrypted(running.addr(), &[b"h2", b"http/1.1"]).await;
    let answers = over_http2(stream, "localhost", &["/count"]).await;
    assert_eq!(answers, [(StatusCode::OK, "1".to_owned())]);
    let stream = encrypted(running.addr(), &[b"http/1.1"]).await;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let request = Request::get("/count").header("host", "localhost").body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap().into_body().collect().await.unwrap();
    assert_eq!(answer.to_bytes(), "2");
    driver.abort();
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_named() {
    let (certificates, _) = tls::files();
    let error = host().0.tls(certificates.clone(), certificates.clone()).start().await.unwrap_err();
    assert!(error.to_string().contains("certificate.pem"), "{error}");
    let error = host().0.tls("no/such/file.pem".into(), certificates).start().await.unwrap_err();
    assert!(error.to_string().contains("no/such/file.pem"), "{error}");
}

#[tokio::test]
async fn health_is_told_without_the_guest() {
    let running = host().0.start().await.unwrap();
    let answer = fetch(running.addr(), "/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok\n"));
    assert_eq!(fetch(running.addr(), "/count").await.body, "1");
}

#[tokio::test]
async fn numbers_are_shown_on_an_address_of_their_own() {
    let running = host().0.metrics("127.0.0.1:0".parse().unwrap()).start().await.unwrap();
    fetch(running.addr(), "/count").await;
    fetch(running.addr(), "/count").await;
    fetch(running.addr(), "/trap").await;
    fetch(running.addr(), "/fetch?url=http://elsewhere.test/").await;
    let page = fetch(running.metrics_addr().unwrap(), "/metrics").await.body;
    for line in [
        "mlflow_mcp_requests_total{status=\"2xx\"} 3",
        "mlflow_mcp_requests_total{status=\"5xx\"} 1",
        "mlflow_mcp_instances_reused_total 2",
        "mlflow_mcp_guests_failed_total 1",
        "mlflow_mcp_upstream_denied_total 1",
        "mlflow_mcp_requests_working 0",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
    assert_eq!(fetch(running.metrics_addr().unwrap(), "/").await.status, StatusCode::NOT_FOUND);
}
