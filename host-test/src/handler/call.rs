//! A guest at work on one request.

use super::reply::Fate;
use crate::body::Received;
use crate::instance::{Caller, Guest, Instances, OutOfTime};
use crate::log::Log;
use crate::outbound::Body;
use http::{Request, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};
use tokio::time::timeout;
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};

/// How a guest failed, as far as the client is told; the log is told more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It took too long.
    Slow,
    /// Anything else.
    Broken,
}

/// Where the head of the answer goes.
pub(super) type Head = oneshot::Sender<Result<Response<Body>, ErrorCode>>;

/// One request being worked on.
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) caller: Caller,
    pub(super) instances: Arc<Instances>,
    pub(super) fate: Fate,
    /// Ends with the host.
    pub(super) host: watch::Receiver<()>,
    pub(super) log: Log,
}

impl Call {
    /// Runs the guest to its end, or until `limit` is over. `place` is given back when the guest is gone.
    pub(super) async fn run(
        self,
        request: Request<Received>,
        head: Head,
        limit: Duration,
        place: OwnedSemaphorePermit,
    ) -> Result<(), Failure> {
        let mut host = self.host.clone();
        let mut working = None;
        let ended = tokio::select! {
            ended = timeout(limit, self.call(&mut working, request, head)) => Some(ended),
            _ = host.changed() => None,
        };
        let result = match ended {
            Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(self.failed(working.as_mut(), &error)),
            Some(Err(_)) => Err(self.late(limit)),
            // The host is gone, and nobody asks why.
            None => Err(Failure::Broken),
        };
        if result.is_err() {
            // Before the guest is dropped and its answer seems to end, so that it is not taken for a whole one.
            self.fate.fail();
            drop(working);
        } else if let Some(guest) = working {
            self.instances.give_back(guest);
        }
        drop(place);
        result
    }

    /// Lets a guest work on the request; it is left in `working`, to be looked at and used again.
    async fn call(
        &self,
        working: &mut Option<Guest>,
        request: Request<Received>,
        head: Head,
    ) -> wasmtime::Result<()> {
        let guest = working.insert(self.instances.guest(self.number, self.caller).await?);
        let mut http = guest.store().data_mut().http();
        let request = http.new_incoming_request(Scheme::Http, request)?;
        let answer = http.new_response_outparam(head)?;
        guest.handle(request, answer).await
    }

    fn failed(&self, guest: Option<&mut Guest>, error: &wasmtime::Error) -> Failure {
        let slow = error.downcast_ref::<OutOfTime>().is_some();
        let cause = if slow {
            "computing time used up"
        } else if guest.is_some_and(|guest| guest.store().data().memory_refused()) {
            "memory used up"
        } else {
            "trap"
        };
        // A guest whose client has left often fails over it; that is nobody's concern.
        if !self.fate.abandoned() {
            self.report(cause, &format!("{error:#}"));
        }
        if slow { Failure::Slow } else { Failure::Broken }
    }

    fn late(&self, limit: Duration) -> Failure {
        self.report("time used up", &format!("no end after {limit:?}"));
        Failure::Slow
    }

    fn report(&self, cause: &str, detail: &str) {
        let detail = detail.split_whitespace().collect::<Vec<_>>().join(" ");
        self.log.line(format_args!("request={} failed: {cause}: {detail}", self.number));
    }
}
