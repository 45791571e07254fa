//! The long-lived keys of a deployment and what must hold between them and the database.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::random::{self, Fill};
use super::secret::Secret;
use super::{VaultError, derive};

crate::vocabulary! {
    /// What a key is for.
    Purpose {
        /// Wraps the keys of requests.
        Master = "master",
        /// Makes blind indexes.
        Index = "index",
        /// Hashes codes and makes keyed fingerprints.
        Code = "code",
        /// Signs access tokens.
        Jwt = "jwt",
        /// Signs checkpoints of the audit.
        Audit = "audit",
    }
}

/// One key of a ring. Its bytes stay inside the vault.
#[derive(Debug, Clone)]
pub struct Key {
    /// The name, unique within the ring: 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// A retired key still opens what it sealed but seals nothing new.
    pub retired: bool,
    pub(super) secret: Secret,
}

/// By what the database knows a key again: a hash that tells nothing about the key's bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyFingerprint {
    /// The key's id.
    pub id: String,
    /// What the key is for.
    pub purpose: Purpose,
    /// The first 16 bytes of a SHA-256 over purpose, id and key, as 32 hexadecimal digits.
    pub fingerprint: String,
}

/// All keys of a deployment: of each purpose exactly one active key and any number of retired ones. Only the key of the audit may
/// be missing, in a ring from before there were checkpoints.
#[derive(Debug, Clone)]
pub struct KeyRing {
    keys: Vec<Key>,
    /// Where it came from, for messages.
    origin: String,
}

