//! From a token to its holder.

use super::claims::Claims;
use super::fetch;
use super::token::Token;
use super::{Source, Trust};
use crate::mcp::narrowing::{Narrowing, To};
use crate::mcp::tokens::Checking;
use crate::mcp::{Holder, ProtectedResource, Refused, Tokens};
use crate::port::Ports;
use crate::spec::Risk;

/// What names of holders begin with. No caller of a list has such a name.
const KIND: &str = "oauth:";

/// What holders are left less by.
const SOURCE: &str = "the scope of the token";

const NO_KEY: &str = "the token is not signed by a key of the authorization server";

/// Checks tokens.
pub struct Verifier<'a> {
    trust: &'a Trust,
    ports: Ports<'a>,
}

impl<'a> Verifier<'a> {
    /// Checks tokens by this configuration; keys come by these ports.
    #[must_use]
    pub fn new(trust: &'a Trust, ports: Ports<'a>) -> Self {
        Self { trust, ports }
    }

    async fn check(&self, text: &[u8]) -> Result<Holder, Refused> {
        let token = Token::parse(text).map_err(Refused::Invalid)?;
        match self.signed(&token).await? {
            None => return Err(Refused::Invalid(NO_KEY)),
            Some(false) => return Err(Refused::Invalid("the token's signature is wrong")),
            Some(true) => {}
        }
        let claims = self.trust.expected.check(&token.claims, self.ports.clock.wall());
        self.holder(claims.map_err(Refused::Invalid)?)
    }

    /// Whether one of the keys signed it; `None` if none can have.
    async fn signed(&self, token: &Token<'_>) -> Result<Option<bool>, Refused> {
        let key = token.key.as_deref();
        match &self.trust.keys {
            Source::Here(keys) => Ok(keys.signed(&token.algorithm, key, token.signed, &token.signature)),
            Source::At(uri) => {
                let fetched = fetch::keys(&self.ports, uri).await.map_err(Refused::Unchecked)?;
                let found = fetched.keys.signed(&token.algorithm, key, token.signed, &token.signature);
                if found.is_some() || !fetched.may_have_changed() {
                    return Ok(found);
                }
                let newer = fetch::newer(&self.ports, uri).await.map_err(Refused::Unchecked)?;
                Ok(newer.keys.signed(&token.algorithm, key, token.signed, &token.signature))
            }
        }
    }

    fn holder(&self, Claims { name, scopes }: Claims) -> Result<Holder, Refused> {
        let name = format!("{KIND}{name}");
        let Some(known) = &self.trust.scopes else { return Ok(Holder { name, narrowing: None }) };
        let ceiling = known.ceiling(&scopes).ok_or_else(|| Refused::Insufficient {
            scope: known.admitting(Risk::Low).unwrap_or_default().to_owned(),
        })?;
        let narrowing = Narrowing { source: SOURCE, to: To::UpTo(ceiling.name().to_owned()) };
        Ok(Holder { name, narrowing: Some(narrowing) })
    }
}

impl Tokens for Verifier<'_> {
    fn resource(&self) -> &ProtectedResource {
        &self.trust.resource
    }

    fn holder<'t>(&'t self, token: &'t [u8]) -> Checking<'t> {
        Box::pin(self.check(token))
    }
}
