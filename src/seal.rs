//! What a client keeps for a server without state, so that nobody can change it on the way.
//!
//! 2026-07-28, `basic/patterns/mrtr`: `requestState` is written by whoever sends it, and what it decides must be
//! protected. A seal says that this server wrote the text, for this purpose. It does not hide the text, does not make
//! it single-use, and does not expire: who needs an end writes it into the text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Closes and opens texts with one key.
#[derive(Clone)]
pub struct Seal {
    mac: Hmac<Sha256>,
}

/// The text was changed, was sealed for another purpose, or with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl Seal {
    /// With a key made of this secret: 32 random bytes are a good one.
    #[must_use]
    pub fn of(secret: impl AsRef<[u8]>) -> Self {
        let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
        for (place, byte) in key.iter_mut().zip(Sha256::digest(secret)) {
            *place = byte;
        }
        Self { mac: <Hmac<Sha256> as Mac>::new(&key) }
    }

    /// The text with its seal. It opens only for the same purpose: name in it what the text is about, such as the
    /// tool and its arguments.
    #[must_use]
    pub fn close(&self, purpose: &str, text: &str) -> String {
        let tag = self.over(purpose, text).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(tag))
    }

    /// The text, if it was sealed by this key for this purpose.
    ///
    /// # Errors
    /// It was not; why, is nobody's business.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<String, Broken> {
        let (text, tag) = sealed.split_once('.').ok_or(Broken)?;
        let text = URL_SAFE_NO_PAD.decode(text).map_err(|_| Broken)?;
        let text = String::from_utf8(text).map_err(|_| Broken)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| Broken)?;
        // Takes the same time wherever the tags differ.
        self.over(purpose, &text).verify_slice(&tag).map_err(|_| Broken)?;
        Ok(text)
    }

    /// What no other text that this seal closed has: the same text for the same purpose is the same, whoever asked.
    #[must_use]
    pub fn mark(sealed: &str) -> &str {
        sealed.rsplit_once('.').map_or(sealed, |(_, tag)| tag)
    }

    /// The purpose counts with its length, so that it cannot flow into the text.
    fn over(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        let length = purpose.len() as u64;
        self.mac.clone().chain_update(length.to_le_bytes()).chain_update(purpose).chain_update(text)
    }
}

/// Never the key.
impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_the_same_purpose_with_the_same_key() {
        let sealed = Seal::of("secret").close("delete_run", r#"{"run_id":"ä"}"#);
        assert_eq!(Seal::of("secret").open("delete_run", &sealed), Ok(r#"{"run_id":"ä"}"#.to_owned()));
        assert_eq!(Seal::of("secret").open("delete_experiment", &sealed), Err(Broken));
        assert_eq!(Seal::of("other").open("delete_run", &sealed), Err(Broken));
    }

    #[test]
    fn purpose_and_text_do_not_flow_into_each_other() {
        let sealed = Seal::of("secret").close("ab", "c");
        let tag = sealed.split_once('.').map(|(_, tag)| tag).unwrap_or_default();
        let moved = format!("{}.{tag}", URL_SAFE_NO_PAD.encode("bc"));
        assert_eq!(Seal::of("secret").open("a", &moved), Err(Broken));
    }

    #[test]
    fn any_change_breaks_the_seal() {
        let seal = Seal::of("secret");
        let sealed = seal.close("p", "text");
        for at in 0..sealed.len() {
            for other in ["A", "B", "."] {
                let mut changed = sealed.clone();
                changed.replace_range(at..=at, other);
                assert!(changed == sealed || seal.open("p", &changed) == Err(Broken), "{changed}");
            }
        }
        for broken in ["", ".", "text", &sealed[..sealed.len() - 1], &format!("{sealed}-TAMPERED")] {
            assert_eq!(seal.open("p", broken), Err(Broken), "{broken:?}");
        }
    }
}
