//! What is true of every change to a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::{right, status, trust};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_token_with_any_bit_flipped_is_refused(
        name in prop::sample::select(vec!["rs256", "es256"]),
        part in 0..3_usize,
        place in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let mut parts: Vec<String> = right(name).split('.').map(str::to_owned).collect();
        let mut bytes = URL_SAFE_NO_PAD.decode(&parts[part]).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        parts[part] = URL_SAFE_NO_PAD.encode(bytes);
        prop_assert_eq!(status(&trust(), &parts.join(".")), 401);
    }

    #[test]
    fn a_token_with_any_character_changed_is_refused(
        name in prop::sample::select(vec!["rs256", "es256"]),
        place in any::<prop::sample::Index>(),
        other in "[ -~]",
    ) {
        let token = right(name);
        let place = place.index(token.len());
        prop_assume!(token[place..=place] != other);
        let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
        // A space at an end is not of the token.
        prop_assume!(changed.trim() == changed);
        prop_assert_eq!(status(&trust(), &changed), 401);
    }

    #[test]
    fn whatever_else_is_sent_as_a_token_is_refused(text in "[!-~]{1,300}", dots in "([A-Za-z0-9_-]{0,40}\\.){1,4}[A-Za-z0-9_-]{0,40}") {
        prop_assert_eq!(status(&trust(), &text), 401);
        prop_assert_eq!(status(&trust(), &dots), 401);
    }
}
