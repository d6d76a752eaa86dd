//! What native tests share: a world that answers at once, and requests.

#![allow(unreachable_pub, reason = "a module of several test programs")]
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

pub mod desk;
pub mod documented;
pub mod files;
pub mod furnished;
pub mod golden;
pub mod made_up;
pub mod outlet;
pub mod recorded;
pub mod records;
pub mod schema;
pub mod store;
pub mod table;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use mlflow_mcp::mcp::{Access, Answer, Asking, Gone, Outlet, Payload, Tokens, respond};
use mlflow_mcp::oauth::Verifier;
use mlflow_mcp::port::{
    Body, Clock, Counters, Http, HttpError, Limits, LocalFuture, Log, NoStore, Pieces, Ports, Shelf,
};
use mlflow_mcp::{Server, config};
use serde_json::{Value, json};

/// Runs a future that waits for nothing but its ports, which answer at once. If it is not done after one
/// poll, the core has waited on something else, and that is a bug.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the core waited on something that is not a port"),
    }
}

/// Runs a future over slow ports, as a runtime would, for at most so many polls.
pub fn soon<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _ in 0..1_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
    panic!("not done after a thousand polls")
}

/// When every test takes place, since 1970: in January 2027.
pub const STARTED: Duration = Duration::from_secs(1_800_000_000);

type Reaction = Box<dyn Fn(&Request<Bytes>) -> Result<Response<Bytes>, HttpError>>;

/// An MLflow made of a closure; it remembers what it was asked.
pub struct Mlflow {
    react: Reaction,
    seen: RefCell<Vec<Request<Bytes>>>,
    limits: RefCell<Vec<Limits>>,
    slow: bool,
    takes: Duration,
    later: Cell<Duration>,
    paused: Cell<Duration>,
    shelf: Place,
    /// What the instance of a server in front of it keeps to itself.
    pub memory: Place,
    under_way: Cell<usize>,
    most: Cell<usize>,
    lines: RefCell<Vec<String>>,
    piece: usize,
}

impl Mlflow {
    pub fn new(react: impl Fn(&Request<Bytes>) -> Result<Response<Bytes>, HttpError> + 'static) -> Self {
        Self {
            react: Box::new(react),
            seen: RefCell::default(),
            limits: RefCell::default(),
            slow: false,
            takes: Duration::ZERO,
            later: Cell::default(),
            paused: Cell::default(),
            shelf: Place::default(),
            memory: Place::default(),
            under_way: Cell::new(0),
            most: Cell::new(0),
            lines: RefCell::default(),
            piece: usize::MAX,
        }
    }

    /// What it answers, for one around it.
    pub fn react(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        (self.react)(request)
    }

    /// One that must not be asked.
    pub fn untouched() -> Self {
        Self::new(|request| panic!("MLflow was asked for {}", request.uri()))
    }

    /// One that answers everything alike.
    pub fn always(status: u16, body: &'static str) -> Self {
        Self::new(move |_| Ok(answer(status, body)))
    }

    /// One that fails alike.
    pub fn failing(error: HttpError) -> Self {
        Self::new(move |_| Err(error))
    }

    /// The same, answering only when it is asked a second time whether it is done.
    pub fn slow(self) -> Self {
        Self { slow: true, ..self }
    }

    /// The same, whose streams come in pieces of so many bytes.
    pub fn in_pieces(self, piece: usize) -> Self {
        Self { piece, ..self }
    }

    /// The same, on whose clock every answer takes so long.
    pub fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    /// Lets time go by, on the clock that people set.
    pub fn wait(&self, time: Duration) {
        self.later.set(self.later.get() + time);
    }

    pub fn seen(&self) -> Vec<Request<Bytes>> {
        self.seen.borrow().clone()
    }

    /// As if it had not been asked anything yet.
    pub fn forget(&self) {
        self.seen.borrow_mut().clear();
    }

    /// The most requests that waited for their answers at the same time.
    pub fn most_at_once(&self) -> usize {
        self.most.get()
    }

    /// What a server in front of it has given its host to keep, for everybody to see.
    pub fn shelf(&self) -> String {
        self.shelf.everything()
    }

    /// What a server in front of it has logged.
    pub fn lines_of_log(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }

    /// How long each request would have waited.
    pub fn limits(&self) -> Vec<Limits> {
        self.limits.borrow().clone()
    }

    /// Method and path with query of each request.
    pub fn lines(&self) -> Vec<String> {
        let line = |request: &Request<Bytes>| {
            format!(
                "{} {}",
                request.method(),
                request.uri().path_and_query().map_or("", |path| path.as_str())
            )
        };
        self.seen.borrow().iter().map(line).collect()
    }
}

impl Http for Mlflow {
    fn send<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Bytes>, HttpError>> {
        let outcome = (self.react)(&request);
        self.seen.borrow_mut().push(request);
        self.limits.borrow_mut().push(*limits);
        self.under_way.set(self.under_way.get() + 1);
        self.most.set(self.most.get().max(self.under_way.get()));
        let (mut outcome, mut waiting) = (Some(outcome), self.slow);
        Box::pin(std::future::poll_fn(move |cx| {
            if std::mem::take(&mut waiting) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.under_way.set(self.under_way.get() - 1);
            Poll::Ready(outcome.take().unwrap())
        }))
    }

    fn open<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Pieces<'a>>, HttpError>> {
        let piece = self.piece;
        Box::pin(async move {
            let answer = self.send(request, limits).await?;
            Ok(answer.map(|left| -> Pieces<'a> { Box::new(Cut { left, piece }) }))
        })
    }
}

/// A body that comes in pieces.
struct Cut {
    left: Bytes,
    piece: usize,
}

impl Body for Cut {
    fn next(&mut self) -> LocalFuture<'_, Option<Result<Bytes, HttpError>>> {
        let piece = self.left.split_to(self.left.len().min(self.piece));
        Box::pin(std::future::ready((!piece.is_empty()).then_some(Ok(piece))))
    }
}

