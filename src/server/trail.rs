//! What a request leaves in the audit trail.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Server;
use crate::audit::{Call, Making, Outcome};
use crate::mcp;
use crate::mcp::Trace;
use crate::mcp::jsonrpc::Object;
use crate::mcp::service::ResourceError;
use crate::mlflow::Credentials;
use crate::tool::{Kind, ToolError};

/// What the audit trail needs to know of a request.
pub(super) struct Trail {
    audited: bool,
    /// What carries the message says so.
    trace: Option<Trace>,
    /// What the request shows this server, which a client may also write where an id belongs.
    shown: Option<Credentials>,
}

impl Trail {
    pub(super) fn new(audited: bool, headers: &HeaderMap) -> Self {
        let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|value| Credentials::of_caller("Authorization", value));
        Self { audited, trace: Trace::of_headers(headers), shown }
    }
}

impl Server<'_> {
    /// A call of that method begins.
    pub(super) fn begins(&self, method: &'static str, trace: Option<Trace>) -> Call<'_> {
        let Trail { audited, trace: carried, .. } = self.trail;
        let making = Making { method, caller: self.caller.name(), trace: trace.or(carried), audited };
        Call::begin(self.ports, making)
    }

    /// A call of a tool begins, which may not exist.
    pub(super) fn begins_tool(&self, tool: &str, arguments: &Object, trace: Option<Trace>) -> Call<'_> {
        let call = self.begins("tools/call", trace);
        call.asks(tool, arguments, |text| self.without_secrets(text));
        call
    }

    /// The text without anything that MLflow is shown or that the request shows this server.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let of_mlflow = self.tracking.as_ref().ok().map(|tracking| &tracking.credentials);
        let all = of_mlflow.into_iter().chain(&self.trail.shown);
        let text = all.fold(text.to_owned(), |text, secrets| secrets.hide_in(&text));
        match &self.tokens {
            Some(tokens) => tokens.hide_in(&text),
            None => text,
        }
    }
}

/// What came of the call of a tool.
pub(super) fn of_tool<T>(result: &Result<mcp::Outcome<T>, ToolError>) -> Outcome {
    match result {
        Ok(mcp::Outcome::InputRequired(_)) => Outcome::Asked,
        result => outcome(result),
    }
}

/// What came of a call that was to be made by the policy's leave.
pub(super) fn outcome<T>(result: &Result<T, ToolError>) -> Outcome {
    match result {
        Ok(_) => Outcome::Ok,
        Err(error) => failure(error),
    }
}

/// What came of a call that has no answer.
pub(super) fn failure(error: &ToolError) -> Outcome {
    match error.kind {
        Kind::Policy | Kind::Unasked => Outcome::Refused,
        kind => Outcome::Failed(kind.name()),
    }
}

/// What came of reading a resource.
pub(super) fn of_reading<T>(result: &Result<T, ResourceError>) -> Outcome {
    match result {
        Ok(_) => Outcome::Ok,
        Err(ResourceError::NotFound(_)) => Outcome::Failed(Kind::NotFound.name()),
        Err(ResourceError::Forbidden(_)) => Outcome::Refused,
        Err(ResourceError::Failed(_)) => Outcome::Failed("failed"),
    }
}
