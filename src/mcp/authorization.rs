//! Who asks, and what is said to those who must say so first: 401, 403 and `WWW-Authenticate` (RFC 6750, RFC 9728).

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::callers::{self, Callers, Stranger};
use super::narrowing::{self, Narrowing};
use super::tokens::{ProtectedResource, Refused, Tokens, WELL_KNOWN};
use super::transport::refuse;

/// Somebody who may ask.
#[derive(Debug)]
pub(super) struct Known {
    /// The name.
    pub(super) name: String,
    /// What is left of what the server lets everybody do.
    pub(super) narrowings: Vec<Narrowing>,
}

/// Who calls, where callers are told apart. A token that is one of a list's is that caller's, whatever it looks like;
/// every other has to be the authorization server's.
pub(super) async fn caller(
    listed: Option<&Callers>,
    tokens: Option<&dyn Tokens>,
    headers: &HeaderMap,
) -> Result<Option<Known>, Response<Bytes>> {
    if listed.is_none() && tokens.is_none() {
        return Ok(None);
    }
    let resource = tokens.map(Tokens::resource);
    let token = callers::token(headers).map_err(|stranger| unidentified(stranger, resource))?;
    if let Some(caller) = listed.and_then(|listed| listed.find(token)) {
        return Ok(Some(Known { name: caller.name.clone(), narrowings: caller.narrowings.clone() }));
    }
    let Some(tokens) = tokens else { return Err(unidentified(Stranger::Unknown, None)) };
    match tokens.holder(token).await {
        Ok(holder) => {
            Ok(Some(Known { name: holder.name, narrowings: holder.narrowing.into_iter().collect() }))
        }
        Err(Refused::Invalid(problem)) => Err(invalid(problem, tokens.resource())),
        Err(Refused::Insufficient { scope }) => Err(beyond(
            refuse(StatusCode::FORBIDDEN, "the token has no scope for this server"),
            &scope,
            tokens.resource(),
        )),
        Err(Refused::Unchecked(problem)) => {
            let message = format!("no token can be checked now: {problem}");
            Err(refuse(StatusCode::SERVICE_UNAVAILABLE, &message))
        }
    }
}

/// Who sent no token is told no error (RFC 6750, section 3.1).
fn unidentified(stranger: Stranger, resource: Option<&ProtectedResource>) -> Response<Bytes> {
    let (message, error) = match stranger {
        Stranger::Silent => {
            ("say who calls: send Authorization: Bearer and the token that you were given", None)
        }
        Stranger::Unknown => ("this token is of none of the callers of this server", Some("invalid_token")),
    };
    let parameters = error.map(|error| format!("error=\"{error}\""));
    challenged(refuse(StatusCode::UNAUTHORIZED, message), parameters.into_iter(), resource)
}

fn invalid(problem: &'static str, resource: &ProtectedResource) -> Response<Bytes> {
    let parameters =
        ["error=\"invalid_token\"".to_owned(), format!("error_description=\"{problem}\"")].into_iter();
    challenged(refuse(StatusCode::UNAUTHORIZED, problem), parameters, Some(resource))
}

/// The response with what a client needs to ask for a wider scope (RFC 6750, section 3.1; 2026-07-28,
/// `basic/authorization`, "Scope Challenge Handling").
pub(super) fn beyond(
    response: Response<Bytes>,
    scope: &str,
    resource: &ProtectedResource,
) -> Response<Bytes> {
    let parameters = ["error=\"insufficient_scope\"".to_owned(), format!("scope=\"{scope}\"")].into_iter();
    challenged(response, parameters, Some(resource))
}

fn challenged(
    mut response: Response<Bytes>,
    parameters: impl Iterator<Item = String>,
    resource: Option<&ProtectedResource>,
) -> Response<Bytes> {
    let document = resource.map(|resource| format!("resource_metadata=\"{}\"", resource.document_url()));
    let parameters: Vec<String> = parameters.chain(document).collect();
    let challenge = format!("Bearer {}", parameters.join(", "));
    // What is in it was checked when it was configured: all of it is visible ASCII without quotation marks.
    let value = HeaderValue::try_from(challenge.trim_end());
    response
        .headers_mut()
        .insert(WWW_AUTHENTICATE, value.unwrap_or_else(|_| HeaderValue::from_static("Bearer")));
    response
}

/// Whether the document about this server is asked for: as RFC 9728 has it, and for each path of the endpoint, since
/// clients ask for the path that they were given.
pub(super) fn is_document(path: &str, resource: &ProtectedResource) -> bool {
    path.strip_prefix(WELL_KNOWN).is_some_and(|below| {
        below.is_empty() || below == resource.path() || narrowing::of_path(below).is_some()
    })
}
