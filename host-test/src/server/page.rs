//! The page with the numbers, on an address of its own.

use crate::answer;
use crate::metrics::Metrics;
use crate::outbound::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// Prometheus' text format.
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// For the head of a request, and between two failures to accept.
const WAIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Shows `metrics` at `/metrics` to whoever connects.
pub(super) async fn serve(listener: TcpListener, metrics: Arc<Metrics>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let metrics = Arc::clone(&metrics);
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = page(&metrics, request.uri().path());
            async move { Ok::<_, Infallible>(answer) }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(WAIT).keep_alive(false);
        tokio::spawn(async move {
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn page(metrics: &Metrics, path: &str) -> Response<Body> {
    if path == "/metrics" {
        return answer::text(KIND, metrics.text());
    }
    let mut response = answer::text(KIND, "the numbers are at /metrics\n".to_owned());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
