//! What MLflow was asked in a call, seen from the only way to it.

use std::cell::Cell;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};

use crate::mcp::Trace;
use crate::mcp::trace::TRACEPARENT;
use crate::port::{Http, HttpError, Limits, LocalFuture, Pieces};

/// The way to MLflow for one call: counts what goes through, and says to which trace it belongs.
pub(super) struct Watch<'a> {
    http: &'a dyn Http,
    traceparent: Option<HeaderValue>,
    asked: Cell<u32>,
    answered: Cell<u32>,
    worst: Cell<Option<u16>>,
}

/// What went through.
pub(super) struct Asked {
    /// Requests, repeated ones included.
    pub(super) times: u32,
    /// Those without an answer.
    pub(super) unanswered: u32,
    /// The highest HTTP status among the answers.
    pub(super) worst: Option<u16>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(http: &'a dyn Http, trace: Option<Trace>) -> Self {
        // Hex digits and dashes: a header can always carry them.
        let traceparent = trace.and_then(|trace| HeaderValue::try_from(trace.to_string()).ok());
        Self { http, traceparent, asked: Cell::new(0), answered: Cell::new(0), worst: Cell::new(None) }
    }

    pub(super) fn asked(&self) -> Asked {
        let times = self.asked.get();
        Asked { times, unanswered: times - self.answered.get(), worst: self.worst.get() }
    }

    fn sent(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        if let Some(traceparent) = &self.traceparent {
            request.headers_mut().insert(TRACEPARENT, traceparent.clone());
        }
        self.asked.set(self.asked.get() + 1);
        request
    }

    fn came<T>(&self, answer: Response<T>) -> Response<T> {
        self.answered.set(self.answered.get() + 1);
        self.worst.set(self.worst.get().max(Some(answer.status().as_u16())));
        answer
    }
}

impl Http for Watch<'_> {
    fn send<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Bytes>, HttpError>> {
        let request = self.sent(request);
        Box::pin(async move { Ok(self.came(self.http.send(request, limits).await?)) })
    }

    fn open<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Pieces<'a>>, HttpError>> {
        let request = self.sent(request);
        Box::pin(async move { Ok(self.came(self.http.open(request, limits).await?)) })
    }
}
