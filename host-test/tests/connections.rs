//! Connections towards other servers: kept, given up, refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp_host::Tcp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::client::fetch;
use support::host;
use support::upstream::{Upstream, head};
use tokio::io::AsyncWriteExt as _;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A server that answers so many requests on each connection, and the number of connections it has had.
async fn server(requests: usize) -> (Upstream, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let upstream = Upstream::handling(move |mut stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            for _ in 0..requests {
                if head(&mut stream).await.is_empty() {
                    break;
                }
                stream.write_all(ANSWER).await.unwrap();
            }
        }
    });
    (upstream.await, connections)
}

/// Calls the server so often, over a host with this way out.
async fn call(upstream: &Upstream, outbound: Tcp, times: usize) {
    let running = host().0.outbound(outbound).tracking_uri(&upstream.url("")).unwrap().start().await.unwrap();
    let path = format!("/fetch?url={}", upstream.url("/"));
    for _ in 0..times {
        assert_eq!(fetch(running.addr(), &path).await.body, "status: 200\nok");
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_call() {
    let (upstream, connections) = server(usize::MAX).await;
    call(&upstream, Tcp::new().unwrap(), 10).await;
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_instance_that_made_a_call_is_used_again() {
    let (upstream, _) = server(usize::MAX).await;
    let running = host().0.tracking_uri(&upstream.url("")).unwrap().start().await.unwrap();
    for count in ["1", "2", "3"] {
        let called = fetch(running.addr(), &format!("/fetch?url={}", upstream.url("/"))).await;
        assert_eq!(called.body, "status: 200\nok");
        assert_eq!(fetch(running.addr(), "/count").await.body, count);
    }
}

#[tokio::test]
async fn connections_are_not_kept_where_that_is_wanted() {
    let (upstream, connections) = server(usize::MAX).await;
    call(&upstream, Tcp::new().unwrap().fresh(), 10).await;
    assert_eq!(connections.load(Ordering::SeqCst), 10);
}

#[tokio::test]
async fn a_chunked_answer_leaves_its_connection_usable() {
    let upstream = Upstream::handling(|mut stream| async move {
        while !head(&mut stream).await.is_empty() {
            let answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
    })
    .await;
    call(&upstream, Tcp::new().unwrap(), 3).await;
}

/// Servers close connections that were not used for a while; that costs no call.
#[tokio::test]
async fn a_kept_connection_that_the_server_closes_costs_no_call() {
    let (upstream, connections) = server(1).await;
    let running = host().0.tracking_uri(&upstream.url("")).unwrap().start().await.unwrap();
    let path = format!("/fetch?url={}", upstream.url("/"));
    for _ in 0..5 {
        assert_eq!(fetch(running.addr(), &path).await.body, "status: 200\nok");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(connections.load(Ordering::SeqCst), 5);
}

/// `localhost` is a name that leads to an address which is not public: what a name that is rebound does.
#[tokio::test]
async fn addresses_that_are_not_public_are_refused_whatever_their_name() {
    let (upstream, connections) = server(usize::MAX).await;
    let port = upstream.addr().port();
    for host_name in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host_name}:{port}");
        let outbound = Tcp::new().unwrap().public_only(true);
        let running = host().0.outbound(outbound).tracking_uri(&url).unwrap().start().await.unwrap();
        let answer = fetch(running.addr(), &format!("/fetch?url={url}/")).await.body;
        assert_eq!(answer, "error: ErrorCode::DestinationIpProhibited\n", "{url}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}
