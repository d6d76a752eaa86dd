//! Bodies with bounds: what a client sends, what a guest answers, what a guest sends, what it is answered.

use crate::outbound::{Body, OutboundError};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

type Polled = Poll<Option<Result<Frame<Bytes>, OutboundError>>>;

/// How many bytes may still pass.
struct Allowance(u64);

impl Allowance {
    /// Takes the frame's bytes off; false if that is more than was left.
    fn take(&mut self, frame: &Frame<Bytes>) -> bool {
        let size = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.0.checked_sub(size) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
    }
}

/// The body that a client sends. What is too much is an error to the guest, and wakes who answers the client.
pub(crate) struct Received {
    incoming: Incoming,
    left: Allowance,
    excess: Arc<Notify>,
}

impl Received {
    /// At most `largest` bytes of `incoming`; `excess` is notified if there are more.
    pub(crate) fn new(incoming: Incoming, largest: u64, excess: Arc<Notify>) -> Received {
        Received { incoming, left: Allowance(largest), excess }
    }
}

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        Poll::Ready(match ready!(Pin::new(&mut self.incoming).poll_frame(context)) {
            Some(Ok(frame)) if self.left.take(&frame) => Some(Ok(frame)),
            Some(Ok(_)) => {
                self.excess.notify_one();
                Some(Err(OutboundError::HttpRequestBodySize(None)))
            }
            Some(Err(error)) => Some(Err(OutboundError::Hyper(error))),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// The body that a server outside answers with: bounded in size and in the time between its parts.
pub(crate) struct Answering {
    body: Body,
    left: Allowance,
    between: Duration,
    late: Pin<Box<Sleep>>,
}

impl Answering {
    /// At most `largest` bytes of `body`, and at most the time `between` from one part to the next.
    pub(crate) fn new(body: Body, largest: u64, between: Duration) -> Answering {
        Answering { body, left: Allowance(largest), between, late: Box::pin(sleep(between)) }
    }
}

impl http_body::Body for Answering {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
            ready!(this.late.as_mut().poll(context));
            return Poll::Ready(Some(Err(OutboundError::ConnectionReadTimeout)));
        };
        this.late.as_mut().reset(Instant::now() + this.between);
        Poll::Ready(match frame {
            Some(Ok(frame)) if !this.left.take(&frame) => {
                Some(Err(OutboundError::HttpResponseBodySize(None)))
            }
            frame => frame,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body that a guest sends. Dropped early, it is read to its end all the same.
///
/// A request may be refused, fail or be answered before its body was read. The guest, still writing, would then
/// find its stream closed, and many a guest takes that for the outcome, instead of the answer or the error that
/// waits for it. The reading ends with the guest at the latest.
pub(crate) struct Sending {
    body: Option<Body>,
}

impl Sending {
    /// All of `body`.
    pub(crate) fn new(body: Body) -> Sending {
        Sending { body: Some(body) }
    }
}

impl http_body::Body for Sending {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !http_body::Body::is_end_stream(body));
        if let Some(mut body) = rest
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move { while let Some(Ok(_)) = body.frame().await {} });
        }
    }
}
