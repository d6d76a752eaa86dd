//! The ways to misbehave that need nobody else.

use crate::query::Query;
use futures_lite::stream;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use wstd::http::{Body, Error, Request, Response};
use wstd::time::Duration;

const CHUNK: usize = 64 * 1024;

/// Every environment variable that this instance sees, sorted, one `NAME=VALUE` per line.
pub(crate) fn environment() -> String {
    let mut lines: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}\n")).collect();
    lines.sort();
    lines.concat()
}

/// The length of the request's body, known when all of it was read.
pub(crate) async fn length(mut request: Request<Body>) -> Result<Response<Body>, Error> {
    let length = request.body_mut().contents().await?.len();
    Ok(Response::new(length.to_string().into()))
}

/// How many requests this instance has counted: 1 in a fresh one.
pub(crate) fn count() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    (COUNT.fetch_add(1, Ordering::Relaxed) + 1).to_string()
}

/// Writes the parameters `out` and `err` to standard output and standard error.
pub(crate) fn print(query: &Query) -> String {
    println!("{}", query.get("out").unwrap_or_default());
    eprintln!("{}", query.get("err").unwrap_or_default());
    "printed\n".to_owned()
}

/// `chunks` lines, with 300 ms between them.
pub(crate) fn stream(chunks: u32) -> Body {
    Body::from_stream(stream::unfold(0, move |sent| async move {
        if sent == chunks {
            return None;
        }
        if sent > 0 {
            wstd::task::sleep(Duration::from_millis(300)).await;
        }
        Some((format!("chunk {sent}\n"), sent + 1))
    }))
}

/// Answers after `ms` milliseconds (default: a day).
pub(crate) async fn hold(query: &Query) -> Result<Response<Body>, Error> {
    wstd::task::sleep(Duration::from_millis(query.number("ms", 86_400_000))).await;
    Ok(Response::new("held\n".into()))
}

/// Allocates and touches memory without end.
pub(crate) fn memory() -> String {
    let mut kept = Vec::new();
    loop {
        kept.push(black_box(vec![1_u8; 1024 * 1024]));
    }
}

/// Computes without end.
pub(crate) fn spin() -> Result<Response<Body>, Error> {
    let mut rounds = 0_u64;
    loop {
        rounds = black_box(rounds.wrapping_add(1));
    }
}

/// An answer without end.
pub(crate) fn flood() -> Body {
    Body::from_stream(stream::repeat(vec![b'x'; CHUNK]))
}

/// Panics, which traps, with a message that is nobody's business outside.
pub(crate) fn trap() -> Result<Response<Body>, Error> {
    panic!("the guest panics on purpose")
}
