//! Answers pass as they are written, end with their clients, and survive a shutdown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use http::StatusCode;
use mlflow_mcp_host::{Host, Limits, Running};
use std::time::Duration;
use support::client::{fetch, get, open};
use support::faults::Gatekeeper;
use support::lines::Lines;
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

/// No client, no guest: shown by its call, which is dropped with it.
async fn dropped_with_its_client(path: &str, lines: &Lines, running: &Running, keeper: &mut Gatekeeper) {
    let address = running.addr();
    let request = get(path);
    let client = tokio::spawn(async move {
        let mut stream = open(address, request).await.unwrap();
        while stream.next().await.is_some() {}
    });
    let call = keeper.arrival().await;
    client.abort();
    comes(call).await.unwrap_err();
    assert!(lines.with("failed: trap").is_empty(), "{:?}", lines.all());
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_takes_its_guest_along() {
    let (host, lines) = host();
    let (running, mut keeper) = start(host).await;
    dropped_with_its_client(FETCH, &lines, &running, &mut keeper).await;
}

#[tokio::test]
async fn a_client_that_leaves_during_the_answer_takes_its_guest_along() {
    let (host, lines) = host();
    let (running, mut keeper) = start(host).await;
    dropped_with_its_client(RELAY, &lines, &running, &mut keeper).await;
}

#[tokio::test]
async fn the_place_of_a_guest_without_client_is_free_again() {
    let (host, _) = host();
    let limits = Limits { concurrent_requests: 1, queue_time: Duration::from_millis(1), ..limits() };
    let (running, mut keeper) = start(host.limits(limits)).await;
    let stream = open(running.addr(), get(RELAY)).await.unwrap();
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
