//! Files sealed in chunks, so that neither sealing nor opening holds a whole one in memory.
//!
//! `version ‖ nonce (19 bytes) ‖ chunks`: each chunk is 64 KiB of the file, the last one shorter, with its tag, by the STREAM
//! construction over XChaCha20-Poly1305. The place of a chunk and whether it is the last one stand in its nonce, so that chunks cannot
//! be moved, left out or cut off at the end; the place of the file is associated data of each.

use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::aead::{Payload, generic_array::GenericArray};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

use super::random;
use super::seal::{Place, RequestKey};
use super::{VaultError, derive};

/// Bytes of the file in one chunk.
pub const CHUNK: usize = 64 * 1024;
/// Bytes of a whole chunk, sealed.
pub const SEALED_CHUNK: usize = CHUNK + 16;
/// Bytes before the first chunk.
pub const FILE_HEADER: usize = 1 + NONCE;

const VERSION: u8 = 1;
const NONCE: usize = 19;

/// Seals one file.
pub struct FileSealer {
    cipher: EncryptorBE32<XChaCha20Poly1305>,
    data: Vec<u8>,
}

/// Opens one file.
pub struct FileOpener {
    cipher: DecryptorBE32<XChaCha20Poly1305>,
    data: Vec<u8>,
    place: String,
}

impl std::fmt::Debug for FileSealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FileSealer(…)")
    }
}

impl std::fmt::Debug for FileOpener {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FileOpener(…)")
    }
}

fn associated_data(place: &Place<'_>) -> Vec<u8> {
    derive::encode("otinish.file.v1", &[place.table.as_bytes(), place.row.as_bytes(), place.field.as_bytes()])
}

fn too_much() -> VaultError {
    VaultError::NotAllowed("a file has too many chunks".to_owned())
}

impl RequestKey {
    /// Begins to seal the file for `place`: the sealer, and the bytes that go before the first chunk.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn seal_file(&self, place: &Place<'_>) -> Result<(FileSealer, Vec<u8>), VaultError> {
        let mut nonce = [0; NONCE];
        random::system(&mut nonce)?;
        let mut header = vec![VERSION];
        header.extend_from_slice(&nonce);
        let aead = XChaCha20Poly1305::new(self.file_key(place).bytes().into());
        let cipher = EncryptorBE32::from_aead(aead, GenericArray::from_slice(&nonce));
        Ok((FileSealer { cipher, data: associated_data(place) }, header))
    }

    /// Begins to open the file that was sealed for `place` and begins with `header`.
    ///
    /// # Errors
    /// When `header` is none.
    pub fn open_file(&self, place: &Place<'_>, header: &[u8]) -> Result<FileOpener, VaultError> {
        let unopened = || VaultError::Unopened { place: place.to_string() };
        let nonce = header.strip_prefix(&[VERSION]).filter(|nonce| nonce.len() == NONCE).ok_or_else(unopened)?;
        let aead = XChaCha20Poly1305::new(self.file_key(place).bytes().into());
        let cipher = DecryptorBE32::from_aead(aead, GenericArray::from_slice(nonce));
        Ok(FileOpener { cipher, data: associated_data(place), place: place.to_string() })
    }
}

impl FileSealer {
    /// Seals a chunk that is not the last one: [`CHUNK`] bytes.
    ///
    /// # Errors
    /// After 2³² chunks.
    pub fn next(&mut self, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.cipher.encrypt_next(Payload { msg: plain, aad: &self.data }).map_err(|_| too_much())
    }

    /// Seals the last chunk.
    ///
    /// # Errors
    /// Never for what fits into a chunk.
    pub fn last(self, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.cipher.encrypt_last(Payload { msg: plain, aad: &self.data }).map_err(|_| too_much())
    }
}

impl FileOpener {
    /// Opens a chunk that is not the last one.
    ///
    /// # Errors
    /// When it is damaged, not in its place, or of another file.
    pub fn next(&mut self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let place = &self.place;
        let chunk = Payload { msg: sealed, aad: &self.data };
        self.cipher.decrypt_next(chunk).map_err(|_| VaultError::Unopened { place: place.clone() })
    }

    /// Opens the last chunk.
    ///
    /// # Errors
    /// As [`FileOpener::next`]; also when the file was cut off.
    pub fn last(self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let place = self.place;
        let chunk = Payload { msg: sealed, aad: &self.data };
        self.cipher.decrypt_last(chunk).map_err(|_| VaultError::Unopened { place })
    }
}

#[cfg(test)]
mod tests {
    use super::super::secret::Secret;
    use super::*;

    fn key(byte: u8) -> RequestKey {
        RequestKey::from(Secret::from(&[byte; 32]))
    }

    const PLACE: Place<'static> = Place::new("attachments", "a", "file");

    #[test]
    fn chunks_open_only_whole_in_their_order_and_place() {
        let (mut sealer, header) = key(1).seal_file(&PLACE).unwrap();
        let first = sealer.next(&vec![7; CHUNK]).unwrap();
        let second = sealer.next(&vec![8; CHUNK]).unwrap();
        let last = sealer.last(b"end").unwrap();
        assert_eq!((header.len(), first.len()), (FILE_HEADER, SEALED_CHUNK));

        let opener = |key: &RequestKey, place: &Place<'_>| key.open_file(place, &header).unwrap();
        let mut right = opener(&key(1), &PLACE);
        assert_eq!(right.next(&first).unwrap(), vec![7; CHUNK]);
        assert_eq!(right.next(&second).unwrap(), vec![8; CHUNK]);
        assert_eq!(right.last(&last).unwrap(), b"end");

        assert!(opener(&key(2), &PLACE).next(&first).is_err(), "another key");
        assert!(opener(&key(1), &Place::new("attachments", "b", "file")).next(&first).is_err(), "another file");
        assert!(opener(&key(1), &PLACE).next(&second).is_err(), "out of order");
        assert!(opener(&key(1), &PLACE).last(&first).is_err(), "cut off at the end");
        let mut bent = first.clone();
        bent[100] ^= 1;
        assert!(opener(&key(1), &PLACE).next(&bent).is_err(), "changed");
        assert!(key(1).open_file(&PLACE, b"short").is_err());
    }
}
