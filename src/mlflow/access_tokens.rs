//! The access tokens that a [`Grant`] gets: one for many requests, and never two at the same time.
//!
//! They are the operator's and the same for everybody, and kept within the instance only. One is good for nine tenths of
//! the time that its giver says, or until MLflow refuses it.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;

use super::credentials::Credentials;
use super::error::{Error, NoToken};
use super::grant::{Given, Grant};
use crate::port::{HttpError, Limits, Ports};

/// The longest answer of a token endpoint.
const LONGEST_ANSWER: usize = 64 << 10;

/// The tokens of one request to this server, which may make many to MLflow.
pub struct AccessTokens<'a> {
    grant: Grant,
    ports: Ports<'a>,
    /// The name under which the newest is kept.
    place: String,
    /// Those that MLflow was shown or may be, the newest last.
    tokens: RefCell<Vec<Token>>,
    /// Why there are no more to be had.
    failed: OnceCell<NoToken>,
    turn: Turn,
}

/// A token, as MLflow is shown it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token {
    credentials: Credentials,
    /// Until when it is good, since 1970, if that is known.
    until: Option<Duration>,
    /// Whether it was got for this request and not for one before.
    is_fresh: bool,
}

impl Token {
    /// The request with this token.
    pub(super) fn with(&self, request: &Request<Bytes>) -> Request<Bytes> {
        let mut request = request.clone();
        request.headers_mut().extend(self.credentials.headers());
        request
    }
}

impl<'a> AccessTokens<'a> {
    /// Those of that grant, which ask the authorization server by these ports.
    #[must_use]
    pub fn new(grant: Grant, ports: Ports<'a>) -> Self {
        let place = format!("token/{}", STANDARD.encode(grant.digest()));
        let kept = ports.memory.get(&place).and_then(|record| kept(&record));
        let tokens = RefCell::new(kept.into_iter().collect());
        Self { grant, ports, place, tokens, failed: OnceCell::new(), turn: Turn::default() }
    }

    /// The text without any of them.
    #[must_use]
    pub fn hide_in(&self, text: &str) -> String {
        let tokens = self.tokens.borrow();
        tokens.iter().fold(text.to_owned(), |text, token| token.credentials.hide_in(&text))
    }

    /// The one to show.
    pub(super) async fn current(&self, limits: &Limits) -> Result<Token, Error> {
        let _turn = self.turn.take().await;
        let now = self.ports.clock.wall();
        match self.newest().filter(|token| token.until.is_none_or(|until| now < until)) {
            Some(token) => Ok(token),
            None => self.fetch(limits).await,
        }
    }

    /// One to show instead of that, which MLflow refused. If it was got for this very request, there is none: MLflow would
    /// refuse any other as well.
    pub(super) async fn instead_of(&self, refused: &Token, limits: &Limits) -> Result<Option<Token>, Error> {
        let _turn = self.turn.take().await;
        match self.newest() {
            Some(newest) if newest != *refused => Ok(Some(newest)),
            Some(newest) if newest.is_fresh => Ok(None),
            _ => self.fetch(limits).await.map(Some),
        }
    }

    fn newest(&self) -> Option<Token> {
        self.tokens.borrow().last().cloned()
    }

    async fn fetch(&self, limits: &Limits) -> Result<Token, Error> {
        if let Some(problem) = self.failed.get() {
            return Err(Error::NoToken(problem.clone()));
        }
        let Given { token, lasts } = self
            .ask(limits)
            .await
            .map_err(|problem| Error::NoToken(self.failed.get_or_init(|| problem).clone()))?;
        let until = lasts.and_then(|lasts| self.ports.clock.wall().checked_add(lasts - lasts / 10));
        let seconds = until.map(|until| until.as_secs().to_string()).unwrap_or_default();
        self.ports.memory.put(&self.place, Bytes::from(format!("{seconds} {token}")));
        let credentials = Credentials::bearer(&token).unwrap_or_default();
        let token = Token { credentials, until, is_fresh: true };
        self.tokens.borrow_mut().push(token.clone());
        Ok(token)
    }

    /// Asks the authorization server, not by the way to MLflow: this is no call of MLflow.
    async fn ask(&self, limits: &Limits) -> Result<Given, NoToken> {
        let limits = Limits { body: LONGEST_ANSWER, ..*limits };
        let mut answer = self.ports.http.send(self.grant.request(), &limits).await;
        if matches!(answer, Err(HttpError::Closed)) {
            // A connection that was kept, and closed meanwhile; nothing is changed by asking once more.
            answer = self.ports.http.send(self.grant.request(), &limits).await;
        }
        self.grant.read(&answer.map_err(NoToken::NoAnswer)?)
    }
}

/// What was kept: the second until which it is good, or nothing, and the token.
fn kept(record: &[u8]) -> Option<Token> {
    let (seconds, token) = std::str::from_utf8(record).ok()?.split_once(' ')?;
    let until = seconds.parse().ok().map(Duration::from_secs);
    Some(Token { credentials: Credentials::bearer(token)?, until, is_fresh: false })
}

/// Whose turn it is, of futures that run at the same time.
#[derive(Default)]
struct Turn {
    is_taken: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

/// A turn. It ends when this is dropped.
struct Taken<'t>(&'t Turn);

impl Turn {
    async fn take(&self) -> Taken<'_> {
        poll_fn(|cx| {
            if self.is_taken.replace(true) {
                self.waiting.borrow_mut().push(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(Taken(self))
        })
        .await
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.is_taken.set(false);
        self.0.waiting.take().into_iter().for_each(Waker::wake);
    }
}
