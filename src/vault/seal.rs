//! Sealing: a key per request, wrapped by a master key, and values sealed under it for one place in the database.

use std::fmt;

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::{Zeroize, Zeroizing};

use super::random::{self, Fill};
use super::secret::Secret;
use super::{Keys, Vault, VaultError, derive};

const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Sealed values grow in steps of so many bytes, so that their length says little about what is inside.
const BLOCK: usize = 64;

/// Where a sealed value lies. It opens only there: moved to another row or field, it does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The id of the row. It must be known before sealing and never change.
    pub row: &'a str,
    /// The column, or the name of the value within it.
    pub field: &'a str,
}

impl<'a> Place<'a> {
    /// The place `field` in the row `row` of `table`.
    #[must_use]
    pub const fn new(table: &'a str, row: &'a str, field: &'a str) -> Self {
        Self { table, row, field }
    }

    fn associated_data(&self) -> Vec<u8> {
        derive::encode("otinish.sealed.v1", &[self.table.as_bytes(), self.row.as_bytes(), self.field.as_bytes()])
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} in {}", self.field, self.row, self.table)
    }
}

/// A request's key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The master key that wraps it.
    pub master_key_id: String,
    /// 73 bytes: version, nonce, sealed key, tag. Without them everything sealed for the request is unreadable for good.
    pub bytes: Vec<u8>,
}

/// The key of one request, opened. Wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct RequestKey(Secret);

impl From<Secret> for RequestKey {
    fn from(secret: Secret) -> Self {
        Self(secret)
    }
}

impl RequestKey {
    /// Seals `plain` for `place`. The result is 41 bytes longer than `plain` padded by at least one byte to whole 64 bytes.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let padding = BLOCK - plain.len() % BLOCK;
        lock(&self.0, &place.associated_data(), plain, padding, &mut random::system)
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// When it is damaged, was sealed for another place, or with another key.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let unopened = || VaultError::Unopened { place: place.to_string() };
        let mut plain = unlock(&self.0, &place.associated_data(), sealed).ok_or_else(unopened)?;
        let marker = plain.iter().rposition(|byte| *byte != 0).filter(|at| plain.get(*at) == Some(&0x80));
        let Some(marker) = marker else {
            plain.zeroize();
            return Err(unopened());
        };
        plain.truncate(marker);
        Ok(plain)
    }

    /// The key of one file: files have nonces of another shape, so they have keys of their own.
    pub(super) fn file_key(&self, place: &Place<'_>) -> Secret {
        derive::subkey(&self.0, "otinish.file-key.v1", &[place.row.as_bytes()])
    }

    /// Seals `value` as JSON.
    ///
    /// # Errors
    /// As [`RequestKey::seal`]; also when `value` has no JSON form.
    pub fn seal_json<T: Serialize + ?Sized>(&self, place: &Place<'_>, value: &T) -> Result<Vec<u8>, VaultError> {
        let json = serde_json::to_vec(value).map(Zeroizing::new).map_err(|_| shape(place))?;
        self.seal(place, &json)
    }

    /// Opens what [`RequestKey::seal_json`] sealed.
    ///
    /// # Errors
    /// As [`RequestKey::open`]; also when what was sealed is no JSON of a `T`. The error never quotes it.
    pub fn open_json<T: DeserializeOwned>(&self, place: &Place<'_>, sealed: &[u8]) -> Result<T, VaultError> {
        let json = Zeroizing::new(self.open(place, sealed)?);
        serde_json::from_slice(&json).map_err(|_| shape(place))
    }
}

