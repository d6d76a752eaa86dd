//! Answers sent piece by piece, as server-sent events: progress first, the response last.
//!
//! A stream is opened only for a client that takes events, gave a progress token, and calls a tool that
//! reports progress. Events have no `id:` and no `retry:`: a client that saw either would try to resume.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response};
use serde_json::Value;

use super::dispatch::{Reply, dispatch};
use super::json::Json;
use super::jsonrpc::Request;
use super::progress::Progress;
use super::service::Service;
use super::version::Version;

/// Longest silence on a stream, as in both official SDKs: proxies close quieter ones.
const SILENCE: Duration = Duration::from_secs(15);

/// The client has closed the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// The connection that a request came in on.
pub trait Outlet {
    /// Sends status and headers. Called once, before the first piece.
    fn begin(&self, head: Response<()>);

    /// Sends a piece of the body at once.
    fn send(&self, piece: Bytes) -> Pin<Box<dyn Future<Output = Result<(), Gone>> + '_>>;

    /// Is ready after that time.
    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>>;
}

/// The progress that a client listens to, if it does.
pub(super) fn wanted<S: Service>(service: &S, headers: &HeaderMap, request: &Request) -> Option<Progress> {
    let token = request.params.get("_meta")?.get("progressToken")?;
    let is_token = token.is_string() || token.is_i64() || token.is_u64();
    let tool = request.params.get("name").and_then(Value::as_str)?;
    let listens = request.method == "tools/call" && is_token && takes_events(headers);
    (listens && service.reports_progress(tool)).then(|| Progress::to(token.clone()))
}

fn takes_events(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .filter_map(|range| range.split(';').next())
            .any(|range| range.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}

/// Runs a request and sends what it reports, then its answer, or gives the answer back if there was nothing to
/// say before it: only then its status can still be told.
///
/// In 2026-07-28 a client that closes the stream cancels its request; in the older revisions it does not,
/// and the work goes on unheard.
pub(super) async fn run<S: Service>(
    service: &S,
    outlet: &dyn Outlet,
    head: Response<()>,
    version: Version,
    request: Request,
    progress: &Progress,
) -> Option<Reply> {
    let (mut head, mut gone) = (Some(head), false);
    let mut work = pin!(dispatch(service, version, request, progress));
    loop {
        let step = next(work.as_mut(), progress, outlet).await;
        let mut pieces: Vec<Bytes> = progress.take().iter().map(event).collect();
        let done = matches!(step, Step::Done(_));
        match step {
            Step::Done(reply) if head.is_some() && pieces.is_empty() => return Some(reply),
            Step::Done(reply) => pieces.push(event(&reply.body)),
            Step::Silence => pieces.push(Bytes::from_static(b": ping\n\n")),
            Step::Progress => {}
        }
        if let Some(head) = head.take() {
            outlet.begin(head);
        }
        for piece in pieces {
            gone = gone || outlet.send(piece).await.is_err();
        }
        if done || (gone && version.is_modern()) {
            return None;
        }
    }
}

enum Step {
    Done(Reply),
    Progress,
    Silence,
}

async fn next(
    mut work: Pin<&mut impl Future<Output = Reply>>,
    progress: &Progress,
    outlet: &dyn Outlet,
) -> Step {
    let mut silence = outlet.pause(SILENCE);
    poll_fn(|cx| {
        if let Poll::Ready(reply) = work.as_mut().poll(cx) {
            return Poll::Ready(Step::Done(reply));
        }
        if progress.is_waiting() {
            return Poll::Ready(Step::Progress);
        }
        silence.as_mut().poll(cx).map(|()| Step::Silence)
    })
    .await
}

/// A message as an event.
pub(super) fn event(message: &Json) -> Bytes {
    Bytes::from(format!("event: message\ndata: {message}\n\n"))
}

/// What tells clients and proxies that events follow.
pub(super) fn mark(headers: &mut HeaderMap) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
}
