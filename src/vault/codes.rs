//! Codes that people type, tokens that links carry, and keyed fingerprints.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::random::{self, Fill};
use super::{Vault, VaultError, derive};

const CODE_DOMAIN: &str = "otinish.code.v1";

/// Random numbers of 32 bits below this are spread evenly over all codes: the largest multiple of 1 000 000.
const EVEN: u32 = u32::MAX - u32::MAX % 1_000_000;

/// More draws than this only a broken source of randomness can need: a draw fails once in 4 400.
const DRAWS: usize = 64;

/// A new code: six decimal digits, each of the million equally likely.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn new_code() -> Result<String, VaultError> {
    code_from(&mut random::system)
}

/// A new token: 32 random bytes as base64url without padding, 43 characters.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn new_token() -> Result<String, VaultError> {
    token_from(&mut random::system)
}

/// What is stored of a token: a SHA-256 with its own domain. No key is needed, since nobody can try out 2²⁵⁶ tokens.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(derive::encode("otinish.token.v1", &[token.as_bytes()])).to_vec()
}

impl Vault {
    /// What is stored of a code: an HMAC, since without the key a million codes are tried in a moment.
    /// Request and code id are bound in, so that it is of no use for another request or another code.
    #[must_use]
    pub fn code_hash(&self, request_id: &str, code_id: &str, code: &str) -> Vec<u8> {
        derive::mac(&self.keys().code, CODE_DOMAIN, &[request_id.as_bytes(), code_id.as_bytes(), code.as_bytes()])
            .to_vec()
    }

    /// Whether `code` is the one whose hash is `stored`, also when the hash was made before the code key was rotated.
    /// Takes the same time whatever differs.
    #[must_use]
    pub fn verify_code(&self, request_id: &str, code_id: &str, code: &str, stored: &[u8]) -> bool {
        let parts = [request_id.as_bytes(), code_id.as_bytes(), code.as_bytes()];
        let keys = self.keys();
        let equal = std::iter::once(&keys.code)
            .chain(&keys.retired_codes)
            .map(|key| derive::mac(key, CODE_DOMAIN, &parts).as_slice().ct_eq(stored))
            .fold(Choice::from(0), |found, equal| found | equal);
        equal.into()
    }

    /// A keyed fingerprint of `bytes` within `scope`, 32 bytes: tells whether a repeated call has the same body without keeping
    /// the body. It changes with the code key, so a call that is repeated across a rotation counts as another one.
    #[must_use]
    pub fn fingerprint(&self, scope: &str, bytes: &[u8]) -> Vec<u8> {
        derive::mac(&self.keys().fingerprints, "otinish.fingerprint.v1", &[scope.as_bytes(), bytes]).to_vec()
    }
}

