//! What the fuzz target `token` is made of: keys and tokens out of bytes, and the recorded ones.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use mlflow_mcp::config;
use mlflow_mcp::mcp::Tokens as _;
use mlflow_mcp::oauth::{Trust, Verifier};
use serde_json::{Value, json};

use crate::input::SEPARATOR;
use crate::world;

/// Keys and tokens of `tests/fixtures/tokens.json`.
#[derive(Debug)]
pub struct Recorded {
    /// A set of keys.
    pub keys: String,
    /// The tokens that are signed with one of them.
    pub tokens: Vec<String>,
}

impl Recorded {
    /// Reads them.
    #[must_use]
    pub fn read() -> Self {
        let recorded: Value =
            serde_json::from_str(include_str!("../../tests/fixtures/tokens.json")).unwrap_or_default();
        let keys = ["rsa", "large", "curve"].map(|name| &recorded["keys"][name]);
        let tokens = recorded["right"].as_object().into_iter().flat_map(|tokens| tokens.values());
        Self {
            keys: json!({"keys": keys}).to_string(),
            tokens: tokens.filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }
}

/// A set of keys, and a token.
#[must_use]
pub fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let place = bytes.windows(SEPARATOR.len()).position(|window| window == SEPARATOR)?;
    Some((std::str::from_utf8(&bytes[..place]).ok()?, &bytes[place + SEPARATOR.len()..]))
}

/// The trust in these keys, if they are right.
#[must_use]
pub fn trust(keys: &str) -> Option<Trust> {
    let text =
        format!(r#"{{"resource": "https://mcp.test/mcp", "issuer": "https://idp.test", "jwks": {keys}}}"#);
    config::read(&|name: &str| (name == "MLFLOW_MCP_OAUTH").then(|| text.clone())).oauth
}

/// Whether the token lets its holder in.
#[must_use]
pub fn admits(trust: &Trust, token: &[u8]) -> bool {
    world::with_ports(|ports| {
        let verifier = Verifier::new(trust, ports);
        let mut checking = pin!(verifier.holder(token));
        match checking.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome.is_ok(),
            Poll::Pending => panic!("keys that are there are waited for"),
        }
    })
}
