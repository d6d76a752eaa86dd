//! No guest and no client gets more than its share.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, RETRY_AFTER};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use mlflow_mcp_host::Limits;
use std::convert::Infallible;
use std::time::Duration;
use support::client::{fetch, get, open, post, send};
use support::faults::Gatekeeper;
use support::{host, limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const MIB: u64 = 1024 * 1024;

#[tokio::test]
async fn memory_is_bounded() {
    let (host, lines) = host();
    let running = host.limits(Limits { memory: 16 * MIB, ..limits() }).start().await.unwrap();
    let answer = fetch(running.addr(), "/memory").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(lines.with("request=1 failed: memory used up").len(), 1, "{:?}", lines.all());
    assert_eq!(fetch(running.addr(), "/count").await.body, "1");
}

#[tokio::test]
async fn computing_time_is_bounded() {
    let (host, lines) = host();
    let limits = Limits { cpu_time: Duration::from_millis(50), ..limits() };
    let running = host.limits(limits).start().await.unwrap();
    let answer = fetch(running.addr(), "/spin").await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    assert!(answer.body.contains("-32603"), "{}", answer.body);
    assert_eq!(lines.with("request=1 failed: computing time used up").len(), 1, "{:?}", lines.all());
}

#[tokio::test]
async fn waiting_costs_no_computing_time() {
    let limits = Limits { cpu_time: Duration::from_millis(200), ..limits() };
    let running = host().0.limits(limits).start().await.unwrap();
    assert_eq!(fetch(running.addr(), "/hold?ms=500").await.body, "held\n");
}

#[tokio::test]
async fn waiting_is_bounded_too() {
    let (host, lines) = host();
    let limits = Limits { request_time: Duration::from_millis(50), ..limits() };
    let running = host.limits(limits).start().await.unwrap();
    assert_eq!(fetch(running.addr(), "/hold").await.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(lines.with("request=1 failed: time used up").len(), 1, "{:?}", lines.all());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_that_compute_without_end_do_not_stop_others() {
    let running = host().0.start().await.unwrap();
    let address = running.addr();
    let spins: Vec<_> = (0..4).map(|_| tokio::spawn(open(address, get("/spin")))).collect();
    for _ in 0..3 {
        assert_eq!(fetch(address, "/count").await.status, StatusCode::OK);
    }
    assert!(spins.iter().all(|spin| !spin.is_finished()));
    for spin in spins {
        spin.abort();
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let (host, lines) = host();
    let running = host.limits(Limits { response_body: MIB, ..limits() }).start().await.unwrap();
    let mut stream = open(running.addr(), get("/flood")).await.unwrap();
    let mut size = 0;
    while let Ok(part) = stream.next().await.expect("a cut answer must not look whole") {
        size += part.len() as u64;
    }
    assert!(size <= MIB, "{size} bytes passed");
    assert_eq!(lines.with("request=1 cut: ").len(), 1, "{:?}", lines.all());
}

#[tokio::test]
async fn an_answer_of_a_guest_that_fails_does_not_look_whole() {
    let (mut keeper, outbound) = Gatekeeper::new();
    let running =
        host().0.outbound(outbound).tracking_uri("http://mlflow.test").unwrap().start().await.unwrap();
    let mut stream = open(running.addr(), get("/trap-late?url=http://mlflow.test/")).await.unwrap();
    assert_eq!(stream.response.status(), StatusCode::OK);
    assert_eq!(stream.next().await.unwrap().unwrap(), "before\n");
    keeper.arrival().await;
    keeper.release(1);
    stream.next().await.expect("a cut answer must not look whole").unwrap_err();
}

#[tokio::test]
async fn a_body_that_is_declared_too_large_is_refused_unread() {
    let running = host().0.start().await.unwrap();
    let mut stream = TcpStream::connect(running.addr()).await.unwrap();
    let head = format!("POST /length HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n", 4 * MIB + 1);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("-32600"), "{answer}");
}

/// A body that does not say how long it is.
fn chunked(size: usize) -> BoxBody<Bytes, Infallible> {
    let part = Full::new(Bytes::from(vec![b'x'; size]));
    part.with_trailers(std::future::ready(None)).boxed()
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_refused() {
    let running = host().0.limits(Limits { request_body: 1000, ..limits() }).start().await.unwrap();
    let just = http::Request::post("/length").body(chunked(1000)).unwrap();
    assert_eq!(send(running.addr(), just).await.unwrap().body, "1000");
    let more = http::Request::post("/length").body(chunked(1001)).unwrap();
    assert!(!more.headers().contains_key(CONTENT_LENGTH));
    assert_eq!(send(running.addr(), more).await.unwrap().status, StatusCode::PAYLOAD_TOO_LARGE);
    let declared = post("/length", "x".repeat(1000));
    assert_eq!(send(running.addr(), declared).await.unwrap().body, "1000");
}

#[tokio::test]
async fn requests_beyond_the_limit_are_told_to_come_again() {
    let (mut keeper, outbound) = Gatekeeper::new();
    let (host, _) = host();
    let limits = Limits { concurrent_requests: 2, queue_time: Duration::from_millis(1), ..limits() };
    let host = host.limits(limits).outbound(outbound).tracking_uri("http://mlflow.test").unwrap();
    let running = host.start().await.unwrap();
    let address = running.addr();
    let held = || tokio::spawn(async move { fetch(address, "/fetch?url=http://mlflow.test/").await });
    let (first, second) = (held(), held());
    keeper.arrival().await;
    keeper.arrival().await;
    let answer = fetch(address, "/count").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers[RETRY_AFTER], "1");
    keeper.release(2);
    assert_eq!(first.await.unwrap().body, "status: 200\nreleased");
    assert_eq!(second.await.unwrap().body, "status: 200\nreleased");
}

#[tokio::test]
async fn clients_that_keep_to_the_limit_are_never_turned_away() {
    let limits = Limits { concurrent_requests: 2, queue_time: Duration::from_secs(3600), ..limits() };
    let running = host().0.limits(limits).start().await.unwrap();
    let address = running.addr();
    let client = || async move {
        for _ in 0..50 {
            assert_eq!(fetch(address, "/count").await.status, StatusCode::OK);
        }
    };
    tokio::join!(client(), client(), client());
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_head_is_hung_up_on() {
    let limits = Limits { header_time: Duration::from_millis(50), ..limits() };
    let running = host().0.limits(limits).start().await.unwrap();
    let mut stream = TcpStream::connect(running.addr()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    let mut answer = Vec::new();
    // Ends, one way or the other, only if the host closes the connection.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

/// All ways of taking more than a fair share at once, again and again, while another client works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_guest_is_stopped_in_every_way_while_others_are_served() {
    let (host, lines) = host();
    let limits = Limits {
        memory: 16 * MIB,
        cpu_time: Duration::from_millis(500),
        request_time: Duration::from_secs(2),
        response_body: MIB,
        concurrent_requests: 16,
        queue_time: Duration::from_secs(60),
        ..limits()
    };
    let running = host.limits(limits).start().await.unwrap();
    let address = running.addr();
    let attacks =
        ["/memory", "/spin", "/flood", "/trap", "/exit", "/hold", "/fetch?url=http://elsewhere.test/"];
    let attackers = attacks.map(|path| {
        tokio::spawn(async move {
            for _ in 0..5 {
                let mut stream = open(address, get(path)).await.unwrap();
                while let Some(Ok(_)) = stream.next().await {}
            }
        })
    });
    let mut served = 0;
    while attackers.iter().any(|attacker| !attacker.is_finished()) {
        assert_eq!(fetch(address, "/no-such-path").await.status, StatusCode::NOT_FOUND);
        served += 1;
    }
    for attacker in attackers {
        attacker.await.unwrap();
    }
    assert!(served > 0);
    for cause in [
        "failed: memory used up",
        "failed: computing time used up",
        "failed: time used up",
        "failed: trap",
        " cut: ",
    ] {
        assert!(!lines.with(cause).is_empty(), "{cause}: {:?}", lines.all());
    }
    assert_eq!(lines.with("outbound denied").len(), 5);
}
