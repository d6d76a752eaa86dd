//! Any set of keys and any token: nothing fails, and nobody gets in who has no token that was signed.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use mlflow_mcp::oauth::Trust;
use mlflow_mcp_fuzz::tokens::{self, Recorded};

static RECORDED: LazyLock<Recorded> = LazyLock::new(Recorded::read);
static OURS: LazyLock<Option<Trust>> = LazyLock::new(|| tokens::trust(&RECORDED.keys));

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((keys, token)) = tokens::split(bytes) else { return Corpus::Reject };
    let trust = OURS.as_ref().expect("the recorded keys are right");
    // Who can make a token that was never recorded can sign.
    assert!(!tokens::admits(trust, token) || RECORDED.tokens.iter().any(|one| one.as_bytes() == token));
    // Keys of whoever made the token may let it in; they must not do harm.
    if let Some(trust) = tokens::trust(keys) {
        let _ = tokens::admits(&trust, token);
    }
    Corpus::Keep
});
