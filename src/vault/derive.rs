//! How one key becomes many, and how several values become one string of bytes that can be read in one way only.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::secret::Secret;

/// `domain` and each part, every one preceded by its length as 8 bytes, big-endian.
/// No two different lists give the same bytes, so a value can never be taken for its neighbour.
pub(super) fn encode(domain: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in std::iter::once(&domain.as_bytes()).chain(parts) {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// HMAC-SHA256 over [`encode`].
pub(super) fn mac(key: &Secret, domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length, so the error of its constructor cannot come up: a key of one block is used as it is.
    let mut block = zeroize::Zeroizing::new([0_u8; 64]);
    for (to, from) in block.iter_mut().zip(key.bytes()) {
        *to = *from;
    }
    let mut hmac = <Hmac<Sha256> as hmac::digest::KeyInit>::new((&*block).into());
    hmac.update(&encode(domain, parts));
    hmac.finalize().into_bytes().into()
}

/// A key for one use, derived from another: the HMAC of `domain` and `parts`. Keys of different uses say nothing about each other.
pub(super) fn subkey(key: &Secret, domain: &str, parts: &[&[u8]]) -> Secret {
    let bytes = zeroize::Zeroizing::new(mac(key, domain, parts));
    Secret::from(&*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_run_into_each_other() {
        let all = [
            encode("d", &[b"ab", b"c"]),
            encode("d", &[b"a", b"bc"]),
            encode("d", &[b"abc"]),
            encode("d", &[b"abc", b""]),
            encode("da", &[b"b", b"c"]),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[index + 1..].contains(one));
        }
        assert_eq!(encode("d", &[b"ab"]), [0, 0, 0, 0, 0, 0, 0, 1, b'd', 0, 0, 0, 0, 0, 0, 0, 2, b'a', b'b']);
    }

    #[test]
    fn the_mac_is_plain_hmac_sha256_under_the_32_byte_key() {
        let key = Secret::from(&[7; 32]);
        let mut hmac = <Hmac<Sha256> as Mac>::new_from_slice(&[7; 32]).unwrap();
        hmac.update(&encode("d", &[b"value"]));
        assert_eq!(mac(&key, "d", &[b"value"]), <[u8; 32]>::from(hmac.finalize().into_bytes()));
    }
}
