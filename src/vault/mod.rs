//! Keys and what is done with them: personal data is sealed here, values are made findable without being readable,
//! and codes and tokens are made and checked.
//!
//! One [`KeyRing`] per deployment holds the long-lived keys; [`Vault`] is built from it once and shared by all.
//! Nothing here touches the database: callers seal before they write and open after they read.
//! `docs/data-protection.md` describes every format to the byte.

mod audit_key;
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
mod watch;

pub use audit_key::is_signed_by;
pub use blind_index::IndexField;
pub use codes::{new_code, new_token, token_hash};
pub use error::VaultError;
pub use file::{CHUNK, FILE_HEADER, FileOpener, FileSealer, SEALED_CHUNK};
pub use jwt::JwtKey;
pub use key_ring::{Key, KeyFingerprint, KeyRing, Purpose};
pub use key_ring_file::KeyRingSource;
pub use seal::{Place, RequestKey, WrappedKey};
pub use staff_mail::staff_prefix;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use audit_key::AuditKey;
use chrono::{DateTime, Utc};
use secret::Secret;
use watch::Watch;

/// The working keys of one ring.
struct Keys {
    /// Keys that wrap request keys, by the id of the master key each comes from.
    wrapping: BTreeMap<String, Secret>,
    active_master: String,
    /// When the active master key was made.
    active_since: DateTime<Utc>,
    /// Keys from which those of staff mails come, by the id of the master key.
    staff_mails: BTreeMap<String, Secret>,
    index: Secret,
    code: Secret,
    /// They still check codes that were sent before a rotation.
    retired_codes: Vec<Secret>,
    fingerprints: Secret,
    jwt: Arc<JwtKey>,
    /// The keys that sign checkpoints, the active one first.
    audit: Vec<AuditKey>,
    /// By what the ring is known again when it is read anew.
    known: Vec<(KeyFingerprint, bool)>,
}

impl Keys {
    fn new(ring: &KeyRing) -> Result<Self, VaultError> {
        let code_key = |key: &Key| derive::subkey(&key.secret, "otinish.code-key.v1", &[]);
        let (active_master, active_code) = (ring.active(Purpose::Master)?, ring.active(Purpose::Code)?);
        let mut audit: Vec<&Key> = ring.all(Purpose::Audit).collect();
        audit.sort_by_key(|key| key.retired);
        Ok(Self {
            wrapping: ring
                .all(Purpose::Master)
                .map(|key| (key.id.clone(), derive::subkey(&key.secret, "otinish.wrap-key.v1", &[])))
                .collect(),
            staff_mails: ring
                .all(Purpose::Master)
                .map(|key| (key.id.clone(), derive::subkey(&key.secret, "otinish.staff-mail-key.v1", &[])))
                .collect(),
            active_master: active_master.id.clone(),
            active_since: active_master.created_at,
            index: ring.active(Purpose::Index)?.secret.clone(),
            code: code_key(active_code),
            retired_codes: ring.all(Purpose::Code).filter(|key| key.retired).map(code_key).collect(),
            fingerprints: derive::subkey(&active_code.secret, "otinish.fingerprint-key.v1", &[]),
            jwt: Arc::new(JwtKey::new(ring.active(Purpose::Jwt)?)),
            audit: audit.into_iter().map(AuditKey::new).collect(),
            known: ring.fingerprints().into_iter().zip(ring.keys().iter().map(|key| key.retired)).collect(),
        })
    }
}

/// The keys of a deployment, ready for use. Cheap to share, safe to use from many threads.
///
/// The ring's file is looked at again whenever a key is needed, so that a process that runs takes over what `otinish keys` changed.
pub struct Vault {
    keys: RwLock<Arc<Keys>>,
    watch: Option<Watch>,
}

impl Vault {
    /// Derives the working keys from a ring, once and for all.
    ///
    /// # Errors
    /// When the ring lacks an active key of some purpose, which no ring that was loaded or generated does.
    pub fn new(ring: &KeyRing) -> Result<Self, VaultError> {
        Ok(Self { keys: RwLock::new(Arc::new(Keys::new(ring)?)), watch: None })
    }

    /// The same for a ring that came from `source`, whose changes are taken over.
    ///
    /// # Errors
    /// As [`Vault::new`].
    pub fn watching(ring: &KeyRing, source: &KeyRingSource) -> Result<Self, VaultError> {
        let watch = match source {
            KeyRingSource::File(path) => Some(Watch::new(path)),
            KeyRingSource::Inline(_) => None,
        };
        Ok(Self { watch, ..Self::new(ring)? })
    }

    /// The key that signs access tokens.
    #[must_use]
    pub fn jwt_key(&self) -> Arc<JwtKey> {
        Arc::clone(&self.keys().jwt)
    }

    /// The keys as they are now.
    fn keys(&self) -> Arc<Keys> {
        let current = || Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(newer) = self.watch.as_ref().and_then(|watch| watch.changed(&current())) {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
        }
        current()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vault").field("active_master", &self.keys().active_master).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
