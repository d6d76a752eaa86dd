//! The variable with the key that approvals are sealed with.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{ConfigError, SEAL_KEY, set};
use crate::seal::Seal;

/// The fewest bytes of a key: no fewer than its digest has.
const FEWEST: usize = 32;

/// How to make a key, in words for operators.
pub const HOW_TO_MAKE_A_KEY: &str = "32 random bytes or more in hex or base64, the same for all instances, for instance of `openssl rand -hex 32`";

/// The seal, if there is a key.
pub(super) fn read(variable: &impl Fn(&str) -> Option<String>) -> Result<Option<Seal>, ConfigError> {
    let Some(text) = set(variable, SEAL_KEY) else { return Ok(None) };
    match hex(&text).or_else(|| base64(&text)) {
        Some(key) if key.len() >= FEWEST => Ok(Some(Seal::of(key))),
        Some(key) => Err(wrong(&format!("has only {} bytes", key.len()))),
        None => Err(wrong("is neither hex nor base64")),
    }
}

/// Never the value.
fn wrong(problem: &str) -> ConfigError {
    ConfigError::new(SEAL_KEY, format!("{problem}: write {HOW_TO_MAKE_A_KEY}"))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

/// In either alphabet, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decode = |alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok();
    decode(&STANDARD).or_else(|| decode(&URL_SAFE))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn seal(text: &str) -> Result<Option<Seal>, ConfigError> {
        read(&|name| (name == SEAL_KEY).then(|| text.to_owned()))
    }

    #[test]
    fn the_same_bytes_are_the_same_key_however_they_are_spelt() {
        let sealed = Seal::of([0xfb; 32]).close("p", "text");
        for text in [
            "fb".repeat(32),
            "FB".repeat(32),
            "+/v7".repeat(10) + "+/s=",
            "-_v7".repeat(10) + "-_s=",
            "-_v7".repeat(10) + "-_s",
        ] {
            let seal = seal(&text).unwrap().unwrap();
            assert_eq!(seal.open("p", &sealed), Ok("text".to_owned()), "{text}");
        }
        assert!(seal(" ").unwrap().is_none());
    }

    #[test]
    fn a_key_that_could_be_guessed_is_refused_without_being_shown() {
        for text in ["hunter2", "hunter2-hunter2-hunter2-hunter2-hunter2!", &"ab".repeat(31), &"x".repeat(41)]
        {
            let error = seal(text).unwrap_err().to_string();
            assert!(error.contains(SEAL_KEY) && error.contains("openssl rand -hex 32"), "{error}");
            assert!(!error.contains(text), "{error}");
        }
    }
}
