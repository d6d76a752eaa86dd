//! Bearer tokens of an authorization server (OAuth 2.1), as far as the protocol is concerned: who can tell whose they
//! are, and what clients are told of where to get one (RFC 9728).

use std::future::Future;
use std::pin::Pin;

use super::json::{Json, Members};
use super::narrowing::Narrowing;

/// Where the document about a resource stands (RFC 9728, section 3): before the resource's own path.
pub(super) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Somebody who can tell whose a token is.
pub trait Tokens {
    /// What clients are told of this server.
    fn resource(&self) -> &ProtectedResource;

    /// Whose this token is.
    fn holder<'a>(&'a self, token: &'a [u8]) -> Checking<'a>;
}

/// A token being looked at.
pub type Checking<'a> = Pin<Box<dyn Future<Output = Result<Holder, Refused>> + 'a>>;

/// The holder of a token that is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// A name that nobody has who is known in another way.
    pub name: String,
    /// What the token leaves of what the server lets everybody do.
    pub narrowing: Option<Narrowing>,
}

/// Why a token is not enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not right; says what is not, and nothing of what is in it.
    Invalid(&'static str),
    /// It is right, and has no scope that admits anything here.
    Insufficient {
        /// The scope that would.
        scope: String,
    },
    /// Nobody can tell now; says why, for the operator.
    Unchecked(String),
}

/// A server as OAuth knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedResource {
    /// Its URL, as people give it to their clients; absolute, without query or fragment.
    pub url: String,
    /// The issuer identifier of the authorization server.
    pub issuer: String,
    /// The scopes that mean something here.
    pub scopes: Vec<String>,
    /// Its name for people.
    pub name: &'static str,
    /// Where people read about it.
    pub documentation: &'static str,
}

impl ProtectedResource {
    /// Where its document is (RFC 9728, section 3.1).
    #[must_use]
    pub fn document_url(&self) -> String {
        let (origin, path) = self.url.split_at(self.url.len() - self.path().len());
        format!("{origin}{WELL_KNOWN}{}", path.trim_end_matches('/'))
    }

    /// The path of its URL, empty or from the first slash on.
    pub(super) fn path(&self) -> &str {
        let host = self.url.find("://").map_or(0, |scheme| scheme + 3);
        self.url[host..].find('/').map_or("", |slash| &self.url[host + slash..])
    }

    /// Its document (RFC 9728, section 2).
    #[must_use]
    pub fn document(&self) -> Json {
        let document = Members::new()
            .with("resource", &self.url)
            .with("authorization_servers", &[&self.issuer])
            .with("bearer_methods_supported", &["header"])
            .with("resource_name", self.name)
            .with("resource_documentation", self.documentation);
        let document =
            if self.scopes.is_empty() { document } else { document.with("scopes_supported", &self.scopes) };
        document.into()
    }
}
