//! The key that signs checkpoints of the audit (Ed25519).

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::Vault;
use super::key_ring::Key;

/// A key that signs checkpoints. A retired one signs nothing new, but what it signed stays checkable as long as it is in the ring.
pub(super) struct AuditKey {
    id: String,
    retired: bool,
    signing: SigningKey,
}

impl AuditKey {
    pub(super) fn new(key: &Key) -> Self {
        Self { id: key.id.clone(), retired: key.retired, signing: SigningKey::from_bytes(key.secret.bytes()) }
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AuditKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Vault {
    /// The id of the key that signs checkpoints; none for a ring that has no such key.
    #[must_use]
    pub fn audit_key_id(&self) -> Option<String> {
        self.keys().audit.iter().find(|key| !key.retired).map(|key| key.id.clone())
    }

    /// Signs `bytes` with the key `id`, if that is still the one that signs.
    #[must_use]
    pub fn sign_checkpoint(&self, id: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        let keys = self.keys();
        let key = keys.audit.iter().find(|key| !key.retired && key.id == id)?;
        Some(key.signing.sign(bytes).to_bytes().to_vec())
    }

    /// The ids and public keys (32 bytes) of all keys that sign or signed checkpoints, the active one first.
    #[must_use]
    pub fn audit_public_keys(&self) -> Vec<(String, [u8; 32])> {
        self.keys().audit.iter().map(|key| (key.id.clone(), key.signing.verifying_key().to_bytes())).collect()
    }
}

/// Whether `signature` over `bytes` was made with the key whose public half is `public_key`.
#[must_use]
pub fn is_signed_by(public_key: &[u8; 32], bytes: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public_key) else { return false };
    let Ok(signature) = Signature::from_slice(signature) else { return false };
    key.verify_strict(bytes, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{KeyRing, Purpose};
    use chrono::DateTime;

    #[test]
    fn a_signature_holds_for_its_bytes_and_its_key_only_also_after_a_rotation() {
        let ring = KeyRing::generate(DateTime::UNIX_EPOCH).unwrap();
        let vault = Vault::new(&ring).unwrap();
        let id = vault.audit_key_id().unwrap();
        let signature = vault.sign_checkpoint(&id, b"body").unwrap();
        let public = vault.audit_public_keys()[0].1;
        assert!(is_signed_by(&public, b"body", &signature));
        assert!(!is_signed_by(&public, b"bodi", &signature));
        assert!(!is_signed_by(&public, b"body", &signature[1..]));
        let other = Vault::new(&KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()).unwrap();
        assert!(!is_signed_by(&other.audit_public_keys()[0].1, b"body", &signature));

        let rotated = Vault::new(&ring.rotated(Purpose::Audit, DateTime::UNIX_EPOCH).unwrap()).unwrap();
        assert_ne!(rotated.audit_key_id().unwrap(), id);
        assert!(rotated.sign_checkpoint(&id, b"body").is_none(), "a retired key signs nothing new");
        assert!(rotated.audit_public_keys().contains(&(id, public)));
    }
}
