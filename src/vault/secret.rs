//! 32 secret bytes.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::VaultError;
use super::random::Fill;

/// Length of every symmetric key and seed, in bytes.
pub(super) const LENGTH: usize = 32;

/// A key. Wiped when it is dropped, never shown; boxed, so that moving it leaves no copy behind.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Secret(Box<[u8; LENGTH]>);

impl Secret {
    /// A new one from `fill`.
    pub(super) fn random(fill: Fill<'_>) -> Result<Self, VaultError> {
        let mut secret = Self(Box::new([0; LENGTH]));
        fill(secret.0.as_mut_slice())?;
        Ok(secret)
    }

    /// One from bytes that came from elsewhere; `None` when their number is wrong.
    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        <&[u8; LENGTH]>::try_from(bytes).ok().map(Self::from)
    }

    /// The bytes, for a cipher or a hash.
    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl From<&[u8; LENGTH]> for Secret {
    fn from(bytes: &[u8; LENGTH]) -> Self {
        let mut secret = Self(Box::new([0; LENGTH]));
        secret.0.copy_from_slice(bytes);
        secret
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}
