//! The core between a client and an MLflow, both of which do what the input says.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use mlflow_mcp::mcp::{self, Answer, Asking, Gone, Outlet};
use mlflow_mcp::port::{Clock, Counters, Http, HttpError, Limits, LocalFuture, Log, NoStore, Ports};
use mlflow_mcp::{Server, config};

use crate::input::{Input, MlflowAnswer};
use crate::properties;

/// Requests to MLflow that one request of a client may cause: the longest listing takes 500, and then some.
const MOST_REQUESTS: usize = 2_000;
/// Times that the core is asked whether it is done; each of its requests makes it wait once.
const MOST_POLLS: usize = 2 * MOST_REQUESTS;
/// How long MLflow takes for an answer.
const TAKES: Duration = Duration::from_millis(100);
/// When a request begins, since 1970.
const STARTED: Duration = Duration::from_secs(1_800_000_000);

/// How long a client listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// To the end.
    Endless,
    /// To the first event.
    Short,
}

/// Runs the core over an input. No response means that it was streamed; the second part is the stream, its head first.
pub fn respond(input: &Input, patience: Patience) -> (Option<Response<Bytes>>, Stream) {
    let mlflow = Mlflow {
        answers: &input.mlflow,
        asked: Cell::new(0),
        paused: Cell::default(),
        log: RefCell::default(),
    };
    let stream = Stream { patience: Some(patience), ..Stream::default() };
    let config = config::read(&|name| input.variables.get(name));
    let access = config.access.clone();
    let counters = Counters { host: &NoStore, instance: &NoStore };
    let ports =
        Ports { http: &mlflow, clock: &mlflow, counters, log: &mlflow, shelf: &NoStore, memory: &NoStore };
    let server = |asking: &Asking<'_>| Server::new(ports, config, asking);
    let answer = match run(mcp::respond(server, &access, None, &stream, input.payload())) {
        Answer::Whole(response) => Some(response),
        Answer::Streamed => None,
    };
    properties::of_calls(input, mlflow.asked.get(), &mlflow.log.borrow());
    (answer, stream)
}

/// Runs something in a world where nobody answers.
pub fn with_ports<T>(run: impl FnOnce(Ports<'_>) -> T) -> T {
    let mlflow =
        Mlflow { answers: &[], asked: Cell::new(0), paused: Cell::default(), log: RefCell::default() };
    let counters = Counters { host: &NoStore, instance: &NoStore };
    run(Ports { http: &mlflow, clock: &mlflow, counters, log: &mlflow, shelf: &NoStore, memory: &NoStore })
}

/// Runs a future that waits for nothing but its ports.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _ in 0..MOST_POLLS {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
    panic!("the core waits for something that never comes");
}

/// An MLflow that gives the answers of the input in turn, each after a moment.
struct Mlflow<'a> {
    answers: &'a [MlflowAnswer],
    asked: Cell<usize>,
    /// As long as it was told to.
    paused: Cell<Duration>,
    log: RefCell<Vec<String>>,
}

impl Http for Mlflow<'_> {
    fn send<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Bytes>, HttpError>> {
        assert_eq!(request.uri().authority().map(http::uri::Authority::as_str), Some("mlflow.test:5000"));
        let asked = self.asked.replace(self.asked.get() + 1);
        assert!(asked < MOST_REQUESTS, "the core asks MLflow without end");
        let answer = match self.answers.get(asked % self.answers.len().max(1)) {
            None => Err(HttpError::Unreachable),
            // As every port does it.
            Some(Ok(response)) if response.body().len() > limits.body => Err(HttpError::TooLarge),
            Some(answer) => answer.clone(),
        };
        let (mut answer, mut waited) = (Some(answer), false);
        Box::pin(poll_fn(move |cx| {
            if !std::mem::replace(&mut waited, true) {
                // Who waits for several at a time looks again only at those that say so.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            answer.take().map_or(Poll::Pending, Poll::Ready)
        }))
    }
}

impl Clock for Mlflow<'_> {
    fn now(&self) -> Duration {
        self.paused.get() + TAKES * u32::try_from(self.asked.get()).unwrap_or(u32::MAX)
    }

    fn wall(&self) -> Duration {
        STARTED + self.now()
    }

    fn pause(&self, time: Duration) -> LocalFuture<'_, ()> {
        self.paused.set(self.paused.get() + time);
        Box::pin(std::future::ready(()))
    }
}

impl Log for Mlflow<'_> {
    fn line(&self, line: &str) {
        self.log.borrow_mut().push(line.to_owned());
    }
}

/// A connection that keeps what was streamed over it.
#[derive(Debug, Default)]
pub struct Stream {
    /// Status and headers.
    pub head: RefCell<Option<Response<()>>>,
    /// The pieces of the body.
    pub pieces: RefCell<Vec<Bytes>>,
    patience: Option<Patience>,
}

impl Outlet for Stream {
    fn begin(&self, head: Response<()>) {
        assert!(self.head.replace(Some(head)).is_none(), "begun twice");
    }

    fn send(&self, piece: Bytes) -> Pin<Box<dyn Future<Output = Result<(), Gone>> + '_>> {
        let mut pieces = self.pieces.borrow_mut();
        let gone = self.patience == Some(Patience::Short) && !pieces.is_empty();
        if !gone {
            pieces.push(piece);
        }
        Box::pin(std::future::ready(if gone { Err(Gone) } else { Ok(()) }))
    }

    fn pause(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(std::future::pending())
    }
}
