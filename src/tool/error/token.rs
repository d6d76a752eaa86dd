//! What is told of access tokens for MLflow: that there is none, or that MLflow refuses it.

use http::StatusCode;

use super::{Kind, ToolError};
use crate::mlflow::error::NoToken;
use crate::mlflow::{Grant, Tracking};
use crate::port::HttpError;

/// MLflow refuses a token that was got for this very call.
pub(super) fn refused(grant: &Grant, tracking: &Tracking) -> ToolError {
    ToolError::new(
        Kind::Denied,
        format!(
            "MLflow at {} did not accept the access token that {} gave",
            tracking.base,
            grant.token_url()
        ),
        "The operator must see to it that this token is for that MLflow: MLFLOW_MCP_TRACKING_OAUTH names token_url, \
         client, scope, audience and resource, and MLflow's side must know the client.",
    )
}

/// There is no token.
pub(super) fn missing(problem: &NoToken, tracking: &Tracking) -> ToolError {
    let url = tracking.credentials.grant().map(|grant| grant.token_url().to_string()).unwrap_or_default();
    let (kind, what, hint) = match problem {
        NoToken::NoAnswer(error) => no_answer(*error),
        NoToken::Refused { status, code } => refusal(*status, code.as_deref()),
        NoToken::Unusable(lack) => (
            Kind::Unexpected,
            format!("its answer {lack}"),
            "Check that token_url in MLFLOW_MCP_TRACKING_OAUTH is the token endpoint of an OAuth 2 authorization server.",
        ),
    };
    ToolError::new(kind, format!("there is no access token for MLflow from {url}: {what}"), hint)
}

fn no_answer(error: HttpError) -> (Kind, String, &'static str) {
    let (kind, hint) = match error {
        HttpError::Forbidden => (
            Kind::Configuration,
            "That is the origin of token_url in MLFLOW_MCP_TRACKING_OAUTH: our host allows it by itself, Spin those in \
             allowed_outbound_hosts, others those in a list of their own.",
        ),
        HttpError::Untrusted => (
            Kind::Unavailable,
            "Its issuer must be one that this server trusts, and its name the one in token_url.",
        ),
        _ => (
            Kind::Unavailable,
            "Check token_url in MLFLOW_MCP_TRACKING_OAUTH and the network between; then try again.",
        ),
    };
    (kind, error.reason().to_owned(), hint)
}

fn refusal(status: StatusCode, code: Option<&str>) -> (Kind, String, &'static str) {
    let what = match code {
        Some(code) => format!("it says {code} (HTTP {})", status.as_u16()),
        None => format!("it answers HTTP {}", status.as_u16()),
    };
    let (kind, hint) = match (code, status) {
        (Some("invalid_scope" | "invalid_target"), _) => (
            Kind::Configuration,
            "The operator must correct scope, audience or resource in MLFLOW_MCP_TRACKING_OAUTH.",
        ),
        (Some("unauthorized_client" | "unsupported_grant_type"), _) => (
            Kind::Configuration,
            "The authorization server must let the client of MLFLOW_MCP_TRACKING_OAUTH use the client credentials grant.",
        ),
        (Some("invalid_client"), _) | (None, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => (
            Kind::Configuration,
            "The operator must correct client_id and client_secret in MLFLOW_MCP_TRACKING_OAUTH; the secret may have \
             expired.",
        ),
        (_, status) if status.is_redirection() => (
            Kind::Configuration,
            "Redirects are not followed: set token_url in MLFLOW_MCP_TRACKING_OAUTH to the final URL.",
        ),
        (_, status) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            (Kind::Unavailable, "Its log says why; try again.")
        }
        _ => (
            Kind::Configuration,
            "Check MLFLOW_MCP_TRACKING_OAUTH: token_url must be the token endpoint, and what it is asked for be what it gives.",
        ),
    };
    (kind, what, hint)
}
