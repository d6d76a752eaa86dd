//! Ways for a request to go wrong, put where the host sends its guests' requests.

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full};
use mlflow_mcp_host::{Body, Outbound, OutboundError, Timeouts};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Answers 200 with this body.
pub fn answer(text: &'static str) -> impl Outbound {
    move |_: Request<Body>, _: Timeouts| async move { Ok(Response::new(whole(text))) }
}

/// Fails at once.
pub fn fail(error: fn() -> OutboundError) -> impl Outbound {
    move |_: Request<Body>, _: Timeouts| async move { Err(error()) }
}

/// Never answers.
pub fn silence() -> impl Outbound {
    |_: Request<Body>, _: Timeouts| std::future::pending()
}

/// Answers 200 with a body that breaks off with `error` after this beginning.
pub fn half(beginning: &'static str, error: fn() -> OutboundError) -> impl Outbound {
    move |_: Request<Body>, _: Timeouts| async move {
        Ok(Response::new(Parts::new([Ok(Bytes::from(beginning)), Err(error())]).boxed_unsync()))
    }
}

/// Answers 200 with a body that stops coming after this beginning, without an end.
pub fn stall(beginning: &'static str) -> impl Outbound {
    move |_: Request<Body>, _: Timeouts| async move {
        let parts = Parts { endless: true, ..Parts::new([Ok(Bytes::from(beginning))]) };
        Ok(Response::new(parts.boxed_unsync()))
    }
}

/// A body in given parts; an endless one never says that it is over.
struct Parts {
    parts: VecDeque<Result<Bytes, OutboundError>>,
    endless: bool,
}

impl Parts {
    fn new(parts: impl IntoIterator<Item = Result<Bytes, OutboundError>>) -> Parts {
        Parts { parts: parts.into_iter().collect(), endless: false }
    }
}

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, OutboundError>>> {
        match self.parts.pop_front() {
            None if self.endless => Poll::Pending,
            part => Poll::Ready(part.map(|part| part.map(Frame::data))),
        }
    }
}

/// A body that is there as a whole.
pub fn whole(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A request that waits. Becomes ready, with an error, when it was answered or dropped.
pub type Call = oneshot::Receiver<()>;

/// Requests that wait, each until the test lets it go.
pub struct Gatekeeper {
    arrivals: mpsc::UnboundedReceiver<Call>,
    gate: Arc<Semaphore>,
}

impl Gatekeeper {
    /// The keeper, and the outbound whose requests it holds. They are answered 200 `released`.
    pub fn new() -> (Gatekeeper, impl Outbound) {
        let (announce, arrivals) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let keeper = Gatekeeper { arrivals, gate: Arc::clone(&gate) };
        let outbound = move |_: Request<Body>, _: Timeouts| {
            let gate = Arc::clone(&gate);
            let (alive, gone) = oneshot::channel();
            announce.send(gone).unwrap();
            async move {
                gate.acquire().await.unwrap().forget();
                drop(alive);
                Ok(Response::new(whole("released")))
            }
        };
        (keeper, outbound)
    }

    /// Waits for the next request.
    pub async fn arrival(&mut self) -> Call {
        self.arrivals.recv().await.unwrap()
    }

    /// Lets so many requests go.
    pub fn release(&self, requests: usize) {
        self.gate.add_permits(requests);
    }
}
