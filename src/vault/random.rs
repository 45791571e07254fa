//! Randomness of the operating system, handed on as a function so that tests can let it fail.

use super::VaultError;

/// Fills a buffer with random bytes.
pub(super) type Fill<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), VaultError>;

/// Fills `bytes` from the operating system.
pub(super) fn system(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(bytes).map_err(VaultError::Randomness)
}

#[cfg(test)]
pub(super) fn broken(_: &mut [u8]) -> Result<(), VaultError> {
    Err(VaultError::Randomness(getrandom::Error::UNSUPPORTED))
}
