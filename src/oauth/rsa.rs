//! RSASSA-PKCS1-v1_5 with SHA-256, the verifying half alone (RFC 8017, section 8.2.2).
//!
//! Nothing here is secret, so nothing need take the same time. What a signature must open to is built and compared whole;
//! nothing is parsed, which is what forged padding lives on.

use p256::elliptic_curve::bigint::modular::runtime_mod::{DynResidue, DynResidueParams};
use p256::elliptic_curve::bigint::{Limb, U2048, U4096, Uint};
use sha2::{Digest as _, Sha256};

/// The sizes of a modulus, in bits. Shorter ones can be factored (NIST SP 800-131A); longer ones nobody publishes.
const BITS: std::ops::RangeInclusive<u32> = 2048..=4096;

/// The one exponent, 65537, as it is written. Every authorization server uses it.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// What stands before the hash: the DER of `DigestInfo` for SHA-256 (RFC 8017, section 9.2, note 1).
const SHA256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// A public key: its modulus, big-endian, without zeros in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicKey(Vec<u8>);

impl PublicKey {
    /// The key of this modulus and exponent, or what is wrong with it.
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, &'static str> {
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        let modulus = &modulus[zeros..];
        let bits = modulus.first().map_or(0, |first| 8 * modulus.len() as u32 - first.leading_zeros());
        if !BITS.contains(&bits) {
            return Err("an RSA key has from 2048 to 4096 bits");
        }
        if modulus.last().is_none_or(|last| last % 2 == 0) {
            return Err("the modulus of an RSA key is odd");
        }
        if exponent != EXPONENT {
            return Err("the exponent of an RSA key is 65537, AQAB");
        }
        Ok(Self(modulus.to_vec()))
    }

    /// Whether it signed the message.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let Self(modulus) = self;
        if signature.len() != modulus.len() {
            return false;
        }
        let expected = encoded(message, modulus.len());
        // Half the digits take a fifth of the time.
        if modulus.len() <= 256 {
            opens::<{ U2048::LIMBS }>(modulus, signature, &expected)
        } else {
            opens::<{ U4096::LIMBS }>(modulus, signature, &expected)
        }
    }
}

/// EMSA-PKCS1-v1_5 of a message, in so many bytes (RFC 8017, section 9.2).
fn encoded(message: &[u8], length: usize) -> Vec<u8> {
    let hash = Sha256::digest(message);
    let mut encoded = vec![0xff; length.saturating_sub(SHA256.len() + hash.len() + 1)];
    encoded[..2].copy_from_slice(&[0, 1]);
    encoded.push(0);
    encoded.extend_from_slice(&SHA256);
    encoded.extend_from_slice(&hash);
    encoded
}

/// Whether the signature to the power of 65537 is what was expected.
fn opens<const LIMBS: usize>(modulus: &[u8], signature: &[u8], expected: &[u8]) -> bool {
    let (modulus, signature) = (number::<LIMBS>(modulus), number::<LIMBS>(signature));
    if signature >= modulus {
        return false;
    }
    let base = DynResidue::new(&signature, DynResidueParams::new(&modulus));
    let mut power = base;
    for _ in 0..16 {
        power = power.square();
    }
    (power * base).retrieve() == number(expected)
}

/// The number of at most so many big-endian bytes.
fn number<const LIMBS: usize>(bytes: &[u8]) -> Uint<LIMBS> {
    let mut padded = vec![0; LIMBS * Limb::BYTES];
    let start = padded.len() - bytes.len();
    padded[start..].copy_from_slice(bytes);
    Uint::from_be_slice(&padded)
}
