//! One call: request, answer, and the retries.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, RANGE, USER_AGENT};
use http::response::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::access_tokens::AccessTokens;
use super::base_url::BaseUrl;
use super::credentials::Credentials;
use super::endpoint::{Access, Endpoint, encoded};
use super::error::{Error, plain, refusal};
use super::grant::{Grant, digest};
use super::objects;
use crate::port::{Http, HttpError, Limits, Pieces};
use crate::sorted::sort;

/// What servers are told of who asks.
pub(super) const OUR_NAME: &str = concat!("mlflow-mcp/", env!("CARGO_PKG_VERSION"));

/// Where MLflow is and how to speak to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracking {
    /// The server's URL.
    pub base: BaseUrl,
    /// What to show it.
    pub credentials: Credentials,
    /// How long and how much one exchange may take.
    pub limits: Limits,
}

impl Tracking {
    /// The same for the same server asked as the same user in the same workspace, and for no other.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let headers = self.credentials.headers();
        let mut headers: Vec<_> =
            headers.iter().map(|(name, value)| [name.as_str().as_bytes(), value.as_bytes()]).collect();
        sort(&mut headers, |one, other| one < other);
        let base = self.base.to_string();
        let grant = self.credentials.grant().map(Grant::digest);
        let mut parts = vec![base.as_bytes()];
        parts.extend(headers.iter().flatten());
        parts.extend(grant.as_ref().map(<[u8; 32]>::as_slice));
        digest(&parts)
    }
}

/// A client for one tool call.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    http: &'a dyn Http,
    tracking: &'a Tracking,
    access: Access,
    limits: Limits,
    tokens: Option<&'a AccessTokens<'a>>,
}

/// A query: names and values, not yet encoded; names may repeat.
pub type Query<'a> = &'a [(&'a str, &'a str)];

impl<'a> Client<'a> {
    /// A client that may use endpoints up to `access`.
    pub fn new(http: &'a dyn Http, tracking: &'a Tracking, access: Access) -> Self {
        Self { http, tracking, access, limits: tracking.limits, tokens: None }
    }

    /// The same client, showing MLflow such a token if there are any.
    #[must_use]
    pub fn with_tokens(self, tokens: Option<&'a AccessTokens<'a>>) -> Self {
        Self { tokens, ..self }
    }