impl Vault {
    /// A new key for the request `request_id`, and its wrapped form for the database.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_request_key(&self, request_id: &str) -> Result<(RequestKey, WrappedKey), VaultError> {
        let key = RequestKey(Secret::random(&mut random::system)?);
        let wrapped = self.wrap(request_id, &key)?;
        Ok((key, wrapped))
    }

    /// Opens the key of the request `request_id`.
    ///
    /// # Errors
    /// When its master key is not in the ring, it is damaged, or belongs to another request.
    pub fn unwrap(&self, request_id: &str, wrapped: &WrappedKey) -> Result<RequestKey, VaultError> {
        let keys = self.keys();
        let master = keys.wrapping_key(&wrapped.master_key_id)?;
        unlock(master, &wrap_data(&wrapped.master_key_id, request_id), &wrapped.bytes)
            .map(Zeroizing::new)
            .and_then(|bytes| Secret::from_slice(&bytes))
            .map(RequestKey)
            .ok_or_else(|| VaultError::Unopened { place: format!("the key of the request {request_id}") })
    }

    /// Wraps the key of the request `request_id` with the active master key; `None` when that is done already.
    /// What is sealed under the key stays as it is.
    ///
    /// # Errors
    /// As [`Vault::unwrap`] and [`Vault::new_request_key`].
    pub fn rewrap(&self, request_id: &str, wrapped: &WrappedKey) -> Result<Option<WrappedKey>, VaultError> {
        if wrapped.master_key_id == self.active_master_key_id() {
            return Ok(None);
        }
        self.wrap(request_id, &self.unwrap(request_id, wrapped)?).map(Some)
    }

    /// The id of the master key that wraps new request keys.
    #[must_use]
    pub fn active_master_key_id(&self) -> String {
        self.keys().active_master.clone()
    }

    /// The ids of the master keys that wrap nothing new but may still have to open something.
    #[must_use]
    pub fn retired_master_key_ids(&self) -> Vec<String> {
        let keys = self.keys();
        keys.wrapping.keys().filter(|id| **id != keys.active_master).cloned().collect()
    }

    fn wrap(&self, request_id: &str, key: &RequestKey) -> Result<WrappedKey, VaultError> {
        let keys = self.keys();
        let master = keys.wrapping_key(&keys.active_master)?;
        let data = wrap_data(&keys.active_master, request_id);
        let bytes = lock(master, &data, key.0.bytes(), 0, &mut random::system)?;
        Ok(WrappedKey { master_key_id: keys.active_master.clone(), bytes })
    }
}

impl Keys {
    fn wrapping_key(&self, id: &str) -> Result<&Secret, VaultError> {
        self.wrapping.get(id).ok_or_else(|| VaultError::UnknownMasterKey { id: id.to_owned() })
    }
}

fn wrap_data(master_key_id: &str, request_id: &str) -> Vec<u8> {
    derive::encode("otinish.request-key.v1", &[master_key_id.as_bytes(), request_id.as_bytes()])
}

fn shape(place: &Place<'_>) -> VaultError {
    VaultError::Shape { place: place.to_string() }
}

/// `version ‖ nonce ‖ ciphertext ‖ tag` of `plain` followed by `padding` bytes: 0x80 and zeros, or nothing.
fn lock(key: &Secret, data: &[u8], plain: &[u8], padding: usize, fill: Fill<'_>) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE];
    fill(&mut nonce)?;
    // Sealed where it stands, so that the plain copy is gone when the sealed one is there.
    let mut body = Vec::with_capacity(plain.len() + padding);
    body.extend_from_slice(plain);
    body.extend(std::iter::once(0x80).chain(std::iter::repeat(0)).take(padding));
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    let tag = cipher
        .encrypt_in_place_detached(XNonce::from_slice(&nonce), data, &mut body)
        .map_err(|_| VaultError::NotAllowed("more than 256 GiB cannot be sealed at once".to_owned()))?;
    let mut sealed = Vec::with_capacity(1 + NONCE + body.len() + TAG);
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.append(&mut body);
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// The plain bytes, padding included; `None` when anything at all is wrong.
fn unlock(key: &Secret, data: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (version, rest) = sealed.split_first()?;
    if *version != VERSION {
        return None;
    }
    let (nonce, rest) = rest.split_at_checked(NONCE)?;
    let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
    let mut plain = body.to_vec();
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt_in_place_detached(XNonce::from_slice(nonce), data, &mut plain, Tag::from_slice(tag))
        .ok()?;
    Some(plain)
}

#[cfg(test)]
mod tests;
