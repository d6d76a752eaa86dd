//! The variable that says how access tokens for MLflow are got.

use http::Uri;
use serde_json::{Map, Value};

use super::members::{NOT_SECURE, is_scope, read as members, required, secure, text};
use super::{ConfigError, TRACKING_OAUTH};
use crate::mlflow::{BaseUrl, Grant};

const EXAMPLE: &str = "{\"client_id\": \"...\", \"client_secret\": \"...\", \
                       \"token_url\": \"https://login.example.com/oauth2/token\", \"scope\": \"mlflow\"}";

const MEMBERS: [&str; 6] = ["client_id", "client_secret", "token_url", "scope", "audience", "resource"];

/// Where Databricks gives tokens, below the origin of a workspace, and for what.
const DATABRICKS: (&str, &str) = ("/oidc/v1/token", "all-apis");

/// The grant that a JSON object describes, for that MLflow. Errors quote names, never values.
pub(super) fn read(given: &str, base: &BaseUrl) -> Result<Grant, ConfigError> {
    let grant = members(given, &MEMBERS, EXAMPLE).and_then(|members| grant(&members, base));
    grant.map_err(|problem| ConfigError::new(TRACKING_OAUTH, format!("is wrong: {problem}")))
}

fn grant(members: &Map<String, Value>, base: &BaseUrl) -> Result<Grant, String> {
    let id = required(members, "client_id", EXAMPLE)?;
    let secret = required(members, "client_secret", EXAMPLE)?;
    let (token_url, default_scope) = token_url(members, base)?;
    let scope = text(members, "scope")?.or_else(|| default_scope.map(str::to_owned));
    if scope.as_ref().is_some_and(|scope| !scope.split(' ').all(is_scope)) {
        return Err(
            "\"scope\" has characters that no scope has: write scopes with single spaces between".to_owned()
        );
    }
    let parameters = [
        ("scope", scope),
        ("audience", text(members, "audience")?),
        ("resource", text(members, "resource")?),
    ];
    let given: Vec<(&str, &str)> =
        parameters.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
    Ok(Grant::new(token_url, &id, &secret, &given))
}

/// The token endpoint, and the scope to ask it for where none is written. Without one it is that of Databricks.
fn token_url(members: &Map<String, Value>, base: &BaseUrl) -> Result<(Uri, Option<&'static str>), String> {
    if let Some(url) = text(members, "token_url")? {
        return Ok((secure(&url).ok_or_else(|| format!("\"token_url\" is {NOT_SECURE}"))?, None));
    }
    let (path, scope) = DATABRICKS;
    let url = secure(&format!("{}{path}", base.origin())).ok_or_else(|| {
        format!(
            "without \"token_url\" the token endpoint is {path} of the server in MLFLOW_TRACKING_URI, as with Databricks, and \
             that is {NOT_SECURE}: write \"token_url\""
        )
    })?;
    Ok((url, Some(scope)))
}
