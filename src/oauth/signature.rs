//! Public keys, each with the one algorithm that it is for.

use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::EncodedPoint;

use super::rsa;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// For RS256.
    Rsa(rsa::PublicKey),
    /// For ES256.
    P256(Box<VerifyingKey>),
}

impl PublicKey {
    /// The key of this point, or what is wrong with it.
    pub(super) fn of_point(x: &[u8], y: &[u8]) -> Result<Self, &'static str> {
        let (Ok(x), Ok(y)) = (<[u8; 32]>::try_from(x), <[u8; 32]>::try_from(y)) else {
            return Err("x and y of a P-256 key have 32 bytes");
        };
        let point = EncodedPoint::<p256::NistP256>::from_affine_coordinates(&x.into(), &y.into(), false);
        let key = VerifyingKey::from_encoded_point(&point).map_err(|_| "its point is not on P-256")?;
        Ok(Self::P256(Box::new(key)))
    }

    /// The name of its algorithm (RFC 7518, section 3.1).
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    /// Whether it signed the message.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => key.signed(message, signature),
            // Two numbers of 32 bytes (RFC 7518, section 3.4); not the DER that other formats have.
            Self::P256(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}