impl Clock for Mlflow {
    fn now(&self) -> Duration {
        self.paused.get() + self.takes * u32::try_from(self.seen.borrow().len()).unwrap()
    }

    fn wall(&self) -> Duration {
        STARTED + self.later.get() + self.now()
    }

    fn pause(&self, time: Duration) -> LocalFuture<'_, ()> {
        self.paused.set(self.paused.get() + time);
        Box::pin(std::future::ready(()))
    }
}

impl Shelf for Mlflow {
    fn get(&self, name: &str) -> Option<Bytes> {
        self.shelf.get(name)
    }

    fn put(&self, name: &str, content: Bytes) {
        self.shelf.put(name, content);
    }
}

/// A place where things are kept under names.
#[derive(Default)]
pub struct Place(RefCell<HashMap<String, Bytes>>);

impl Place {
    /// All that is kept here, as text.
    pub fn everything(&self) -> String {
        format!("{:?}", self.0.borrow())
    }
}

impl Shelf for Place {
    fn get(&self, name: &str) -> Option<Bytes> {
        self.0.borrow().get(name).cloned()
    }

    fn put(&self, name: &str, content: Bytes) {
        self.0.borrow_mut().insert(name.to_owned(), content);
    }
}

/// The log of a server in front of it.
impl Log for Mlflow {
    fn line(&self, line: &str) {
        self.lines.borrow_mut().push(line.to_owned());
    }
}

pub fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// Lets everything through: what tests of tools are not about.
pub const OPEN: &str = r#"{"version": "1", "default": "allow"}"#;

/// The variables of a server in front of `http://mlflow.test:5000`, where every call of every tool is admitted.
pub fn variables(more: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    let own = [
        ("MLFLOW_TRACKING_URI", "http://mlflow.test:5000"),
        ("MLFLOW_MCP_POLICY", OPEN),
        ("MLFLOW_MCP_TOOLSETS", "all"),
    ];
    let mut all: Vec<(String, String)> =
        own.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    all.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    // The last of a name counts.
    move |name| all.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// The ports of a server in front of that MLflow, on a host without a store.
pub fn ports(mlflow: &Mlflow) -> Ports<'_> {
    let counters = Counters { host: &NoStore, instance: &NoStore };
    Ports { http: mlflow, clock: mlflow, counters, log: mlflow, shelf: mlflow, memory: &mlflow.memory }
}

/// Makes servers with these variables, and says who may ask them.
pub fn server<'a>(
    mlflow: &'a Mlflow,
    more: &[(&str, &str)],
) -> (Access, impl FnOnce(&Asking<'_>) -> Result<Server<'a>, String> + use<'a>) {
    let config = config::read(&variables(more));
    (config.access.clone(), move |asking: &Asking<'_>| Server::new(ports(mlflow), config, asking))
}

/// Sends one HTTP request to a server with these variables.
pub fn serve(mlflow: &Mlflow, more: &[(&str, &str)], request: Request<Payload>) -> Response<Bytes> {
    let (access, server) = server(mlflow, more);
    let trust = config::read(&variables(more)).oauth;
    let verifier = trust.as_ref().map(|trust| Verifier::new(trust, ports(mlflow)));
    let tokens = verifier.as_ref().map(|verifier| verifier as &dyn Tokens);
    let answer = respond(server, &access, tokens, &Closed, request);
    match if mlflow.slow { soon(answer) } else { now(answer) } {
        Answer::Whole(response) => response,
        Answer::Streamed => panic!("an answer was streamed to a client that did not ask for it"),
    }
}

/// A connection on which nothing may be streamed.
struct Closed;

impl Outlet for Closed {
    fn begin(&self, _: Response<()>) {
        panic!("a stream was begun for a client that did not ask for it");
    }

    fn send(&self, _: Bytes) -> Pin<Box<dyn Future<Output = Result<(), Gone>> + '_>> {
        Box::pin(std::future::ready(Err(Gone)))
    }

    fn pause(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(std::future::pending())
    }
}

/// A POST to `/mcp` with these headers besides the content type; a header given twice is sent twice.
pub fn post(headers: &[(&str, &str)], body: &str) -> Request<Payload> {
    let mut request = Request::post("http://127.0.0.1:3000/mcp");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        if !value.is_empty() {
            request = request.header(*name, *value);
        }
    }
    request.body(Payload::Complete(Bytes::copy_from_slice(body.as_bytes()))).unwrap()
}

pub fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body())
        .unwrap_or_else(|_| panic!("not JSON: {:?}", String::from_utf8_lossy(response.body())))
}

/// Calls a tool in the oldest way and gives the members of its result.
pub fn call(mlflow: &Mlflow, tool: &str, arguments: Value) -> Value {
    call_with(mlflow, &[], tool, arguments)
}

pub fn call_with(mlflow: &Mlflow, more: &[(&str, &str)], tool: &str, arguments: Value) -> Value {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                         "params": {"name": tool, "arguments": arguments}});
    let response = serve(mlflow, more, post(&[], &request.to_string()));
    assert_eq!(response.status(), 200);
    let result = body(&response)["result"].take();
    if result["isError"] == false {
        schema::check(tool, &result["structuredContent"]);
    }
    result
}

/// The text of a failure.
pub fn failure(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    assert_eq!(result.get("structuredContent"), None);
    result["content"][0]["text"].as_str().unwrap()
}

/// The structured content of a success, which is also its text.
pub fn success(result: &Value) -> &Value {
    assert_eq!(result["isError"], false, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), result["structuredContent"]);
    &result["structuredContent"]
}
