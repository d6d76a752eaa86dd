//! Callers with tokens of an OAuth 2.1 authorization server: whose they are, and what they leave to be done.
//!
//! ```text
//! bearer token ── token ── key ── claims ── scopes ── Holder
//!                 (JWS)   (JWK)   (JWT)     (risk)
//! ```
//!
//! Tokens are JSON Web Tokens in the compact form (RFC 7519, RFC 9068), checked here, within the sandbox, so that it
//! holds on every host. In this order, and what comes later is not looked at before: form, algorithm, key, signature,
//! claims. The algorithm is the key's, never the token's choice (RFC 8725, section 3.1).

pub mod claims;
mod fetch;
pub mod jwk;
mod members;
mod rsa;
pub mod scopes;
mod signature;
mod token;
mod verifier;

pub use claims::Expected;
pub use jwk::Keys;
pub use scopes::Scopes;
pub use verifier::Verifier;

use http::Uri;

use crate::mcp::ProtectedResource;

/// Whose tokens are taken, for whom they must be, and what they let their holders do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// What clients are told of this server.
    pub resource: ProtectedResource,
    /// What must be in a token.
    pub expected: Expected,
    /// Where the keys of the authorization server are.
    pub keys: Source,
    /// What each scope admits. Without, a token for this server is enough.
    pub scopes: Option<Scopes>,
}

/// Where keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the configuration.
    Here(Keys),
    /// At a URL of the authorization server.
    At(Uri),
}
