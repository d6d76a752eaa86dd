//! A guest's answer on its way to the client, and what ties the two together.

use super::leaving::Leaving;
use crate::log::Log;
use crate::outbound::{Body, OutboundError};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::task::AbortHandle;

/// What guest and answer know of each other.
#[derive(Clone, Default)]
pub(super) struct Fate(Arc<Flags>);

#[derive(Default)]
struct Flags {
    failed: AtomicBool,
    abandoned: AtomicBool,
}

impl Fate {
    /// The guest has failed: its answer, should it seem to end, is not whole.
    pub(super) fn fail(&self) {
        self.0.failed.store(true, Ordering::Release);
    }

    fn failed(&self) -> bool {
        self.0.failed.load(Ordering::Acquire)
    }

    /// Whether nobody waits for the guest any more.
    pub(super) fn abandoned(&self) -> bool {
        self.0.abandoned.load(Ordering::Acquire)
    }
}

/// What ties a guest to its client. Dropped, it means that the client has left, unless the guest was let go.
pub(super) struct Tie {
    fate: Fate,
    leaving: Leaving,
    guest: Option<AbortHandle>,
}

impl Tie {
    /// A tie to nothing yet.
    pub(super) fn new(leaving: Leaving) -> Tie {
        Tie { fate: Fate::default(), leaving, guest: None }
    }

    /// What the guest is to know.
    pub(super) fn fate(&self) -> Fate {
        self.fate.clone()
    }

    /// Ties the guest's task.
    pub(super) fn to(mut self, guest: AbortHandle) -> Tie {
        self.guest = Some(guest);
        self
    }

    /// Ends the guest: the host answers in its place, or gives no more of its answer.
    pub(super) fn cut(&mut self) {
        if let Some(guest) = self.guest.take() {
            self.fate.0.abandoned.store(true, Ordering::Release);
            guest.abort();
        }
    }

    /// Lets the guest finish what it does after its answer.
    fn let_go(&mut self) {
        self.guest = None;
    }
}

impl Drop for Tie {
    fn drop(&mut self) {
        match self.leaving {
            Leaving::Cancels => self.cut(),
            Leaving::MeansNothing if self.guest.is_some() => {
                self.fate.0.abandoned.store(true, Ordering::Release);
            }
            Leaving::MeansNothing => {}
        }
    }
}

/// The body of a guest's answer: passed on as it is written, cut when it is too long or the guest fails.
pub(super) struct Reply {
    // First, so that the guest is known to be abandoned before it finds its stream closed.
    tie: Tie,
    body: Body,
    declared: Option<u64>,
    passed: u64,
    largest: u64,
    log: Log,
    number: u64,
}

impl Reply {
    /// The `body` of the answer to the request of this number, `declared` to be so long, at most `largest` bytes.
    pub(super) fn new(
        body: Body,
        declared: Option<u64>,
        largest: u64,
        mut tie: Tie,
        log: Log,
        number: u64,
    ) -> Reply {
        if body.is_end_stream() {
            tie.let_go();
        }
        Reply { tie, body, declared, passed: 0, largest, log, number }
    }

    /// The body in the form that the server takes.
    pub(super) fn into_body(self) -> Body {
        self.boxed_unsync()
    }

    fn pass(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, OutboundError> {
        self.passed += frame.data_ref().map_or(0, |data| data.len() as u64);
        if self.passed > self.largest {
            let (number, largest) = (self.number, self.largest);
            self.log.line(format_args!("request={number} cut: the answer is larger than {largest} bytes"));
            self.tie.cut();
            return Err(OutboundError::HttpResponseBodySize(Some(self.passed)));
        }
        if self.declared.is_some_and(|declared| self.passed >= declared) {
            // The server asks for no more after this.
            self.tie.let_go();
        }
        Ok(frame)
    }

    fn end(&mut self) -> Option<Result<Frame<Bytes>, OutboundError>> {
        if self.tie.fate.failed() {
            return Some(Err(OutboundError::HttpResponseIncomplete));
        }
        self.tie.let_go();
        None
    }
}

impl http_body::Body for Reply {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, OutboundError>>> {
        Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => Some(self.pass(frame)),
            Some(Err(error)) => Some(Err(error)),
            None => self.end(),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
