//! Connections that wait for another request to the same server.
//!
//! MLflow's own server answers on a kept connection about 40 ms later than on a new one, unless what it sends is
//! acknowledged at once ([`super::wire`]); and it closes connections that were idle for 5 s.

use super::{Body, OutboundError};
use crate::origin::Origin;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::AbortHandle;

/// How long a connection is kept: safely less than the 5 s after which uvicorn, MLflow's server, closes it.
const IDLE: Duration = Duration::from_secs(3);

/// Connections kept for one server.
const MOST: usize = 64;

/// Connections between two requests, by server.
#[derive(Default)]
pub(super) struct Pool(Mutex<HashMap<Origin, Vec<Kept>>>);

struct Kept {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// The connection to this server that was used last, if it still seems to stand. One that this thread moves needs no
    /// other to wake up, so it is preferred.
    pub(super) fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get_mut(origin)?;
        let here = thread::current().id();
        while !kept.is_empty() {
            let index = kept.iter().rposition(|kept| kept.connection.home == here).unwrap_or(kept.len() - 1);
            let Kept { connection, since } = kept.remove(index);
            if since.elapsed() < IDLE && !connection.sender.is_closed() {
                return Some(connection);
            }
        }
        None
    }

    fn put(&self, origin: &Origin, connection: Connection) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The servers are those of the allow-list, but one of its patterns may stand for many.
        all.retain(|_, kept| {
            kept.retain(|kept| kept.since.elapsed() < IDLE);
            !kept.is_empty()
        });
        let kept = all.entry(origin.clone()).or_default();
        if kept.len() < MOST {
            kept.push(Kept { connection, since: Instant::now() });
        }
    }
}

/// A connection that requests can be sent on, one after the other; it ends when it is dropped.
pub(super) struct Connection {
    sender: SendRequest<Body>,
    /// The thread that began to move its bytes, and still does where each has an event loop of its own.
    home: ThreadId,
    _driver: Driver,
}

impl Connection {
    /// Speaks HTTP over `io`.
    pub(super) async fn over(
        io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> Result<Connection, hyper::Error> {
        let (sender, connection) = http1::handshake(TokioIo::new(io)).await?;
        let driver = Driver(tokio::spawn(connection).abort_handle());
        Ok(Connection { sender, home: thread::current().id(), _driver: driver })
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn send(&mut self, request: Request<Body>) -> Result<Response<Incoming>, Unanswered> {
        if let Err(error) = self.sender.ready().await {
            return Err(Unanswered { error, unsent: Some(request) });
        }
        self.sender.try_send_request(request).await.map_err(|mut failure| {
            let unsent = failure.take_message();
            Unanswered { error: failure.into_error(), unsent }
        })
    }
}

/// Why no answer came.
pub(super) struct Unanswered {
    pub(super) error: hyper::Error,
    /// The request, if nothing of it has left.
    pub(super) unsent: Option<Request<Body>>,
}

/// The task that moves bytes between a connection and its exchange; it ends with the connection.
struct Driver(AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The body of an answer, which keeps its connection moving and gives it back when it was read to its end.
pub(super) struct Answered {
    incoming: Incoming,
    lent: Option<Lent>,
}

/// A connection, and where it goes when it is free.
struct Lent {
    connection: Connection,
    origin: Origin,
    pool: Option<Arc<Pool>>,
}

impl Answered {
    /// The answer that comes over a connection to this server. Without a `pool` the connection is not kept.
    pub(super) fn new(
        incoming: Incoming,
        connection: Connection,
        origin: Origin,
        pool: Option<Arc<Pool>>,
    ) -> Answered {
        let mut answered = Answered { incoming, lent: Some(Lent { connection, origin, pool }) };
        if answered.incoming.is_end_stream() {
            answered.give_back();
        }
        answered
    }

    fn give_back(&mut self) {
        if let Some(Lent { connection, origin, pool: Some(pool) }) = self.lent.take() {
            pool.put(&origin, connection);
        }
    }
}

impl http_body::Body for Answered {
    type Data = bytes::Bytes;
    type Error = OutboundError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, OutboundError>>> {
        let frame = Pin::new(&mut self.incoming).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Err(_))) => self.lent = None,
            Poll::Ready(None) => self.give_back(),
            // Whoever reads a body of a known length need not ask for more.
            Poll::Ready(Some(Ok(_))) if self.incoming.is_end_stream() => self.give_back(),
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
        }
        frame.map(|frame| frame.map(|frame| frame.map_err(|error| cut(&error))))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// What a body that broke off means to the guest.
fn cut(error: &hyper::Error) -> OutboundError {
    if error.is_parse() { OutboundError::HttpProtocolError } else { OutboundError::HttpResponseIncomplete }
}
