//! With which credentials MLflow is asked for a request: the server's own or the caller's, never both.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};

use crate::config::{CallerHeader, Source, ToolConfig};
use crate::mcp::Asking;
use crate::mlflow::credentials::WORKSPACE;
use crate::mlflow::{Credentials, Tracking};
use crate::tool::error::AUTHORIZATION_FORM;
use crate::tool::{Kind, ToolError};

/// Where MLflow is and what it is shown for this request.
pub(super) fn tracking(config: ToolConfig, asking: &Asking<'_>) -> Result<Tracking, ToolError> {
    let ToolConfig { base, credentials, limits, .. } = config;
    let credentials = match credentials {
        Source::Service(credentials) => credentials,
        Source::Caller(header) => of_caller(header, asking)?,
    };
    Ok(Tracking { base, credentials, limits })
}

fn of_caller(header: CallerHeader, asking: &Asking<'_>) -> Result<Credentials, ToolError> {
    let name = header.name();
    let hint = format!("Have the client send the header {name}: {AUTHORIZATION_FORM}.");
    let denied = |message: String| ToolError::new(Kind::Denied, message, hint.as_str());
    let authorization = single(asking.headers, name).map_err(denied)?;
    let authorization = authorization.ok_or_else(|| {
        denied(
            "this server asks MLflow with each caller's own credentials, and the request has none".to_owned(),
        )
    })?;
    let (_, secret) = authorization
        .split_once(' ')
        .ok_or_else(|| denied(format!("the header {name} does not say what kind of credentials it has")))?;
    if asking.caller.is_some() && token(asking.headers) == Some(secret.trim()) {
        return Err(denied(format!(
            "the header {name} has the token of this server, which MLflow must not see"
        )));
    }
    let unfit = |name: &str| denied(unfit(name));
    let credentials = Credentials::of_caller(name, authorization).ok_or_else(|| unfit(name))?;
    match single(asking.headers, WORKSPACE.as_str()).map_err(denied)? {
        Some(workspace) => credentials.with(WORKSPACE, workspace).ok_or_else(|| unfit(WORKSPACE.as_str())),
        None => Ok(credentials),
    }
}

/// What the caller showed this server.
fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ').map(|(_, token)| token.trim())
}

/// The value of a header that may be there once: of two, nobody knows which one a proxy has looked at.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, String> {
    let name: HeaderName = name.parse().map_err(|_| unfit(name))?;
    let mut values = headers.get_all(&name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(format!("the header {name} is there twice"));
    }
    value.to_str().map(Some).map_err(|_| unfit(name.as_str()))
}

fn unfit(name: &str) -> String {
    format!("the header {name} is empty, or has characters other than visible ASCII")
}
