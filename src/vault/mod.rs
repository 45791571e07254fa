//! Keys and what is done with them: personal data is sealed here, values are made findable without being readable,
//! and codes and tokens are made and checked.
//!
//! One [`KeyRing`] per deployment holds the long-lived keys; [`Vault`] is built from it once and shared by all.
//! Nothing here touches the database: callers seal before they write and open after they read.
//! `docs/data-protection.md` describes every format to the byte.

mod blind_index;
mod codes;
mod derive;
mod error;
mod file;
mod jwt;
mod key_ring;
mod key_ring_file;
mod key_ring_json;
mod random;
mod seal;
mod secret;
mod staff_mail;

pub use blind_index::IndexField;
pub use codes::{new_code, new_token, token_hash};
pub use error::VaultError;
pub use file::{CHUNK, FILE_HEADER, FileOpener, FileSealer, SEALED_CHUNK};
pub use jwt::JwtKey;
pub use key_ring::{Key, KeyFingerprint, KeyRing, Purpose};
pub use key_ring_file::KeyRingSource;
pub use seal::{Place, RequestKey, WrappedKey};

use std::collections::BTreeMap;
use std::fmt;

use secret::Secret;

/// The keys of a deployment, ready for use. Cheap to share, safe to use from many threads.
pub struct Vault {
    /// Keys that wrap request keys, by the id of the master key each comes from.
    wrapping: BTreeMap<String, Secret>,
    active_master: String,
    /// Keys from which those of staff mails come, by the id of the master key.
    staff_mails: BTreeMap<String, Secret>,
    index: Secret,
    code: Secret,
    /// They still check codes that were sent before a rotation.
    retired_codes: Vec<Secret>,
    fingerprints: Secret,
    jwt: JwtKey,
}

impl Vault {
    /// Derives the working keys from a ring.
    ///
    /// # Errors
    /// When the ring lacks an active key of some purpose, which no ring that was loaded or generated does.
    pub fn new(ring: &KeyRing) -> Result<Self, VaultError> {
        let code_key = |key: &Key| derive::subkey(&key.secret, "otinish.code-key.v1", &[]);
        let active_code = ring.active(Purpose::Code)?;
        Ok(Self {
            wrapping: ring
                .all(Purpose::Master)
                .map(|key| (key.id.clone(), derive::subkey(&key.secret, "otinish.wrap-key.v1", &[])))
                .collect(),
            staff_mails: ring
                .all(Purpose::Master)
                .map(|key| (key.id.clone(), derive::subkey(&key.secret, "otinish.staff-mail-key.v1", &[])))
                .collect(),
            active_master: ring.active(Purpose::Master)?.id.clone(),
            index: ring.active(Purpose::Index)?.secret.clone(),
            code: code_key(active_code),
            retired_codes: ring.all(Purpose::Code).filter(|key| key.retired).map(code_key).collect(),
            fingerprints: derive::subkey(&active_code.secret, "otinish.fingerprint-key.v1", &[]),
            jwt: JwtKey::new(ring.active(Purpose::Jwt)?),
        })
    }

    /// The key that signs access tokens.
    #[must_use]
    pub fn jwt_key(&self) -> &JwtKey {
        &self.jwt
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vault").field("active_master", &self.active_master).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
