//! Answers pass as they are written, end with their clients, and survive a shutdown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::Full;
use mlflow_mcp_host::{Host, Limits, Running};
use std::time::Duration;
use support::client::{fetch, get, open};
use support::faults::{Call, Gatekeeper};
use support::{comes, eventually, host, limits};
use tokio::net::TcpStream;

const FETCH: &str = "/fetch?url=http://mlflow.test/";
const RELAY: &str = "/relay?url=http://mlflow.test/";

async fn start(host: Host) -> (Running, Gatekeeper) {
    let (keeper, outbound) = Gatekeeper::new();
    let host = host.outbound(outbound).tracking_uri("http://mlflow.test").unwrap();
    (host.start().await.unwrap(), keeper)
}

#[tokio::test]
async fn the_first_part_arrives_before_the_second_is_written() {
    let (running, mut keeper) = start(host().0).await;
    let mut stream = open(running.addr(), get(RELAY)).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), "before\n");
    // The second part needs an answer that is not given until now.
    keeper.arrival().await;
    keeper.release(1);
    assert_eq!(stream.next().await.unwrap().unwrap(), "status: 200\nreleased");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn parts_with_pauses_between_them_all_arrive() {
    let (running, _) = start(host().0).await;
    assert_eq!(fetch(running.addr(), "/stream").await.body, "chunk 0\nchunk 1\nchunk 2\n");
}

/// A request in the first revision of MCP in which a closed connection cancels.
fn cancelling(path: &str) -> Request<Full<Bytes>> {
    let mut request = get(path);
    request.headers_mut().insert("mcp-protocol-version", HeaderValue::from_static("2026-07-28"));
    request
}

/// A client that leaves when its guest waits for the first call; that call.
async fn leaves(request: Request<Full<Bytes>>, running: &Running, keeper: &mut Gatekeeper) -> Call {
    let address = running.addr();
    let client = tokio::spawn(async move {
        let mut stream = open(address, request).await.unwrap();
        while stream.next().await.is_some() {}
    });
    let call = keeper.arrival().await;
    client.abort();
    call
}

#[tokio::test]
async fn a_client_that_cancels_by_leaving_takes_its_guest_along() {
    // Before its answer began, and during it.
    for path in [FETCH, RELAY] {
        let (host, lines) = host();
        let (running, mut keeper) = start(host).await;
        let call = leaves(cancelling(path), &running, &mut keeper).await;
        comes(call).await.unwrap_err();
        assert!(lines.with("failed: trap").is_empty(), "{:?}", lines.all());
    }
}

#[tokio::test]
async fn the_guest_of_an_older_client_works_on_to_its_end_when_the_client_leaves() {
    for path in [FETCH, RELAY] {
        let limits = Limits { concurrent_requests: 1, queue_time: Duration::from_millis(1), ..limits() };
        let (running, mut keeper) = start(host().0.limits(limits)).await;
        leaves(get(&format!("{path}&times=2")), &running, &mut keeper).await;
        keeper.release(1);
        // It goes on to its second call, and is gone after that.
        comes(keeper.arrival()).await;
        keeper.release(1);
        comes(async { while fetch(running.addr(), "/count").await.status != StatusCode::OK {} }).await;
    }
}

#[tokio::test]
async fn a_guest_without_client_has_no_more_time_than_others() {
    let (host, lines) = host();
    let limits = Limits { request_time: Duration::from_millis(50), ..limits() };
    let (running, mut keeper) = start(host.limits(limits)).await;
    let call = leaves(get(FETCH), &running, &mut keeper).await;
    comes(call).await.unwrap_err();
    eventually(|| (lines.with("failed: time used up").len() == 1).then_some(())).await;
}

#[tokio::test]
async fn a_guest_without_client_ends_with_its_host() {
    let (running, mut keeper) = start(host().0).await;
    let call = leaves(get(FETCH), &running, &mut keeper).await;
    drop(running);
    comes(call).await.unwrap_err();
}

#[tokio::test]
async fn the_place_of_a_cancelled_guest_is_free_again() {
    let (host, _) = host();
    let limits = Limits { concurrent_requests: 1, queue_time: Duration::from_millis(1), ..limits() };
    let (running, mut keeper) = start(host.limits(limits)).await;
    let stream = open(running.addr(), cancelling(RELAY)).await.unwrap();
    keeper.arrival().await;
    assert_eq!(fetch(running.addr(), "/count").await.status, StatusCode::SERVICE_UNAVAILABLE);
    drop(stream);
    comes(async { while fetch(running.addr(), "/count").await.status != StatusCode::OK {} }).await;
}

#[tokio::test]
async fn a_shutdown_lets_running_requests_finish() {
    let (host, lines) = host();
    let (running, mut keeper) = start(host).await;
    let address = running.addr();
    // An idle connection must not keep the host up.
    let _idle = TcpStream::connect(address).await.unwrap();
    let request = tokio::spawn(async move { fetch(address, FETCH).await });
    keeper.arrival().await;
    let shutdown = tokio::spawn(running.shutdown());
    eventually(|| std::net::TcpStream::connect(address).is_err().then_some(())).await;
    assert!(!shutdown.is_finished());
    keeper.release(1);
    assert_eq!(request.await.unwrap().body, "status: 200\nreleased");
    shutdown.await.unwrap();
    assert!(lines.with("unfinished").is_empty(), "{:?}", lines.all());
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_ever() {
    let (host, lines) = host();
    let limits = Limits { shutdown_time: Duration::from_millis(50), ..limits() };
    let (running, mut keeper) = start(host.limits(limits)).await;
    let address = running.addr();
    let request = tokio::spawn(open(address, get(FETCH)));
    let call = keeper.arrival().await;
    comes(running.shutdown()).await;
    assert!(request.await.unwrap().is_err());
    comes(call).await.unwrap_err();
    assert_eq!(lines.with("stopped with requests unfinished").len(), 1, "{:?}", lines.all());
}

#[tokio::test]
async fn a_dropped_host_is_gone_at_once() {
    let (running, mut keeper) = start(host().0).await;
    let address = running.addr();
    let request = tokio::spawn(open(address, get(FETCH)));
    let call = keeper.arrival().await;
    drop(running);
    assert!(request.await.unwrap().is_err());
    comes(call).await.unwrap_err();
    let refused = || std::net::TcpStream::connect(address).is_err().then_some(());
    eventually(refused).await;
}
