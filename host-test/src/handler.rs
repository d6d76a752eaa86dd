//! One request: admitted, worked on by a guest, answered.

mod call;
mod leaving;
mod pages;
mod reply;

use crate::answer::{self, Refusal};
use crate::body::Received;
use crate::instance::{Caller, Instances};
use crate::limits::Limits;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::outbound::Body;
use call::{Call, Failure};
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use leaving::Leaving;
pub(crate) use pages::Pages;
use reply::{Reply, Tie};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Where this process says that it works.
const HEALTH: &str = "/healthz";

/// Answers requests, each with a guest that works on nothing else meanwhile.
pub(crate) struct Handler {
    instances: Arc<Instances>,
    pages: Pages,
    limits: Limits,
    log: Log,
    metrics: Arc<Metrics>,
    room: Arc<Semaphore>,
    numbers: AtomicU64,
    /// Never sent to: its end is the end of all guests, also of those that have no client any more.
    alive: watch::Sender<()>,
}

impl Handler {
    /// A handler that gets its guests from `instances`.
    pub(crate) fn new(
        instances: Arc<Instances>,
        pages: Pages,
        limits: Limits,
        log: Log,
        metrics: Arc<Metrics>,
    ) -> Handler {
        let room = Arc::new(Semaphore::new(limits.concurrent_requests as usize));
        let (numbers, alive) = (AtomicU64::new(1), watch::Sender::new(()));
        Handler { instances, pages, limits, log, metrics, room, numbers, alive }
    }

    /// Waits until no guest runs any more.
    pub(crate) async fn idle(&self) {
        // An error would mean that the semaphore was closed, which nobody does.
        let _all = self.room.acquire_many(self.limits.concurrent_requests).await;
    }

    /// Answers one request; whatever goes wrong becomes an answer too.
    pub(crate) async fn handle(&self, request: Request<Incoming>) -> Response<Body> {
        if request.uri().path() == HEALTH {
            // Whoever watches over this process looks often, and asks nothing of the guest or of MLflow.
            return answer::healthy();
        }
        let _working = self.metrics.working.one();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let start = Instant::now();
        let page = self.pages.asking(request.headers());
        let asked = (request.method().clone(), request.uri().path().to_owned());
        let response = match self.admit(&request).await {
            Ok(place) => self.serve(number, request, place).await,
            Err(refusal) => Err(refusal),
        };
        let response = response.unwrap_or_else(|refusal| pages::shown_to(page.as_ref(), refusal.response()));
        self.metrics.answered(response.status(), start.elapsed());
        self.log.request(|| {
            let (status, time) = (response.status().as_u16(), start.elapsed().as_millis());
            format!("request={number} method={} path={} status={status} ms={time}", asked.0, asked.1)
        });
        response
    }

    /// What can be refused before there is a guest.
    async fn admit(&self, request: &Request<Incoming>) -> Result<OwnedSemaphorePermit, Refusal> {
        if request.uri().authority().is_none() && !request.headers().contains_key(HOST) {
            return Err(Refusal::NoHost);
        }
        if declared(request.headers()).is_some_and(|size| size > self.limits.request_body) {
            return Err(Refusal::BodyTooLarge(self.limits.request_body));
        }
        let place = timeout(self.limits.queue_time, Arc::clone(&self.room).acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or_else(|| {
            self.metrics.busy.add();
            Refusal::Busy
        })
    }

    async fn serve(
        &self,
        number: u64,
        request: Request<Incoming>,
        place: OwnedSemaphorePermit,
    ) -> Result<Response<Body>, Refusal> {
        let excess = Arc::new(Notify::new());
        let largest = self.limits.request_body;
        let request = request.map(|body| Received::new(body, largest, Arc::clone(&excess)));
        let (answer, head) = oneshot::channel();
        let tie = Tie::new(Leaving::of(request.headers()));
        let call = Call {
            number,
            caller: Caller::of(request.headers()),
            instances: Arc::clone(&self.instances),
            fate: tie.fate(),
            host: self.alive.subscribe(),
            log: self.log.clone(),
        };
        let task = tokio::spawn(call.run(request, answer, self.limits.request_time, place));
        let mut tie = tie.to(task.abort_handle());
        tokio::select! {
            biased;
            () = excess.notified() => {
                tie.cut();
                Err(Refusal::BodyTooLarge(largest))
            }
            head = head => match head {
                Ok(Ok(response)) => self.reply(number, response, tie),
                Ok(Err(code)) => {
                    self.log.line(format_args!("request={number} failed: the guest answered with {code:?}"));
                    Err(Refusal::Failed)
                }
                // Dropped unused: the guest is gone, and its task knows why.
                Err(_) => Err(self.refusal(number, task).await),
            },
        }
    }

    async fn refusal(&self, number: u64, task: JoinHandle<Result<(), Failure>>) -> Refusal {
        self.metrics.failures.add();
        match task.await {
            Ok(Err(Failure::Slow)) => Refusal::TooSlow,
            Ok(Err(Failure::Broken)) => Refusal::Failed,
            Ok(Ok(())) => {
                self.log.line(format_args!("request={number} failed: the guest ended without an answer"));
                Refusal::Failed
            }
            Err(error) => {
                self.log.line(format_args!("request={number} failed: the host's own task ended: {error}"));
                Refusal::Failed
            }
        }
    }

    fn reply(&self, number: u64, response: Response<Body>, mut tie: Tie) -> Result<Response<Body>, Refusal> {
        let largest = self.limits.response_body;
        let declared = declared(response.headers());
        if declared.is_some_and(|size| size > largest) {
            self.log.line(format_args!("request={number} failed: the answer is larger than {largest} bytes"));
            tie.cut();
            return Err(Refusal::Failed);
        }
        let log = self.log.clone();
        Ok(response.map(|body| Reply::new(body, declared, largest, tie, log, number).into_body()))
    }
}

/// The length that a body is said to have, bytes.
fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