impl KeyRing {
    /// A new ring with one key of each purpose.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate(now: DateTime<Utc>) -> Result<Self, VaultError> {
        Self::generate_from(now, &mut random::system)
    }

    fn generate_from(now: DateTime<Utc>, fill: Fill<'_>) -> Result<Self, VaultError> {
        let keys = Purpose::ALL.iter().map(|purpose| new_key(*purpose, now, fill)).collect::<Result<_, _>>()?;
        Ok(Self { keys, origin: "the new key ring".to_owned() })
    }

    /// A ring of keys that came from `origin`, if they make one.
    pub(super) fn of(keys: Vec<Key>, origin: &str) -> Result<Self, VaultError> {
        let ring = Self { keys, origin: origin.to_owned() };
        match ring.flaw() {
            None => Ok(ring),
            Some(problem) => Err(ring.malformed(problem)),
        }
    }

    /// All keys, without their bytes.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The keys by which the database knows this ring again. They are no secret.
    #[must_use]
    pub fn fingerprints(&self) -> Vec<KeyFingerprint> {
        self.keys.iter().map(fingerprint).collect()
    }

    /// Compares the ring with the fingerprints in the database, and returns those that are to be added there.
    ///
    /// # Errors
    /// When the ring lacks a key that the database was written with, or has other bytes under its id: to go on
    /// would leave data unreadable or split it between two rings.
    pub fn check_against(&self, stored: &[KeyFingerprint]) -> Result<Vec<KeyFingerprint>, VaultError> {
        let own = self.fingerprints();
        for known in stored {
            let problem = match own.iter().find(|key| key.id == known.id) {
                Some(key) if key == known => continue,
                Some(_) => "holds other bytes or another purpose under the id of",
                None => "does not hold",
            };
            let problem = format!(
                "{} {problem} the {} key {}, with which the database was written",
                self.origin, known.purpose, known.id
            );
            return Err(VaultError::Mismatch { origin: self.origin.clone(), problem });
        }
        Ok(own.into_iter().filter(|key| !stored.contains(key)).collect())
    }

    /// This ring with a new active key of `purpose`; the one that was active is retired.
    ///
    /// # Errors
    /// For the index key, since every blind index would have to be counted anew; or without random bytes.
    pub fn rotated(&self, purpose: Purpose, now: DateTime<Utc>) -> Result<Self, VaultError> {
        if purpose == Purpose::Index {
            let text = "the index key cannot be rotated: no request that is there already would be found by search";
            return Err(VaultError::NotAllowed(text.to_owned()));
        }
        let mut keys = self.keys.clone();
        for key in keys.iter_mut().filter(|key| key.purpose == purpose) {
            key.retired = true;
        }
        keys.push(new_key(purpose, now, &mut random::system)?);
        Self::of(keys, &self.origin)
    }

    /// This ring with a key for the audit; `None` when it has one.
    ///
    /// # Errors
    /// Without random bytes.
    pub fn with_audit_key(&self, now: DateTime<Utc>) -> Result<Option<Self>, VaultError> {
        if self.all(Purpose::Audit).next().is_some() {
            return Ok(None);
        }
        let mut keys = self.keys.clone();
        keys.push(new_key(Purpose::Audit, now, &mut random::system)?);
        Self::of(keys, &self.origin).map(Some)
    }

    /// This ring without the retired key `id`. What is still wrapped with it becomes unreadable for good, also in backups,
    /// once every copy of the key is gone.
    ///
    /// # Errors
    /// When there is no such key, or it is active.
    pub fn without(&self, id: &str) -> Result<Self, VaultError> {
        if !self.keys.iter().any(|key| key.id == id && key.retired) {
            let text = format!("{} has no retired key {id}; an active key is never taken out", self.origin);
            return Err(VaultError::NotAllowed(text));
        }
        Self::of(self.keys.iter().filter(|key| key.id != id).cloned().collect(), &self.origin)
    }

    pub(super) fn all(&self, purpose: Purpose) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| key.purpose == purpose)
    }

    pub(super) fn active(&self, purpose: Purpose) -> Result<&Key, VaultError> {
        self.all(purpose).find(|key| !key.retired).ok_or_else(|| self.malformed(no_active(purpose)))
    }

    fn malformed(&self, problem: String) -> VaultError {
        VaultError::Malformed { origin: self.origin.clone(), problem }
    }

    /// The first thing that keeps the keys from being a ring.
    fn flaw(&self) -> Option<String> {
        let mut ids = BTreeSet::new();
        for key in &self.keys {
            if !is_id(&key.id) {
                return Some("a key has an id that is not 1 to 64 of A-Z a-z 0-9 . _ -".to_owned());
            }
            if !ids.insert(&key.id) {
                return Some(format!("two keys have the id {}", key.id));
            }
        }
        let mut prints = std::collections::BTreeMap::new();
        for key in &self.keys {
            if let Some(other) = prints.insert(key.secret.bytes(), &key.id) {
                return Some(format!("the keys {other} and {} hold the same bytes", key.id));
            }
        }
        Purpose::ALL.iter().find_map(|purpose| {
            let active: Vec<&str> = self.all(*purpose).filter(|key| !key.retired).map(|key| key.id.as_str()).collect();
            match active.len() {
                0 if *purpose == Purpose::Audit => None,
                0 => Some(no_active(*purpose)),
                1 => None,
                _ => Some(format!(
                    "only one {purpose} key may be active, but {} are: retire all but one",
                    active.join(" and ")
                )),
            }
        })
    }
}

/// Whether `id` may name a key.
pub(super) fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn no_active(purpose: Purpose) -> String {
    format!("it has no active {purpose} key")
}

fn new_key(purpose: Purpose, now: DateTime<Utc>, fill: Fill<'_>) -> Result<Key, VaultError> {
    let mut tail = [0; 6];
    fill(&mut tail)?;
    let secret = Secret::random(fill)?;
    Ok(Key { id: format!("{purpose}-{}", hex(&tail)), purpose, created_at: now, retired: false, secret })
}