    /// The server it speaks to.
    #[must_use]
    pub fn tracking(&self) -> &'a Tracking {
        self.tracking
    }

    /// The same client, waiting at most this long for an answer to begin.
    #[must_use]
    pub fn waiting_at_most(mut self, first_byte: Duration) -> Self {
        self.limits.first_byte = self.limits.first_byte.min(first_byte);
        self
    }

    /// A GET whose answer is JSON.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not what `T` says.
    pub async fn get<T: DeserializeOwned>(&self, endpoint: &Endpoint, query: Query<'_>) -> Result<T, Error> {
        let request = self.request(endpoint, query)?.body(Bytes::new()).map_err(|_| HttpError::Malformed)?;
        self.read(endpoint, &self.success(self.exchange(endpoint, request).await?)?)
    }

    /// A POST, PATCH or DELETE, as the endpoint says, whose body and answer are JSON.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer that is not what `T` says.
    pub async fn send<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let body = serde_json::to_vec(body).map_err(|_| HttpError::Malformed)?;
        let request = self
            .request(endpoint, &[])?
            .header(CONTENT_TYPE, "application/json")
            // Always, since a chunked body is dropped without a word by MLflow on uvicorn.
            .header(CONTENT_LENGTH, body.len())
            .body(Bytes::from(body))
            .map_err(|_| HttpError::Malformed)?;
        self.read(endpoint, &self.success(self.exchange(endpoint, request).await?)?)
    }

    /// A POST of a file, whose answer says nothing.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn upload(&self, endpoint: &Endpoint, query: Query<'_>, file: Bytes) -> Result<(), Error> {
        let request = self
            .request(endpoint, query)?
            // MLflow takes forms apart, and nothing else.
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, file.len())
            .body(file)
            .map_err(|_| HttpError::Malformed)?;
        self.success(self.exchange(endpoint, request).await?).map(drop)
    }

    /// A GET whose answer is a file, or the part of it that `range` (RFC 9110, `bytes=0-99`) names.
    ///
    /// # Errors
    /// No answer. A refusal is a response here: what it means depends on the file.
    pub async fn file(
        &self,
        endpoint: &Endpoint,
        query: Query<'_>,
        range: &str,
    ) -> Result<Response<Bytes>, Error> {
        let request = self.range(endpoint, query, range)?;
        self.exchange(endpoint, request).await
    }

    /// The same, piece by piece, so that its length does not matter.
    ///
    /// # Errors
    /// No answer, or an endpoint that does more than read.
    pub async fn open(
        &self,
        endpoint: &Endpoint,
        query: Query<'_>,
        range: &str,
    ) -> Result<Response<Pieces<'a>>, Error> {
        if endpoint.access > Access::Read {
            return Err(Error::Beyond);
        }
        let request = self.range(endpoint, query, range)?;
        self.authorized(request, async |request| self.opened(request).await).await
    }

    async fn opened(&self, request: Request<Bytes>) -> Result<Response<Pieces<'a>>, Error> {
        match self.http.open(request.clone(), &self.tracking.limits).await {
            Err(HttpError::Closed) => Ok(self.http.open(request, &self.tracking.limits).await?),
            outcome => Ok(outcome?),
        }
    }

    fn range(&self, endpoint: &Endpoint, query: Query<'_>, range: &str) -> Result<Request<Bytes>, HttpError> {
        let request = self.request(endpoint, query)?.header(RANGE, range).body(Bytes::new());
        request.map_err(|_| HttpError::Malformed)
    }

    fn request(&self, endpoint: &Endpoint, query: Query<'_>) -> Result<http::request::Builder, HttpError> {
        let mut path = endpoint.path.clone().into_owned();
        if !query.is_empty() {
            path.push('?');
            path.push_str(&encoded(query));
        }
        let uri = self.tracking.base.join(&path).map_err(|_| HttpError::Malformed)?;
        let mut request = Request::builder().method(endpoint.method.clone()).uri(uri);
        if let Some(headers) = request.headers_mut() {
            *headers = self.tracking.credentials.headers();
        }
        Ok(request.header(ACCEPT, "application/json").header(USER_AGENT, OUR_NAME))
    }

    async fn exchange(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        if endpoint.access > self.access {
            return Err(Error::Beyond);
        }
        self.authorized(request, async |request| self.attempt(endpoint, request).await).await
    }

    /// Sends the request with an access token, where MLflow is shown such, and once more if that was refused and there
    /// is another.
    async fn authorized<T>(
        &self,
        request: Request<Bytes>,
        send: impl AsyncFn(Request<Bytes>) -> Result<Response<T>, Error>,
    ) -> Result<Response<T>, Error> {
        let Some(tokens) = self.tokens else { return send(request).await };
        let token = tokens.current(&self.limits).await?;
        let response = send(token.with(&request)).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        // What was refused for want of the right credentials was not acted on, so a change may be sent again, too.
        match tokens.instead_of(&token, &self.limits).await? {
            Some(token) => send(token.with(&request)).await,
            None => Ok(response),
        }
    }

    async fn attempt(&self, endpoint: &Endpoint, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let again = (endpoint.access == Access::Read).then(|| request.clone());
        match (self.http.send(request, &self.limits).await, again) {
            // MLflow's server closes idle connections after 5 s, and any connection after an unhandled
            // error, without saying so: a read is sent once more, on a connection of its own.
            (Err(HttpError::Closed), Some(request)) => Ok(self.http.send(request, &self.limits).await?),
            (Err(error), None) if error.after_sending() => Err(Error::Unconfirmed(error)),
            (outcome, _) => Ok(outcome?),
        }
    }

    fn success(&self, response: Response<Bytes>) -> Result<Bytes, Error> {
        let (parts, body) = response.into_parts();
        if parts.status == StatusCode::OK {
            return Ok(body);
        }
        Err(self.refusal(&parts, &body))
    }

    /// Reads a response that is not a success.
    pub(super) fn refusal(&self, parts: &Parts, body: &[u8]) -> Error {
        Error::Refused(refusal(&|text| self.hide_in(text), parts.status, &parts.headers, body))
    }

    /// The text without anything that MLflow was shown.
    fn hide_in(&self, text: &str) -> String {
        let text = self.tracking.credentials.hide_in(text);
        match self.tokens {
            Some(tokens) => tokens.hide_in(&text),
            None => text,
        }
    }

    fn read<T: DeserializeOwned>(&self, endpoint: &Endpoint, body: &[u8]) -> Result<T, Error> {
        objects::read(body).map_err(|error| self.not_understood(endpoint, body, &error))
    }

    fn not_understood(&self, endpoint: &Endpoint, body: &[u8], error: &serde_json::Error) -> Error {
        let begins = plain(&self.hide_in(&String::from_utf8_lossy(body)));
        let begins: String = begins.chars().take(200).collect();
        let error = self.hide_in(&error.to_string());
        Error::NotUnderstood(format!(
            "{} {} ({error}); it begins: {begins:?}",
            endpoint.method, endpoint.path
        ))
    }
}

/// A header of a response as text.
#[must_use]
pub fn header<T>(response: &Response<T>, name: http::HeaderName) -> Option<&str> {
    response.headers().get(name).map(HeaderValue::to_str)?.ok()
}
