//! The variable that says whose OAuth tokens are taken.

use http::Uri;
use serde_json::{Map, Value};

use super::members::text;
use super::{ConfigError, OAUTH, members};
use crate::mcp::ProtectedResource;
use crate::nearest::suggestion;
use crate::oauth::{Expected, Keys, Scopes, Source, Trust};
use crate::spec::Risk;

const EXAMPLE: &str = "{\"resource\": \"https://mcp.example.com/mcp\", \"issuer\": \"https://idp.example.com\", \
                       \"jwks_uri\": \"https://idp.example.com/jwks\", \"scopes\": {\"mlflow:read\": \"low\"}}";

const MEMBERS: [&str; 8] =
    ["resource", "issuer", "audience", "jwks", "jwks_uri", "scopes", "name_claim", "scope_claim"];

/// The trust that a JSON object describes. Errors quote names, never keys.
pub(super) fn read(text: &str) -> Result<Trust, ConfigError> {
    members::read(text, &MEMBERS, EXAMPLE)
        .and_then(trust)
        .map_err(|problem| ConfigError::new(OAUTH, format!("is wrong: {problem}")))
}

fn trust(members: Map<String, Value>) -> Result<Trust, String> {
    let resource = required(&members, "resource")?;
    let issuer = required(&members, "issuer")?;
    secure("resource", &resource)?;
    secure("issuer", &issuer)?;
    let audiences = match members.get("audience") {
        None => vec![resource.clone()],
        Some(audience) => texts("audience", audience)?,
    };
    let scopes = members.get("scopes").map(scopes).transpose()?;
    Ok(Trust {
        keys: keys(&members)?,
        expected: Expected {
            issuer: issuer.clone(),
            audiences,
            name: text(&members, "name_claim")?.unwrap_or_else(|| "sub".to_owned()),
            scope: text(&members, "scope_claim")?,
        },
        resource: ProtectedResource {
            url: resource,
            issuer,
            scopes: scopes.iter().flat_map(Scopes::names).map(str::to_owned).collect(),
            name: "MLflow",
            documentation: env!("CARGO_PKG_REPOSITORY"),
        },
        scopes,
    })
}

fn keys(members: &Map<String, Value>) -> Result<Source, String> {
    match (members.get("jwks"), text(members, "jwks_uri")?) {
        (Some(jwks), None) => Keys::configured(jwks.to_string().as_bytes())
            .map(Source::Here)
            .map_err(|problem| format!("\"jwks\": {problem}")),
        (None, Some(uri)) => secure("jwks_uri", &uri).map(Source::At),
        (Some(_), Some(_)) => Err("it has both \"jwks\" and \"jwks_uri\": remove one of the two".to_owned()),
        (None, None) => Err(format!("it needs \"jwks_uri\" or \"jwks\": write {EXAMPLE}")),
    }
}

fn secure(member: &str, text: &str) -> Result<Uri, String> {
    members::secure(text).ok_or_else(|| format!("{member:?} is {}: {text:?}", members::NOT_SECURE))
}

fn scopes(value: &Value) -> Result<Scopes, String> {
    let classes = Risk::ALL.map(Risk::name);
    let Some(members) = value.as_object().filter(|members| !members.is_empty()) else {
        return Err(
            "\"scopes\" is an object of scopes and risk classes, {\"mlflow:read\": \"low\"}".to_owned()
        );
    };
    let scope = |(name, class): (&String, &Value)| {
        if !members::is_scope(name) {
            return Err(format!("the scope {name:?} has characters that no scope has"));
        }
        let class = class.as_str().unwrap_or_default();
        let risk = Risk::find(class).ok_or_else(|| {
            format!(
                "the scope {name:?} admits no class {class:?}. {}",
                suggestion(class, "Risk classes", classes)
            )
        })?;
        Ok((name.clone(), risk))
    };
    members.iter().map(scope).collect::<Result<_, _>>().map(Scopes::new)
}

fn required(members: &Map<String, Value>, name: &str) -> Result<String, String> {
    members::required(members, name, EXAMPLE)
}

/// One text or several.
fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
    let all = value.as_array().map_or_else(|| vec![value.clone()], Clone::clone);
    let text = |one: Value| match one {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    };
    let texts: Option<Vec<String>> = all.into_iter().map(text).collect();
    texts.filter(|texts| !texts.is_empty()).ok_or_else(|| format!("{name:?} is a text, or a list of texts"))
}