fn fingerprint(key: &Key) -> KeyFingerprint {
    let parts = [key.purpose.as_str().as_bytes(), key.id.as_bytes(), key.secret.bytes()];
    let bytes = zeroize::Zeroizing::new(derive::encode("otinish.key-fingerprint.v1", &parts));
    let digest = Sha256::digest(bytes.as_slice());
    let (half, _) = digest.split_at(16);
    KeyFingerprint { id: key.id.clone(), purpose: key.purpose, fingerprint: hex(half) }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;

    fn ring() -> KeyRing {
        KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_new_ring_has_one_active_key_of_each_purpose_and_no_two_rings_share_one() {
        let (one, two) = (ring(), ring());
        for purpose in Purpose::ALL {
            assert_eq!(one.all(*purpose).filter(|key| !key.retired).count(), 1);
        }
        assert!(one.fingerprints().iter().all(|print| !two.fingerprints().contains(print)));
        Vault::new(&one).unwrap();
    }

    #[test]
    fn without_randomness_there_is_an_error_and_no_ring() {
        let made = KeyRing::generate_from(DateTime::UNIX_EPOCH, &mut random::broken);
        assert!(matches!(made, Err(VaultError::Randomness(_))));
    }

    #[test]
    fn a_ring_never_shows_its_bytes() {
        let ring = ring();
        let shown = format!("{ring:?} {ring:#?}");
        for key in ring.keys() {
            assert!(!shown.contains(&hex(key.secret.bytes())));
            assert!(!shown.contains(&format!("{:?}", key.secret.bytes())));
        }
        assert!(shown.contains("Secret(…)"));
    }

    #[test]
    fn a_ring_that_fits_the_database_names_only_the_keys_that_are_new_there() {
        let before = ring();
        let stored = before.fingerprints();
        assert_eq!(before.check_against(&[]).unwrap(), stored);
        assert_eq!(before.check_against(&stored).unwrap(), []);
        let after = before.rotated(Purpose::Master, DateTime::UNIX_EPOCH).unwrap();
        let new = after.check_against(&stored).unwrap();
        assert_eq!(new.iter().map(|key| key.purpose).collect::<Vec<_>>(), [Purpose::Master]);
    }

    #[test]
    fn a_ring_that_lacks_a_key_of_the_database_is_refused_by_the_id_of_that_key() {
        let stored = ring().fingerprints();
        let error = ring().check_against(&stored).unwrap_err().to_string();
        assert!(error.contains(&stored[0].id) && error.contains("restore the copy of"), "{error}");
        assert!(error.contains("does not hold"), "{error}");
    }

    #[test]
    fn a_ring_with_other_bytes_or_another_purpose_under_a_known_id_is_refused() {
        let ring = ring();
        for index in 0..5 {
            let mut stored = ring.fingerprints();
            stored[index].fingerprint = "0".repeat(32);
            let error = ring.check_against(&stored).unwrap_err();
            assert!(
                matches!(error, VaultError::Mismatch { .. }) && error.to_string().contains("other bytes"),
                "{error}"
            );
        }
        let mut stored = ring.fingerprints();
        stored[0].purpose = Purpose::Jwt;
        assert!(ring.check_against(&stored).is_err());
    }

    #[test]
    fn only_a_retired_key_is_taken_out_and_the_index_key_is_never_rotated() {
        let before = ring();
        let old = before.active(Purpose::Master).unwrap().id.clone();
        assert!(matches!(before.without(&old), Err(VaultError::NotAllowed(_))));
        assert!(matches!(before.without("nobody"), Err(VaultError::NotAllowed(_))));
        let after = before.rotated(Purpose::Master, DateTime::UNIX_EPOCH).unwrap();
        assert_ne!(after.active(Purpose::Master).unwrap().id, old);
        assert!(after.without(&old).unwrap().all(Purpose::Master).all(|key| key.id != old));
        assert!(matches!(before.rotated(Purpose::Index, DateTime::UNIX_EPOCH), Err(VaultError::NotAllowed(_))));
    }

    #[test]
    fn a_fingerprint_is_32_hexadecimal_digits_that_depend_on_id_purpose_and_bytes() {
        let key = Key {
            id: "k".to_owned(),
            purpose: Purpose::Master,
            created_at: DateTime::UNIX_EPOCH,
            retired: false,
            secret: Secret::from(&[7; 32]),
        };
        let others = [
            Key { id: "l".to_owned(), ..key.clone() },
            Key { purpose: Purpose::Jwt, ..key.clone() },
            Key { secret: Secret::from(&[8; 32]), ..key.clone() },
        ];
        let own = fingerprint(&key).fingerprint;
        assert!(own.len() == 32 && own.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(others.iter().all(|other| fingerprint(other).fingerprint != own));
        assert_eq!(hex(&[0, 0x0f, 0xa5]), "000fa5");
    }
}
