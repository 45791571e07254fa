//! The key that signs access tokens (Ed25519, in tokens `EdDSA`).

use std::fmt;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use zeroize::Zeroizing;

use super::VaultError;
use super::key_ring::Key;

/// The active signing key. A retired one neither signs nor verifies: access tokens live for minutes, and who holds
/// one from before a rotation gets a new one by the refresh token.
pub struct JwtKey {
    id: String,
    signing: SigningKey,
}

impl JwtKey {
    pub(super) fn new(key: &Key) -> Self {
        Self { id: key.id.clone(), signing: SigningKey::from_bytes(key.secret.bytes()) }
    }

    /// The key's id, for the token's `kid`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key itself.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// The private key as PKCS#8 in DER, wiped when dropped.
    ///
    /// # Errors
    /// When it cannot be written so, which no valid key causes.
    pub fn pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let document =
            self.signing.to_pkcs8_der().map_err(|_| VaultError::Shape { place: format!("the key {}", self.id) })?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }

    /// The public key, 32 raw bytes.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("JwtKey").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::vault::{KeyRing, Vault};
    use ed25519_dalek::pkcs8::DecodePrivateKey;
    use ed25519_dalek::{Signer, SigningKey, Verifier, VerifyingKey};

    #[test]
    fn the_pkcs8_form_signs_what_the_raw_public_key_verifies() {
        let vault = Vault::new(&KeyRing::generate(chrono::DateTime::UNIX_EPOCH).unwrap()).unwrap();
        let key = vault.jwt_key();
        let signature = SigningKey::from_pkcs8_der(&key.pkcs8_der().unwrap()).unwrap().sign(b"header.claims");
        VerifyingKey::from_bytes(&key.public_key()).unwrap().verify(b"header.claims", &signature).unwrap();
        assert!(key.id().starts_with("jwt-"));
        let shown = format!("{vault:?} {key:?}");
        assert!(!shown.contains("secret") && !shown.contains("signing"), "{shown}");
    }
}
