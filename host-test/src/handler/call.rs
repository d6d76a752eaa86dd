//! A guest at work on one request.

use super::reply::Fate;
use crate::body::Received;
use crate::instance::{Instances, OutOfTime, State};
use crate::log::Log;
use crate::outbound::Body;
use http::{Request, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};
use tokio::time::timeout;
use wasmtime::Store;
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
        let mut guest = self.instances.guest(self.number);
        let mut host = self.host.clone();
        let ended = tokio::select! {
            ended = timeout(limit, self.call(&mut guest.store, request, head)) => Some(ended),
            _ = host.changed() => None,
        };
        let result = match ended {
            Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(self.failed(&guest.store, &error)),
            Some(Err(_)) => Err(self.late(limit)),
            // The host is gone, and nobody asks why.
            None => Err(Failure::Broken),
        };
        if result.is_err() {
            // Before the guest is dropped and its answer seems to end, so that it is not taken for a whole one.
            self.fate.fail();
        }
        drop(guest);
        drop(place);
        result
    }

    async fn call(
        &self,
        store: &mut Store<State>,
        request: Request<Received>,
        head: Head,
    ) -> wasmtime::Result<()> {
        let request = store.data_mut().http().new_incoming_request(Scheme::Http, request)?;
        let head = store.data_mut().http().new_response_outparam(head)?;
        let proxy = self.instances.pre().instantiate_async(&mut *store).await?;
        proxy.wasi_http_incoming_handler().call_handle(store, request, head).await
    }

    fn failed(&self, store: &Store<State>, error: &wasmtime::Error) -> Failure {
        let slow = error.downcast_ref::<OutOfTime>().is_some();
        let cause = if slow {
            "computing time used up"
        } else if store.data().memory_refused() {
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
