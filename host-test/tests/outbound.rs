//! The one door out: who may be called, and what the guest is told when a call fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp_host::{Allowed, Host, Limits, Origin, OutboundError, Tcp, Timeouts};
use std::time::Duration;
use support::client::fetch;
use support::upstream::{Upstream, closed_port, head};
use support::{faults, host, limits, tls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Requests without a body, with one that is written before anybody reads it, and with one that is still being
/// written when the request has long failed.
const BODIES: [&str; 3] = ["", "&post=hello", "&size=4194304"];

/// What the guest reports of one call over a host that may call `http://mlflow.test` only.
async fn call(host: Host, query: &str) -> String {
    let running = host.tracking_uri("http://mlflow.test").unwrap().start().await.unwrap();
    fetch(running.addr(), &format!("/fetch?{query}")).await.body
}

#[tokio::test]
async fn the_tracking_server_can_be_called() {
    let upstream = Upstream::mirror().await;
    let running = host().0.tracking_uri(&upstream.url("")).unwrap().start().await.unwrap();
    let answer = fetch(running.addr(), &format!("/fetch?url={}", upstream.url("/path?a=b"))).await.body;
    assert!(answer.starts_with("status: 200\nGET /path?a=b HTTP/1.1\r\n"), "{answer}");
    assert!(answer.contains(&format!("\r\nhost: {}\r\n", upstream.addr())), "{answer}");
    let posted = fetch(running.addr(), &format!("/fetch?url={}&post=hello", upstream.url("/"))).await.body;
    assert!(posted.starts_with("status: 200\nPOST / HTTP/1.1\r\n"), "{posted}");
    assert!(posted.contains("\r\ncontent-length: 5\r\n"), "{posted}");
}

#[tokio::test]
async fn nobody_else_can_be_called() {
    let (host, lines) = host();
    let host = host.outbound(faults::answer("this must not be reached"));
    let running = host.tracking_uri("http://mlflow.test:5000/base").unwrap().start().await.unwrap();
    let denied = [
        ("http://other.test:5000/", "http://other.test:5000"),
        ("http://mlflow.test:5001/", "http://mlflow.test:5001"),
        ("http://mlflow.test/", "http://mlflow.test:80"),
        ("https://mlflow.test:5000/", "https://mlflow.test:5000"),
        ("http://sub.mlflow.test:5000/", "http://sub.mlflow.test:5000"),
        ("http://mlflow.test.:5000/", "http://mlflow.test.:5000"),
        ("http://127.0.0.1:5000/", "http://127.0.0.1:5000"),
        ("http://user:hush@mlflow.test:5000/", "http://mlflow.test:5000"),
    ];
    for (url, origin) in denied {
        for body in BODIES {
            let answer = fetch(running.addr(), &format!("/fetch?url={url}{body}")).await.body;
            assert_eq!(answer, "error: ErrorCode::HttpRequestDenied\n", "{url}{body}");
        }
        assert!(!lines.with(&format!("origin={origin}")).is_empty(), "{origin}: {:?}", lines.all());
    }
    assert_eq!(
        lines.with("outbound denied request=").len(),
        BODIES.len() * denied.len(),
        "{:?}",
        lines.all()
    );
    assert!(lines.with("hush").is_empty());
    // The same origin, written in another way.
    let answer = fetch(running.addr(), "/fetch?url=http://MLflow.TEST:5000/x").await.body;
    assert_eq!(answer, "status: 200\nthis must not be reached");
}

#[tokio::test]
async fn servers_of_the_allow_list_can_be_called_besides_the_tracking_server() {
    let allowed: [Allowed; 2] =
        ["https://login.example".parse().unwrap(), "*://*.keys.example:8000..8010".parse().unwrap()];
    let (mut host, _) = host();
    for allowed in allowed {
        host = host.allow(allowed);
    }
    let host = host.outbound(faults::answer("reached"));
    let running = host.tracking_uri("http://mlflow.test").unwrap().start().await.unwrap();
    for url in ["http://mlflow.test/", "https://login.example/keys", "http://a.keys.example:8009/"] {
        let answer = fetch(running.addr(), &format!("/fetch?url={url}")).await.body;
        assert_eq!(answer, "status: 200\nreached", "{url}");
    }
    for url in ["http://login.example/", "http://keys.example:8000/", "http://a.keys.example:8010/"] {
        let answer = fetch(running.addr(), &format!("/fetch?url={url}")).await.body;
        assert_eq!(answer, "error: ErrorCode::HttpRequestDenied\n", "{url}");
    }
}

#[tokio::test]
async fn without_a_tracking_server_nobody_can_be_called() {
    let upstream = Upstream::mirror().await;
    let running = host().0.start().await.unwrap();
    let answer = fetch(running.addr(), &format!("/fetch?url={}", upstream.url("/"))).await.body;
    assert_eq!(answer, "error: ErrorCode::HttpRequestDenied\n");
}

#[tokio::test]
async fn faults_reach_the_guest_as_what_they_are() {
    type Fault = fn() -> OutboundError;
    let faults: [(Fault, &str); 4] = [
        (|| OutboundError::ConnectionRefused, "ConnectionRefused"),
        (|| OutboundError::ConnectionTerminated, "ConnectionTerminated"),
        (|| OutboundError::HttpProtocolError, "HttpProtocolError"),
        (|| OutboundError::TlsCertificateError, "TlsCertificateError"),
    ];
    for (fault, code) in faults {
        for body in BODIES {
            let (host, lines) = host();
            let answer =
                call(host.outbound(faults::fail(fault)), &format!("url=http://mlflow.test/{body}")).await;
            assert_eq!(answer, format!("error: ErrorCode::{code}\n"));
            assert_eq!(lines.with("outbound failed request=1 origin=http://mlflow.test:80").len(), 1);
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let broken = faults::half("half of", || OutboundError::HttpResponseIncomplete);
    let answer = call(host().0.outbound(broken), "url=http://mlflow.test/").await;
    assert!(answer.starts_with("error: ") && !answer.contains("half of"), "{answer}");
}

#[tokio::test]
async fn the_guests_timeouts_are_kept() {
    let answer = call(host().0.outbound(faults::silence()), "url=http://mlflow.test/&ms=50").await;
    assert_eq!(answer, "error: ErrorCode::ConnectionReadTimeout\n");
    let answer = call(host().0.outbound(faults::stall("half of")), "url=http://mlflow.test/&ms=50").await;
    assert!(answer.starts_with("error: "), "{answer}");
}

#[tokio::test]
async fn the_hosts_timeouts_bound_those_of_the_guest() {
    let short = Duration::from_millis(50);
    let outbound = Timeouts { connect: short, first_byte: short, between_bytes: short };
    for query in ["url=http://mlflow.test/", "url=http://mlflow.test/&ms=86400000"] {
        let (host, _) = host();
        let host = host.limits(Limits { outbound, ..limits() }).outbound(faults::silence());
        assert_eq!(call(host, query).await, "error: ErrorCode::ConnectionReadTimeout\n");
    }
}

#[tokio::test]
async fn an_answer_from_outside_is_bounded() {
    let limits = Limits { upstream_body: 4, ..limits() };
    let (host, _) = host();
    let host = host.limits(limits.clone()).outbound(faults::answer("1234"));
    assert_eq!(call(host, "url=http://mlflow.test/").await, "status: 200\n1234");
    let (host, _) = support::host();
    let host = host.limits(limits.clone()).outbound(faults::answer("12345"));
    assert_eq!(
        call(host, "url=http://mlflow.test/").await,
        "error: ErrorCode::HttpResponseBodySize(Some(5))\n"
    );
    let (host, _) = support::host();
    let host = host.limits(limits).outbound(faults::stall("12345"));
    let answer = call(host, "url=http://mlflow.test/").await;
    assert!(answer.starts_with("error: "), "{answer}");
}

/// What the guest reports of a call to this server.
async fn call_server(upstream: &Upstream, query: &str) -> String {
    let running = host().0.tracking_uri(&upstream.url("")).unwrap().start().await.unwrap();
    fetch(running.addr(), &format!("/fetch?url={}{query}", upstream.url("/"))).await.body
}

#[tokio::test]
async fn servers_that_misbehave() {
    let reset = Upstream::answering("").await;
    assert_eq!(call_server(&reset, "").await, "error: ErrorCode::ConnectionTerminated\n");
    assert_eq!(call_server(&reset, "&post=hello").await, "error: ErrorCode::ConnectionTerminated\n");

    let garbage = Upstream::answering("this is not HTTP\r\n\r\n").await;
    assert_eq!(call_server(&garbage, "").await, "error: ErrorCode::HttpProtocolError\n");

    let half = Upstream::answering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of").await;
    assert!(call_server(&half, "").await.starts_with("error: "));

    let chunks = Upstream::answering("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf").await;
    assert!(call_server(&chunks, "").await.starts_with("error: "));

    let silent = Upstream::handling(|mut stream| async move {
        head(&mut stream).await;
        // Until the host hangs up.
        let _ = stream.read_u8().await;
    });
    assert_eq!(call_server(&silent.await, "&ms=50").await, "error: ErrorCode::ConnectionReadTimeout\n");
}

#[tokio::test]
async fn a_server_that_answers_before_it_has_read_everything_is_understood() {
    let early = Upstream::answering("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno").await;
    for _ in 0..20 {
        assert_eq!(call_server(&early, "&post=hello").await, "status: 403\nno");
    }
}

#[tokio::test]
async fn a_get_whose_body_ends_late_is_answered() {
    let upstream = Upstream::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    assert_eq!(call_server(&upstream, "&late=1").await, "status: 200\nok");
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let url = format!("http://127.0.0.1:{}", closed_port().await);
    let running = host().0.tracking_uri(&url).unwrap().start().await.unwrap();
    for body in BODIES {
        let answer = fetch(running.addr(), &format!("/fetch?url={url}/{body}")).await.body;
        assert_eq!(answer, "error: ErrorCode::ConnectionRefused\n");
    }
}

#[tokio::test]
async fn a_host_name_without_an_address() {
    let answer = call(host().0.allow(origin("http://nowhere.invalid")), "url=http://nowhere.invalid/").await;
    assert!(answer.starts_with("error: ErrorCode::DnsError"), "{answer}");
}

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

#[tokio::test]
async fn encrypted_connections_check_who_answers() {
    let upstream = tls::server(false).await;
    let url = format!("https://localhost:{}", upstream.addr().port());
    let trusting = Tcp::trusting(&[tls::certificate().to_vec()]).unwrap();
    for (outbound, expected) in
        [(trusting, "status: 200\nsecret"), (Tcp::new().unwrap(), "error: ErrorCode::TlsCertificateError\n")]
    {
        let running = host().0.outbound(outbound).tracking_uri(&url).unwrap().start().await.unwrap();
        assert_eq!(fetch(running.addr(), &format!("/fetch?url={url}/")).await.body, expected);
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let upstream = tls::server(false).await;
    let url = format!("https://127.0.0.1:{}", upstream.addr().port());
    let trusting = Tcp::trusting(&[tls::certificate().to_vec()]).unwrap();
    let running = host().0.outbound(trusting).tracking_uri(&url).unwrap().start().await.unwrap();
    let answer = fetch(running.addr(), &format!("/fetch?url={url}/")).await.body;
    assert_eq!(answer, "error: ErrorCode::TlsCertificateError\n");
}

#[tokio::test]
async fn an_encrypted_call_to_a_plain_server_fails() {
    let upstream = Upstream::handling(|mut stream| async move {
        // The start of a handshake is all that such a server ever sees.
        let _ = stream.read_u8().await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.shutdown().await;
    })
    .await;
    let url = format!("https://127.0.0.1:{}", upstream.addr().port());
    let running = host().0.tracking_uri(&url).unwrap().start().await.unwrap();
    let answer = fetch(running.addr(), &format!("/fetch?url={url}/")).await.body;
    assert!(answer.starts_with("error: ErrorCode::TlsProtocolError"), "{answer}");
}