fn code_from(fill: Fill<'_>) -> Result<String, VaultError> {
    for _ in 0..DRAWS {
        let mut bytes = [0; 4];
        fill(&mut bytes)?;
        let number = u32::from_be_bytes(bytes);
        if number < EVEN {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
    Err(VaultError::Randomness(getrandom::Error::UNEXPECTED))
}

fn token_from(fill: Fill<'_>) -> Result<String, VaultError> {
    let mut bytes = Zeroizing::new([0; 32]);
    fill(bytes.as_mut_slice())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{KeyRing, Purpose};
    use chrono::DateTime;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn ring() -> KeyRing {
        KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()
    }

    /// A source that gives the numbers in turn.
    fn giving(numbers: Vec<u32>) -> impl FnMut(&mut [u8]) -> Result<(), VaultError> {
        let mut numbers = numbers.into_iter();
        move |bytes| {
            bytes.copy_from_slice(&numbers.next().unwrap().to_be_bytes());
            Ok(())
        }
    }

    #[test]
    fn a_code_keeps_its_leading_zeros_and_numbers_beyond_the_even_range_are_drawn_again() {
        assert_eq!(EVEN, 4_294_000_000);
        assert_eq!(code_from(&mut giving(vec![7])).unwrap(), "000007");
        assert_eq!(code_from(&mut giving(vec![EVEN - 1])).unwrap(), "999999");
        assert_eq!(code_from(&mut giving(vec![u32::MAX, EVEN, 1_000_042])).unwrap(), "000042");
    }

    #[test]
    fn a_source_that_fails_or_never_gives_a_usable_number_is_an_error() {
        assert!(matches!(code_from(&mut random::broken), Err(VaultError::Randomness(_))));
        assert!(matches!(token_from(&mut random::broken), Err(VaultError::Randomness(_))));
        let mut stuck = |bytes: &mut [u8]| {
            bytes.fill(0xff);
            Ok(())
        };
        assert!(matches!(code_from(&mut stuck), Err(VaultError::Randomness(_))));
    }

    #[test]
    fn codes_are_six_digits_and_spread_over_all_first_digits() {
        let codes: Vec<String> = (0..2000).map(|_| new_code().unwrap()).collect();
        assert!(codes.iter().all(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())));
        for digit in '0'..='9' {
            // 200 are expected; with odds of far less than one in a billion it is outside these bounds.
            let count = codes.iter().filter(|code| code.starts_with(digit)).count();
            assert!((100..300).contains(&count), "{digit}: {count}");
        }
    }

    #[test]
    fn tokens_are_43_url_characters_and_never_repeat() {
        let tokens: BTreeSet<String> = (0..500).map(|_| new_token().unwrap()).collect();
        assert_eq!(tokens.len(), 500);
        let is_url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(tokens.iter().all(|token| token.len() == 43 && token.bytes().all(is_url)));
        let hashes: BTreeSet<Vec<u8>> = tokens.iter().map(|token| token_hash(token)).collect();
        assert_eq!(hashes.len(), 500);
        assert_ne!(token_hash("a"), Sha256::digest("a").to_vec());
    }

    #[test]
    fn a_code_is_right_only_for_its_request_its_id_and_its_key() {
        let vault = Vault::new(&ring()).unwrap();
        let stored = vault.code_hash("r1", "c1", "012345");
        assert!(vault.verify_code("r1", "c1", "012345", &stored));
        for (request, id, code) in [
            ("r2", "c1", "012345"),
            ("r1", "c2", "012345"),
            ("r1", "c1", "012346"),
            ("r1", "c1", ""),
            ("r1c", "1", "012345"),
        ] {
            assert!(!vault.verify_code(request, id, code, &stored));
        }
        for wrong in [&stored[..31], &[], &[stored.as_slice(), &[0]].concat()] {
            assert!(!vault.verify_code("r1", "c1", "012345", wrong));
        }
        assert!(!Vault::new(&ring()).unwrap().verify_code("r1", "c1", "012345", &stored));
    }

    #[test]
    fn a_code_sent_before_a_rotation_of_the_code_key_is_still_right() {
        let before = ring();
        let stored = Vault::new(&before).unwrap().code_hash("r1", "c1", "012345");
        let after = Vault::new(&before.rotated(Purpose::Code, DateTime::UNIX_EPOCH).unwrap()).unwrap();
        assert!(after.verify_code("r1", "c1", "012345", &stored));
        assert!(!after.verify_code("r1", "c1", "012346", &stored));
        assert_ne!(after.code_hash("r1", "c1", "012345"), stored);
    }

    proptest! {
        #[test]
        fn fingerprints_are_equal_for_equal_scope_and_bytes_only(
            scope in "[a-z]{0,4}", bytes in any::<Vec<u8>>(), other_scope in "[a-z]{0,4}", other in any::<Vec<u8>>(),
        ) {
            let vault = Vault::new(&ring()).unwrap();
            let fingerprint = vault.fingerprint(&scope, &bytes);
            prop_assert_eq!(&fingerprint, &vault.fingerprint(&scope, &bytes));
            let same = scope == other_scope && bytes == other;
            prop_assert_eq!(same, fingerprint == vault.fingerprint(&other_scope, &other));
        }
    }
}
