//! What the core asks of the world. It does no input or output of its own.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

/// A future of a single-threaded program.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// How long and how much one exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// From the request's last byte to the answer's first.
    pub first_byte: Duration,
    /// Between two pieces of the answer's body.
    pub between_bytes: Duration,
    /// The largest body of an answer, in bytes.
    pub body: usize,
}

/// One HTTP exchange with the outside.
///
/// Every response is `Ok`, whatever its status. Nothing is retried, redirected or added inside: no
/// credentials either, so that a request says all that is sent.
pub trait Http {
    /// Sends a request whose URI is absolute.
    fn send<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Bytes>, HttpError>>;

    /// The same, with a body that comes piece by piece: of any length, since nobody keeps it. A port that cannot do
    /// that gives the whole as one piece.
    fn open<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Pieces<'a>>, HttpError>> {
        Box::pin(async move { Ok(self.send(request, limits).await?.map(whole)) })
    }
}

/// A body that is still to come.
pub trait Body {
    /// The next piece, or nothing at the end. Who does not ask again ends the exchange.
    fn next(&mut self) -> LocalFuture<'_, Option<Result<Bytes, HttpError>>>;
}

/// Some body.
pub type Pieces<'a> = Box<dyn Body + 'a>;

/// A body that is there already, as one piece.
#[must_use]
pub fn whole<'a>(body: Bytes) -> Pieces<'a> {
    Box::new(Whole(Some(body)))
}

struct Whole(Option<Bytes>);

impl Body for Whole {
    fn next(&mut self) -> LocalFuture<'_, Option<Result<Bytes, HttpError>>> {
        Box::pin(std::future::ready(self.0.take().map(Ok)))
    }
}

/// The time.
pub trait Clock {
    /// How long ago some moment was, the same one for as long as a request lasts. It never goes back.
    fn now(&self) -> Duration;

    /// Since the beginning of 1970 (UTC), by a clock that people set: for what another instance has to understand.
    fn wall(&self) -> Duration;

    /// Waits, for instance before asking again how far something is.
    fn pause(&self, time: Duration) -> LocalFuture<'_, ()>;
}

/// Where operators read what was done.
pub trait Log {
    /// Writes one line, which comes without its end and holds no other.
    fn line(&self, line: &str);
}

/// Why no response came. Each kind says what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// The sandbox does not let us talk to that origin. The operator must allow it.
    Forbidden,
    /// No connection: name, address or port is wrong, or nothing listens there.
    Unreachable,
    /// The TLS certificate was not accepted.
    Untrusted,
    /// The server took no connection in time.
    ConnectTimeout,
    /// The connection stood and no answer came in time. The request may have been acted on.
    ResponseTimeout,
    /// The connection broke before the first byte of an answer. A read may be sent once more.
    Closed,
    /// The answer broke off in its body.
    Incomplete,
    /// The answer's body is larger than the limit.
    TooLarge,
    /// The answer is not HTTP, or the request could not be put into HTTP.
    Malformed,
}

impl HttpError {
    /// Whether the request had left by then, so that the server may have acted on it.
    #[must_use]
    pub fn after_sending(self) -> bool {
        match self {
            Self::Forbidden | Self::Unreachable | Self::Untrusted | Self::ConnectTimeout => false,
            Self::ResponseTimeout | Self::Closed | Self::Incomplete | Self::TooLarge | Self::Malformed => {
                true
            }
        }
    }

    /// What went wrong, of a server that the reader knows by then.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Forbidden => "the host does not let this server go there; its operator must allow it",
            Self::Unreachable => "nobody answers there",
            Self::Untrusted => "the certificate is not trusted",
            Self::ConnectTimeout | Self::ResponseTimeout => "there was no answer in time",
            Self::TooLarge => "the answer is larger than any that could be right",
            Self::Closed | Self::Incomplete | Self::Malformed => "the answer broke off or is no HTTP",
        }
    }
}

/// A count that outlives a request.
///
/// Windows of a length follow one another without gaps, and every call of [`Counter::add`] falls into exactly one.
pub trait Counter {
    /// Adds one to `key` in the window that is running. Of calls at the same time, each gets a total of its own.
    fn add<'a>(&'a self, key: &'a str, window: Duration) -> LocalFuture<'a, Result<Count, CounterError>>;

    /// Takes `key`: true for the first who does, and false for a day at least for everybody after. Windows have no part in
    /// it.
    fn take<'a>(&'a self, key: &'a str) -> LocalFuture<'a, Result<bool, CounterError>>;

    /// Whether there is a store at all, so that nothing is promised that cannot be kept.
    fn is_there(&self) -> bool;
}

/// What was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many there were in this window, the one just added included.
    pub total: u64,
    /// Until the window ends.
    pub left: Duration,
}

/// Why nothing was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterError {
    /// The host has no store.
    NoStore,
    /// It has one, which did not do it.
    Failed,
}

/// The places to count in.
#[derive(Clone, Copy)]
pub struct Counters<'a> {
    /// Outside the instance, over all of them.
    pub host: &'a dyn Counter,
    /// Within the instance, which may live for one request only.
    pub instance: &'a dyn Counter,
}

/// What may be kept from one request to the next: nothing of a caller.
pub trait Shelf {
    /// What is kept under a name.
    fn get(&self, name: &str) -> Option<Bytes>;

    /// Keeps it under a name, in place of what was there; or does not, where nothing can be kept.
    fn put(&self, name: &str, content: Bytes);
}

/// All of it.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The way to MLflow, and to keys and tokens of authorization servers.
    pub http: &'a dyn Http,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Counts.
    pub counters: Counters<'a>,
    /// The operator's log.
    pub log: &'a dyn Log,
    /// What is public and dear to fetch.
    pub shelf: &'a dyn Shelf,
    /// What is the operator's secret, and so is kept within this instance only.
    pub memory: &'a dyn Shelf,
}

/// A log that nobody reads.
#[derive(Clone, Copy, Debug)]
pub struct NoLog;

impl Log for NoLog {
    fn line(&self, _: &str) {}
}

/// The store of a host that has none.
#[derive(Clone, Copy, Debug)]
pub struct NoStore;

impl Counter for NoStore {
    fn add<'a>(&'a self, _: &'a str, _: Duration) -> LocalFuture<'a, Result<Count, CounterError>> {
        Box::pin(std::future::ready(Err(CounterError::NoStore)))
    }

    fn take<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<bool, CounterError>> {
        Box::pin(std::future::ready(Err(CounterError::NoStore)))
    }

    fn is_there(&self) -> bool {
        false
    }
}

/// A store in which every count is the first and nothing was taken before: for asking what a policy says of one call by
/// itself. Behind it no limit holds.
#[derive(Clone, Copy, Debug)]
pub struct FreshStore;

impl Counter for FreshStore {
    fn add<'a>(&'a self, _: &'a str, window: Duration) -> LocalFuture<'a, Result<Count, CounterError>> {
        Box::pin(std::future::ready(Ok(Count { total: 1, left: window })))
    }

    fn take<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<bool, CounterError>> {
        Box::pin(std::future::ready(Ok(true)))
    }

    fn is_there(&self) -> bool {
        true
    }
}

impl Shelf for NoStore {
    fn get(&self, _: &str) -> Option<Bytes> {
        None
    }

    fn put(&self, _: &str, _: Bytes) {}
}
