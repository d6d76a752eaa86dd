//! Variables that say with whose credentials MLflow is asked: the server's own, or each caller's.

use std::collections::BTreeMap;

use http::HeaderName;
use http::header;

use super::{
    CALLERS, CREDENTIALS, ConfigError, HEADERS, OAUTH, PASSWORD, TOKEN, TRACKING_OAUTH, TRACKING_URI,
    USERNAME, WORKSPACE, set, tracking_oauth,
};
use crate::mlflow::credentials::WORKSPACE as WORKSPACE_HEADER;
use crate::mlflow::{BaseUrl, Credentials};

/// Headers that are about the message or the connection, and those that WASI hosts refuse.
const OURS: [HeaderName; 17] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::ORIGIN,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::RANGE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
];

/// Whose credentials MLflow is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The server's, which may be none.
    Service(Credentials),
    /// Those of each request; the server has none.
    Caller(CallerHeader),
}

/// The header of a request that has the caller's credentials for MLflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerHeader {
    /// A header of its own, so that `Authorization` can be for this server.
    Own,
    /// `Authorization`: this server only stands in front of MLflow, and MLflow checks who calls.
    Authorization,
}

impl CallerHeader {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "X-MLflow-Authorization",
            Self::Authorization => "Authorization",
        }
    }
}

pub(super) fn read(
    variable: &impl Fn(&str) -> Option<String>,
    base: &BaseUrl,
) -> Result<Source, ConfigError> {
    let header = match set(variable, CREDENTIALS).as_deref() {
        None | Some("service") => return service(variable, base).map(Source::Service),
        Some("caller") => CallerHeader::Own,
        Some("caller-authorization") => CallerHeader::Authorization,
        Some(_) => {
            return Err(ConfigError::new(CREDENTIALS, "must be service, caller or caller-authorization"));
        }
    };
    let own = [CALLERS, OAUTH].into_iter().find(|name| set(variable, name).is_some());
    if let Some(own) = own.filter(|_| header == CallerHeader::Authorization) {
        return Err(ConfigError::new(
            CREDENTIALS,
            format!(
                "takes MLflow's credentials from Authorization, where {own} expects this server's own token: write \
                 caller, and send MLflow's in {}",
                CallerHeader::Own.name()
            ),
        ));
    }
    match first(variable, &[TRACKING_OAUTH, USERNAME, PASSWORD, TOKEN, HEADERS, WORKSPACE], base) {
        None => Ok(Source::Caller(header)),
        Some(own) => Err(ConfigError::new(
            CREDENTIALS,
            format!(
                "lets every caller bring credentials, but {own}: the server must have none of its own then; remove one \
                 of the two"
            ),
        )),
    }
}

/// What is there first of these variables and a user in the URL of MLflow, in words.
fn first(variable: &impl Fn(&str) -> Option<String>, names: &[&str], base: &BaseUrl) -> Option<String> {
    let in_uri = || base.credentials().map(|_| format!("{TRACKING_URI} has a user"));
    let set = names.iter().find(|name| set(variable, name).is_some());
    set.map(|name| format!("{name} is set")).or_else(in_uri)
}

fn service(variable: &impl Fn(&str) -> Option<String>, base: &BaseUrl) -> Result<Credentials, ConfigError> {
    let mut credentials = match set(variable, TRACKING_OAUTH) {
        Some(text) => by_grant(variable, &text, base)?,
        None => written(variable, base)?,
    };
    if let Some(workspace) = set(variable, WORKSPACE) {
        credentials = credentials.with(WORKSPACE_HEADER, &workspace).ok_or_else(|| unfit(WORKSPACE))?;
    }
    match set(variable, HEADERS) {
        Some(text) => with_headers(credentials, &text).map_err(|problem| ConfigError::new(HEADERS, problem)),
        None => Ok(credentials),
    }
}

fn unfit(name: &'static str) -> ConfigError {
    ConfigError::new(name, "has characters that no HTTP header can carry")
}

/// Access tokens, beside which there can be nothing else that says who asks.
fn by_grant(
    variable: &impl Fn(&str) -> Option<String>,
    text: &str,
    base: &BaseUrl,
) -> Result<Credentials, ConfigError> {
    if let Some(other) = first(variable, &[USERNAME, PASSWORD, TOKEN], base) {
        return Err(ConfigError::new(
            TRACKING_OAUTH,
            format!(
                "gets access tokens for MLflow, but {other}: MLflow is shown one of the two; remove the other"
            ),
        ));
    }
    tracking_oauth::read(text, base).map(Credentials::of_grant)
}

/// User and password, or a token, as they stand in the variables.
fn written(variable: &impl Fn(&str) -> Option<String>, base: &BaseUrl) -> Result<Credentials, ConfigError> {
    Ok(match (set(variable, USERNAME), set(variable, PASSWORD), set(variable, TOKEN)) {
        // As in MLflow's own client: user and password win over a token.
        (Some(user), Some(password), _) => Credentials::basic(&user, &password),
        (Some(_), None, _) => {
            return Err(ConfigError::new(PASSWORD, format!("is not set, but {USERNAME} is")));
        }
        (None, Some(_), _) => {
            return Err(ConfigError::new(USERNAME, format!("is not set, but {PASSWORD} is")));
        }
        (None, None, Some(token)) => Credentials::bearer(&token).ok_or_else(|| unfit(TOKEN))?,
        (None, None, None) => base.credentials().cloned().unwrap_or_default(),
    })
}

/// The credentials and the headers of a JSON object. Errors name a header and never show a value.
fn with_headers(mut credentials: Credentials, text: &str) -> Result<Credentials, String> {
    let Ok(headers) = serde_json::from_str::<BTreeMap<String, String>>(text) else {
        return Err("must be a JSON object of names and texts, such as {\"X-Api-Key\": \"...\"}".to_owned());
    };
    for (name, value) in headers {
        let header: HeaderName =
            name.parse().map_err(|_| format!("has {name:?}, which is no header's name"))?;
        if OURS.contains(&header) || header == "keep-alive" || header == "proxy-connection" {
            return Err(format!(
                "has {name}, which this server sets itself, or its host does not let it set"
            ));
        }
        if credentials.has(&header) {
            return Err(format!("has {name}, which it has already, or which another variable sets"));
        }
        credentials = credentials
            .with(header, &value)
            .ok_or_else(|| format!("has {name} with a value that no HTTP header can carry"))?;
    }
    Ok(credentials)
}
