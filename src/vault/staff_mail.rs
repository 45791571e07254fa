//! Mails to staff that belong to no request: sealed with a key of the deployment, one for each mail.
//!
//! What was sealed says which master key it came from, so a mail that waits is opened also when that key was retired meanwhile.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::seal::RequestKey;
use super::{Place, Vault, VaultError, derive};

impl Vault {
    /// Seals `value` as JSON at `place`, whose row is the mail's id: one byte with the length of the master key's id, the id, and
    /// the sealed value.
    ///
    /// # Errors
    /// When the operating system gives no random bytes, or `value` has no JSON form.
    pub fn seal_staff_mail<T: Serialize + ?Sized>(&self, place: &Place<'_>, value: &T) -> Result<Vec<u8>, VaultError> {
        let json = serde_json::to_vec(value).map(Zeroizing::new).map_err(|_| shape(place))?;
        self.seal_staff_bytes(place, &json)
    }

    /// Seals what is at `place` with the key of the active master key; `None` when that is done already.
    ///
    /// # Errors
    /// As [`Vault::open_staff_mail`] and [`Vault::seal_staff_mail`].
    pub fn reseal_staff_mail(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let (id, body) = parts(place, sealed)?;
        if id == self.active_master_key_id() {
            return Ok(None);
        }
        let plain = Zeroizing::new(self.staff_mail_key(id, place)?.open(place, body)?);
        self.seal_staff_bytes(place, &plain).map(Some)
    }

    fn seal_staff_bytes(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let id = self.active_master_key_id();
        let mut sealed = staff_prefix(&id).ok_or_else(|| shape(place))?;
        sealed.extend(self.staff_mail_key(&id, place)?.seal(place, plain)?);
        Ok(sealed)
    }

    /// Opens what [`Vault::seal_staff_mail`] sealed at `place`.
    ///
    /// # Errors
    /// `UnknownMasterKey` when the key ring no longer holds the master key; else when it is damaged or was sealed elsewhere.
    pub fn open_staff_mail<T: DeserializeOwned>(&self, place: &Place<'_>, sealed: &[u8]) -> Result<T, VaultError> {
        let (id, body) = parts(place, sealed)?;
        self.staff_mail_key(id, place)?.open_json(place, body)
    }

    fn staff_mail_key(&self, master_key_id: &str, place: &Place<'_>) -> Result<RequestKey, VaultError> {
        let unknown = || VaultError::UnknownMasterKey { id: master_key_id.to_owned() };
        let keys = self.keys();
        let key = keys.staff_mails.get(master_key_id).ok_or_else(unknown)?;
        Ok(RequestKey::from(derive::subkey(key, "otinish.staff-mail.v1", &[place.row.as_bytes()])))
    }
}

/// What everything begins with that [`Vault::seal_staff_mail`] sealed under the master key `id`; none for what is no id.
#[must_use]
pub fn staff_prefix(id: &str) -> Option<Vec<u8>> {
    let mut prefix = vec![u8::try_from(id.len()).ok()?];
    prefix.extend_from_slice(id.as_bytes());
    Some(prefix)
}

/// The master key's id and the sealed value.
fn parts<'s>(place: &Place<'_>, sealed: &'s [u8]) -> Result<(&'s str, &'s [u8]), VaultError> {
    let unopened = || VaultError::Unopened { place: place.to_string() };
    let (length, rest) = sealed.split_first().ok_or_else(unopened)?;
    let (id, body) = rest.split_at_checked(usize::from(*length)).ok_or_else(unopened)?;
    Ok((std::str::from_utf8(id).map_err(|_| unopened())?, body))
}

fn shape(place: &Place<'_>) -> VaultError {
    VaultError::Shape { place: place.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{KeyRing, Purpose};
    use chrono::DateTime;

    const PLACE: Place<'static> = Place::new("outbox", "m1", "mail");

    fn ring() -> KeyRing {
        KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_mail_opens_in_its_own_row_only() {
        let vault = Vault::new(&ring()).unwrap();
        let sealed = vault.seal_staff_mail(&PLACE, "hello").unwrap();
        assert_eq!(vault.open_staff_mail::<String>(&PLACE, &sealed).unwrap(), "hello");
        for other in [Place::new("outbox", "m2", "mail"), Place::new("outbox", "m1", "text")] {
            assert!(matches!(vault.open_staff_mail::<String>(&other, &sealed), Err(VaultError::Unopened { .. })));
        }
        assert!(Vault::new(&ring()).unwrap().open_staff_mail::<String>(&PLACE, &sealed).is_err(), "another ring");
    }

    #[test]
    fn a_mail_that_waits_is_opened_after_a_rotation_and_new_ones_use_the_new_key() {
        let before = ring();
        let sealed = Vault::new(&before).unwrap().seal_staff_mail(&PLACE, "hello").unwrap();
        let after = Vault::new(&before.rotated(Purpose::Master, DateTime::UNIX_EPOCH).unwrap()).unwrap();
        assert_eq!(after.open_staff_mail::<String>(&PLACE, &sealed).unwrap(), "hello");
        let moved = after.reseal_staff_mail(&PLACE, &sealed).unwrap().unwrap();
        assert!(moved.starts_with(&staff_prefix(&after.active_master_key_id()).unwrap()));
        assert_eq!(after.open_staff_mail::<String>(&PLACE, &moved).unwrap(), "hello");
        assert_eq!(after.reseal_staff_mail(&PLACE, &moved).unwrap(), None);
        let anew = after.seal_staff_mail(&PLACE, "hello").unwrap();
        let old = Vault::new(&before).unwrap().open_staff_mail::<String>(&PLACE, &anew);
        assert!(matches!(old, Err(VaultError::UnknownMasterKey { .. })), "{old:?}");
    }

    #[test]
    fn damaged_bytes_do_not_open_and_do_not_panic() {
        let vault = Vault::new(&ring()).unwrap();
        let sealed = vault.seal_staff_mail(&PLACE, "hello").unwrap();
        for cut in 0..sealed.len() {
            assert!(vault.open_staff_mail::<String>(&PLACE, &sealed[..cut]).is_err(), "{cut}");
        }
        for bytes in [vec![3, 0xff, 0xfe, 0xfd], vec![0], vec![200, 1, 2]] {
            assert!(vault.open_staff_mail::<String>(&PLACE, &bytes).is_err());
        }
    }
}
