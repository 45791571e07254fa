//! A ring's file that may be replaced while the process runs.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{KeyFingerprint, KeyRing, KeyRingSource, Keys, Purpose, VaultError};

/// By what a replaced file is told: which it is, when it was written, how long it is. None when it is not there.
type Stamp = Option<(u64, u64, i64, i64, u64)>;

/// Looks whether the file of a ring is another one than before.
pub(super) struct Watch {
    path: PathBuf,
    last: Mutex<Stamp>,
}

impl Watch {
    /// Watches `path`. The first look reads it again: it may have been replaced since it was read.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), last: Mutex::new(None) }
    }

    /// The keys of the file, if it changed since the last look and continues the ring that is in use.
    /// One that does not is told in the log once and left alone: what the process has in memory is right.
    pub(super) fn changed(&self, current: &Keys) -> Option<Keys> {
        let now = stamp(&self.path);
        {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if *last == now {
                return None;
            }
            *last = now;
        }
        match self.read(current) {
            Ok(keys) if keys.known == current.known => None,
            Ok(keys) => {
                tracing::info!(active_master = keys.active_master, "the key ring changed and was read again");
                Some(keys)
            }
            Err(error) => {
                tracing::error!(%error, "the key ring changed and cannot be used; the one in memory stays in use");
                None
            }
        }
    }

    fn read(&self, current: &Keys) -> Result<Keys, VaultError> {
        let source = KeyRingSource::File(self.path.clone());
        let missing = || VaultError::NotAllowed(format!("{source} is missing"));
        let ring = KeyRing::load(&source)?.ok_or_else(missing)?;
        // A retired master key may be taken out, also the one that is active here when the ring has a newer one. Any other key that
        // is gone means that this is another ring, or an older one.
        let is_newer = ring.active(Purpose::Master)?.created_at > current.active_since;
        let needed: Vec<KeyFingerprint> = current
            .known
            .iter()
            .filter(|(key, retired)| !((*retired || is_newer) && key.purpose == Purpose::Master))
            .map(|(key, _)| key.clone())
            .collect();
        ring.check_against(&needed)?;
        Keys::new(&ring)
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;
    use chrono::DateTime;

    fn place() -> (tempfile::TempDir, PathBuf, KeyRing, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let ring = KeyRing::generate(DateTime::UNIX_EPOCH).unwrap();
        KeyRing::create(&path, &ring).unwrap();
        let vault = Vault::watching(&ring, &KeyRingSource::File(path.clone())).unwrap();
        (folder, path, ring, vault)
    }

    #[test]
    fn a_ring_that_was_rotated_beside_the_process_is_taken_over() {
        let (_folder, path, ring, vault) = place();
        let (_, before) = vault.new_request_key("r1").unwrap();
        let rotated = ring.rotated(Purpose::Master, DateTime::UNIX_EPOCH).unwrap();
        KeyRing::replace(&path, &ring, &rotated).unwrap();
        let (_, after) = vault.new_request_key("r2").unwrap();
        assert_ne!(after.master_key_id, before.master_key_id);
        vault.unwrap("r1", &before).unwrap();
        KeyRing::replace(&path, &rotated, &rotated.without(&before.master_key_id).unwrap()).unwrap();
        vault.unwrap("r2", &after).unwrap();
        assert!(matches!(vault.unwrap("r1", &before), Err(VaultError::UnknownMasterKey { .. })));
    }

    #[test]
    fn a_process_that_slept_through_a_rotation_takes_the_new_ring_over_but_never_an_older_one() {
        let (_folder, path, ring, vault) = place();
        let old = vault.active_master_key_id();
        let rotated = ring.rotated(Purpose::Master, DateTime::UNIX_EPOCH + chrono::Duration::days(1)).unwrap();
        KeyRing::replace(&path, &ring, &rotated).unwrap();
        KeyRing::replace(&path, &rotated, &rotated.without(&old).unwrap()).unwrap();
        let new = vault.active_master_key_id();
        assert_ne!(new, old);
        fs::remove_file(&path).unwrap();
        KeyRing::create(&path, &ring).unwrap();
        assert_eq!(vault.active_master_key_id(), new);
    }

    #[test]
    fn a_file_that_is_lost_broken_or_of_another_deployment_changes_nothing_in_a_process_that_runs() {
        let (_folder, path, ring, vault) = place();
        let (_, wrapped) = vault.new_request_key("r1").unwrap();
        let foreign = KeyRing::generate(DateTime::UNIX_EPOCH).unwrap();
        fs::remove_file(&path).unwrap();
        vault.unwrap("r1", &wrapped).unwrap();
        KeyRing::create(&path, &foreign).unwrap();
        vault.unwrap("r1", &wrapped).unwrap();
        assert_eq!(vault.new_request_key("r2").unwrap().1.master_key_id, wrapped.master_key_id);
        fs::write(&path, "not a ring").unwrap();
        vault.unwrap("r1", &wrapped).unwrap();
        fs::remove_file(&path).unwrap();
        KeyRing::create(&path, &ring.rotated(Purpose::Master, DateTime::UNIX_EPOCH).unwrap()).unwrap();
        assert_ne!(vault.active_master_key_id(), wrapped.master_key_id, "put right, it is taken over");
    }
}
