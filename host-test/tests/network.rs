//! The way out, where it is not the plain one: proxies, authorities of one's own, certificates that this side shows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp_host::{Proxies, Tcp};
use support::client::fetch;
use support::upstream::{Upstream, closed_port};
use support::{host, tls};
use tokio::sync::mpsc;

/// What the guest reports of one call of `url` that goes out over `outbound`.
async fn call(outbound: Tcp, url: &str) -> String {
    let running = host().0.outbound(outbound).tracking_uri(url).unwrap().start().await.unwrap();
    fetch(running.addr(), &format!("/fetch?url={url}/path?a=b")).await.body
}

/// Through this proxy, with a user and a password, trusting the test's own certificate.
fn through(proxy: &str) -> Tcp {
    let variable = |name: &str| (name == "ALL_PROXY").then(|| proxy.to_owned());
    let tcp = Tcp::with_files(Some(&tls::files().0), None).unwrap();
    tcp.through(Proxies::of(&variable).unwrap())
}

#[tokio::test]
async fn a_proxy_is_given_the_whole_address_and_its_own_credentials() {
    let (sender, mut heads) = mpsc::unbounded_channel();
    let proxy = tls::proxy(sender).await;
    let outbound = through(&format!("http://user:pass%20word@{}", proxy.addr()));
    assert_eq!(call(outbound, "http://mlflow.test:5000").await, "status: 200\nplain");
    let head = heads.recv().await.unwrap();
    assert!(head.starts_with("GET http://mlflow.test:5000/path?a=b HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nhost: mlflow.test:5000\r\n"), "{head}");
    // user:pass word
    assert!(head.contains("\r\nproxy-authorization: Basic dXNlcjpwYXNzIHdvcmQ=\r\n"), "{head}");
}

#[tokio::test]
async fn through_a_tunnel_the_server_is_checked_and_the_proxy_sees_its_name_only() {
    let (sender, mut heads) = mpsc::unbounded_channel();
    let proxy = tls::proxy(sender).await;
    let address = format!("http://user:pass@{}", proxy.addr());
    assert_eq!(call(through(&address), "https://mlflow.test").await, "status: 200\nsecret");
    let head = heads.recv().await.unwrap();
    assert!(head.starts_with("CONNECT mlflow.test:443 HTTP/1.1\r\nHost: mlflow.test:443\r\n"), "{head}");
    assert!(head.contains("\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n"), "{head}");
    assert!(!head.contains("/path"), "{head}");
    // The same server under a name that its certificate does not have.
    let answer = call(through(&address), "https://other.test").await;
    assert_eq!(answer, "error: ErrorCode::TlsCertificateError\n");
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_gone_is_told_as_what_it_is() {
    let refusing = Upstream::answering("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let answer = call(through(&refusing.url("")), "https://mlflow.test").await;
    assert_eq!(answer, "error: ErrorCode::DestinationUnavailable\n");
    let endless = Upstream::answering(format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(10_000))).await;
    let answer = call(through(&endless.url("")), "https://mlflow.test").await;
    assert_eq!(answer, "error: ErrorCode::HttpProtocolError\n");
    let gone = format!("http://127.0.0.1:{}", closed_port().await);
    for scheme in ["http", "https"] {
        let answer = call(through(&gone), &format!("{scheme}://mlflow.test")).await;
        assert_eq!(answer, "error: ErrorCode::ConnectionRefused\n");
    }
}

#[tokio::test]
async fn a_server_on_this_machine_is_never_behind_a_proxy() {
    let upstream = Upstream::mirror().await;
    let gone = format!("http://127.0.0.1:{}", closed_port().await);
    let answer = call(through(&gone), &upstream.url("")).await;
    assert!(answer.starts_with("status: 200\nGET /path?a=b HTTP/1.1\r\n"), "{answer}");
    assert!(!answer.contains("proxy-authorization"), "{answer}");
}

#[tokio::test]
async fn an_authority_from_a_file_is_trusted_and_no_other() {
    let upstream = tls::server(false).await;
    let url = format!("https://localhost:{}", upstream.addr().port());
    let trusting = Tcp::with_files(Some(&tls::files().0), None).unwrap();
    assert_eq!(call(trusting, &url).await, "status: 200\nsecret");
    let web = Tcp::with_files(None, None).unwrap();
    assert_eq!(call(web, &url).await, "error: ErrorCode::TlsCertificateError\n");
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_is_shown_the_one_from_the_file() {
    let upstream = tls::server(true).await;
    let url = format!("https://localhost:{}", upstream.addr().port());
    let (certificate, identity) = (tls::files().0, tls::identity());
    let showing = Tcp::with_files(Some(&certificate), Some(&identity)).unwrap();
    assert_eq!(call(showing, &url).await, "status: 200\nsecret");
    let hiding = Tcp::with_files(Some(&certificate), None).unwrap();
    let answer = call(hiding, &url).await;
    assert!(answer.starts_with("error: "), "{answer}");
    let keyless = Tcp::with_files(Some(&certificate), Some(&certificate)).err().unwrap().to_string();
    assert!(keyless.contains("certificate.pem") && keyless.contains("no key"), "{keyless}");
}
