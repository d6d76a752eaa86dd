//! What a model is told when a tool cannot answer: what failed, which argument, what would be valid, and
//! what to do next.

mod token;

use std::fmt;

use crate::mlflow::credentials::Whose;
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::mlflow::{Error, Tracking};
use crate::policy;
use crate::port::HttpError;

/// How a header that says who asks is written.
pub const AUTHORIZATION_FORM: &str = "`Basic` and user:password in base64, or `Bearer` and a token";

/// Why a tool has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// MLflow or the way to it; put into words by [`Failure::explain`].
    Mlflow(Error),
    /// The tool's own words.
    Tool(ToolError),
}

/// A failure in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolError {
    /// What kind of failure it is.
    pub kind: Kind,
    /// What failed.
    pub message: String,
    /// What to do next, a sentence; empty if the message says it.
    pub hint: String,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The server's own configuration is wrong: the operator must act.
    Configuration,
    /// An argument is wrong: call again with another.
    Argument,
    /// The thing asked for does not exist.
    NotFound,
    /// MLflow does not let these credentials do that.
    Denied,
    /// The policy does not let this call be made.
    Policy,
    /// A person would have to be asked, and the client cannot ask one.
    Unasked,
    /// MLflow cannot be reached, or does not answer.
    Unavailable,
    /// MLflow said no for a reason of its own.
    Refused,
    /// MLflow answered something unexpected.
    Unexpected,
}

impl Kind {
    /// Its name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Argument => "argument",
            Self::NotFound => "not_found",
            Self::Denied => "denied",
            Self::Policy => "policy",
            Self::Unasked => "unasked",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Unexpected => "unexpected",
        }
    }
}

impl ToolError {
    /// A failure with the next step.
    pub fn new(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into() }
    }

    /// An argument is wrong; the message names it.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(Kind::Argument, message, "")
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.message.ends_with(['.', '?', '!']) {
            f.write_str(".")?;
        }
        if self.hint.is_empty() { Ok(()) } else { write!(f, " {}", self.hint) }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Mlflow(error)
    }
}

impl From<policy::Refusal> for ToolError {
    fn from(refusal: policy::Refusal) -> Self {
        let kind = match refusal {
            policy::Refusal::Unapproved { confirm: false, .. } => Kind::Unasked,
            _ => Kind::Policy,
        };
        Self::new(kind, refusal.to_string(), refusal.hint())
    }
}

impl From<ToolError> for Failure {
    fn from(error: ToolError) -> Self {
        Self::Tool(error)
    }
}

impl Failure {
    /// In words, for a call to that server.
    #[must_use]
    pub fn explain(self, tracking: &Tracking) -> ToolError {
        match self {
            Self::Tool(error) => error,
            Self::Mlflow(Error::NoAnswer(error)) => no_answer(error, tracking),
            Self::Mlflow(Error::Unconfirmed(error)) => unconfirmed(error, tracking),
            Self::Mlflow(Error::NoToken(problem)) => token::missing(&problem, tracking),
            Self::Mlflow(Error::Beyond) => ToolError::new(
                Kind::Unexpected,
                "this tool tried to change MLflow beyond what it declares, and was stopped before it did",
                "Please report it.",
            ),
            Self::Mlflow(Error::Refused(refusal)) => refused(refusal, tracking),
            Self::Mlflow(Error::NotUnderstood(what)) => ToolError::new(
                Kind::Unexpected,
                format!("{} did not answer as MLflow does: {what}", tracking.base),
                "Check that MLFLOW_TRACKING_URI is the root of an MLflow server and not of a sign-in page \
                 or of another service.",
            ),
        }
    }
}

