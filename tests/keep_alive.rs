//! A stream on which nothing happens: driven by a clock that moves when everybody waits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use mlflow_mcp::mcp::{Answer, Asking, Gone, Outlet, respond};
use mlflow_mcp::port::{Clock, Counters, Http, HttpError, Limits, LocalFuture, NoLog, NoStore, Ports};
use mlflow_mcp::{Server, config};
use serde_json::json;
use support::{answer, post, variables};

/// Time that passes only when nothing else can happen, and at once.
#[derive(Default)]
struct Time {
    now: Cell<Duration>,
    ends: RefCell<BTreeSet<Duration>>,
}

impl Time {
    async fn sleep(&self, time: Duration) {
        let end = self.now.get() + time;
        self.ends.borrow_mut().insert(end);
        poll_fn(|_| if self.now.get() >= end { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return value;
            }
            let next = self.ends.borrow_mut().pop_first().expect("everybody waits, and for nothing");
            self.now.set(next.max(self.now.get()));
        }
    }
}

/// An MLflow that takes its time, and the connection of a client that notes when it heard what.
struct World {
    time: Time,
    answers_after: Duration,
    heard: RefCell<Vec<(u64, String)>>,
}

impl Http for World {
    fn send<'a>(
        &'a self,
        _: Request<Bytes>,
        _: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Bytes>, HttpError>> {
        Box::pin(async {
            self.time.sleep(self.answers_after).await;
            Ok(answer(200, json!({"runs": [{"info": {"run_id": "a"}}]}).to_string()))
        })
    }
}

impl Clock for World {
    fn now(&self) -> Duration {
        self.time.now.get()
    }

    fn wall(&self) -> Duration {
        self.time.now.get()
    }

    fn pause(&self, time: Duration) -> LocalFuture<'_, ()> {
        Box::pin(self.time.sleep(time))
    }
}

impl Outlet for World {
    fn begin(&self, _: Response<()>) {}

    fn send(&self, piece: Bytes) -> Pin<Box<dyn Future<Output = Result<(), Gone>> + '_>> {
        let text = String::from_utf8(piece.to_vec()).unwrap();
        self.heard.borrow_mut().push((self.time.now.get().as_secs(), text));
        Box::pin(std::future::ready(Ok(())))
    }

    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(self.time.sleep(time))
    }
}

/// What a client hears, and after how many seconds, while MLflow takes so long for one page.
fn heard(answers_after: u64) -> Vec<(u64, String)> {
    let world = World {
        time: Time::default(),
        answers_after: Duration::from_secs(answers_after),
        heard: RefCell::default(),
    };
    let config = config::read(&variables(&[]));
    let access = config.access.clone();
    let counters = Counters { host: &NoStore, instance: &NoStore };
    let ports =
        Ports { http: &world, clock: &world, counters, log: &NoLog, shelf: &NoStore, memory: &NoStore };
    let server = |asking: &Asking<'_>| Server::new(ports, config, asking);
    let params =
        json!({"name": "get_runs", "arguments": {"experiment_id": "1"}, "_meta": {"progressToken": 1}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    let request = post(&[("accept", "text/event-stream")], &body);
    assert!(matches!(world.time.run(respond(server, &access, None, &world, request)), Answer::Streamed));
    world.heard.take()
}

#[test]
fn a_stream_that_was_silent_for_15_seconds_says_that_it_lives() {
    let heard = heard(40);
    let times: Vec<u64> = heard.iter().map(|(time, _)| *time).collect();
    // Two comments, the progress, the response.
    assert_eq!(times, [15, 30, 40, 40], "{heard:?}");
    assert!(heard[..2].iter().all(|(_, piece)| piece == ": ping\n\n"), "{heard:?}");
    assert!(heard[2..].iter().all(|(_, piece)| piece.starts_with("event: message\n")), "{heard:?}");
}

#[test]
fn a_stream_on_which_something_happens_needs_no_sign_of_life() {
    let heard = heard(14);
    assert!(heard.iter().all(|(time, piece)| *time == 14 && piece.starts_with("event: ")), "{heard:?}");
}