fn no_answer(error: HttpError, tracking: &Tracking) -> ToolError {
    let base = &tracking.base;
    let limits = &tracking.limits;
    let unavailable = |message: String, hint: &str| ToolError::new(Kind::Unavailable, message, hint);
    match error {
        HttpError::Forbidden => ToolError::new(
            Kind::Configuration,
            format!("the sandbox does not let this server connect to {base}"),
            "The operator must allow that origin: the host allows the one of the MLFLOW_TRACKING_URI it was \
             started with, Spin those in allowed_outbound_hosts, wasmCloud those in allowedHosts, Wassette the \
             hosts in its policy.",
        ),
        HttpError::Unreachable => unavailable(
            format!("no connection to MLflow at {base}: nothing listens there, or the name does not resolve"),
            "Start MLflow, or set MLFLOW_TRACKING_URI to where it is.",
        ),
        HttpError::Untrusted => unavailable(
            format!("the TLS certificate of {base} was not accepted"),
            "Its issuer must be one that this server trusts, and its name must be the one in \
             MLFLOW_TRACKING_URI.",
        ),
        HttpError::ConnectTimeout => unavailable(
            format!("MLflow at {base} took no connection within {} s", limits.connect.as_secs_f64()),
            "Check MLFLOW_TRACKING_URI and the network between; MLFLOW_MCP_CONNECT_TIMEOUT sets the seconds.",
        ),
        HttpError::ResponseTimeout => unavailable(
            format!("MLflow at {base} took the connection and then did not answer in time"),
            "It may be starting or busy: try again, or ask for less; MLFLOW_MCP_FIRST_BYTE_TIMEOUT sets the \
             seconds to wait (30 by default).",
        ),
        HttpError::Closed => unavailable(
            format!("MLflow at {base} closed the connection without an answer"),
            "Its log says why; try again.",
        ),
        HttpError::Incomplete => unavailable(
            format!("the answer of MLflow at {base} broke off in the middle"),
            "Try again; a proxy between may cut long answers.",
        ),
        HttpError::TooLarge => ToolError::new(
            Kind::Argument,
            format!("the answer of MLflow is larger than {} bytes", limits.body),
            "Ask for less: a smaller limit, a filter, or one run at a time.",
        ),
        HttpError::Malformed => ToolError::new(
            Kind::Unexpected,
            format!("what came from {base} is not an HTTP answer"),
            "Check that MLFLOW_TRACKING_URI has the right scheme (http or https) and port.",
        ),
    }
}

/// A change that was sent: whether it was made, only MLflow knows.
fn unconfirmed(error: HttpError, tracking: &Tracking) -> ToolError {
    let ToolError { kind, message, .. } = no_answer(error, tracking);
    ToolError::new(
        kind,
        message,
        "The change may have been made all the same: read it back before you send it again.",
    )
}

fn refused(refusal: Refusal, tracking: &Tracking) -> ToolError {
    let Refusal { status, kind, message } = refusal;
    let base = &tracking.base;
    match kind {
        RefusalKind::Mlflow(code) => {
            let kind = match code.as_str() {
                "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND" => Kind::NotFound,
                "PERMISSION_DENIED" => Kind::Denied,
                _ => Kind::Refused,
            };
            ToolError::new(kind, format!("{code}: {message}"), "")
        }
        RefusalKind::Host => ToolError::new(
            Kind::Configuration,
            format!(
                "MLflow does not answer to the name {}, which MLFLOW_TRACKING_URI calls it by",
                base.authority()
            ),
            format!(
                "Start MLflow with --allowed-hosts \"{0}\" (or MLFLOW_SERVER_ALLOWED_HOSTS={0}).",
                base.authority()
            ),
        ),
        RefusalKind::Unauthenticated => unauthenticated(tracking),
        RefusalKind::Forbidden => ToolError::new(
            Kind::Denied,
            format!("MLflow does not permit this: {message}"),
            "Its administrator can grant it; MLflow also says this for what does not exist.",
        ),
        RefusalKind::NoRoute => ToolError::new(
            Kind::Unexpected,
            format!("{base} has no such route (HTTP {})", status.as_u16()),
            "Either the server is older than this feature, or MLFLOW_TRACKING_URI is not its root: a server \
             started with a static prefix needs it in the URL.",
        ),
        RefusalKind::Redirect => ToolError::new(
            Kind::Configuration,
            format!("{base} sends us on to {message:?}, and redirects are not followed"),
            "Set MLFLOW_TRACKING_URI to the final URL; if that is a sign-in page, set credentials.",
        ),
        RefusalKind::Failed => ToolError::new(
            Kind::Unavailable,
            format!("MLflow at {base} failed with HTTP {}: {message}", status.as_u16()),
            "Its log, or that of the proxy before it, says why; try again.",
        ),
    }
}

fn unauthenticated(tracking: &Tracking) -> ToolError {
    let base = &tracking.base;
    if let Some(grant) = tracking.credentials.grant() {
        return token::refused(grant, tracking);
    }
    let (message, hint) = match tracking.credentials.whose() {
        Whose::Caller(header) => (
            format!("MLflow at {base} did not accept the credentials in the request's header {header}"),
            format!("{header} must hold those of an MLflow user: {AUTHORIZATION_FORM}."),
        ),
        Whose::Operator => (
            if tracking.credentials.identify() {
                format!("MLflow at {base} did not accept the credentials")
            } else {
                format!("MLflow at {base} wants credentials, and there are none")
            },
            "The operator must set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or \
             MLFLOW_TRACKING_TOKEN, or MLFLOW_MCP_TRACKING_OAUTH."
                .to_owned(),
        ),
    };
    ToolError::new(Kind::Denied, message, hint)
}
