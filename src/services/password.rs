//! Passwords of the staff: their hashes (Argon2id), and which ones are too weak to be chosen.

use std::time::Duration;

use argon2::password_hash::SaltString;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::error::ServiceError;
use crate::domain::intake::FieldError;
use crate::vault::new_token;

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 12;
/// The most characters of a password.
pub const MAX_CHARS: usize = 128;

/// What is longer than this is no password of ours; it is not worth normalising.
const MAX_BYTES: usize = 4 * MAX_CHARS;
/// Fewer different characters than this make a password of any length easy to guess.
const MIN_DISTINCT: usize = 5;
/// Characters of a password that is made up here: 36 letters and digits and more, so over 100 bits.
const GENERATED_CHARS: usize = 20;
/// Each hash takes 19 MiB and a core for a moment: so many at once leave the other threads to everybody else.
static HASHING: Semaphore = Semaphore::const_new(4);
/// Whoever waits longer than this for a turn is told to come back, so that a flood of sign-ins does not pile up.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// Passwords that are tried first, in lower case, one a line.
const COMMON: &str = include_str!("password/common.txt");

/// Checks whether `password` may be chosen by the owner of `email`.
///
/// # Errors
/// `password_too_short` (min), `too_long` (max), `control_character`, or `password_too_common`: on the list of passwords
/// that are tried first, made of few different characters or of one text over and over, or the mail address.
pub fn check(password: &str, email: &str, pointer: &str) -> Result<(), FieldError> {
    if password.len() > MAX_BYTES {
        return Err(FieldError::new(pointer, "too_long").with("max", MAX_CHARS));
    }
    let normal = normalised(password);
    let chars = normal.chars().count();
    if chars < MIN_CHARS {
        return Err(FieldError::new(pointer, "password_too_short").with("min", MIN_CHARS));
    }
    if chars > MAX_CHARS {
        return Err(FieldError::new(pointer, "too_long").with("max", MAX_CHARS));
    }
    // A line break at the end comes from a pipe or from pasting; nobody could type it at the next sign-in.
    if normal.chars().any(char::is_control) {
        return Err(FieldError::new(pointer, "control_character"));
    }
    if is_common(&normal, email) {
        return Err(FieldError::new(pointer, "password_too_common"));
    }
    Ok(())
}

/// Hashes a password with a salt of its own, off the async threads.
///
/// # Errors
/// `Unavailable` when too many wait for the same; `Internal` without randomness.
pub async fn hash(password: &str) -> Result<String, ServiceError> {
    let password = normalised(password);
    hashing(move || {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(|error| ServiceError::Internal(format!("randomness: {error}")))?;
        let salt = SaltString::encode_b64(&salt).map_err(fault)?;
        Ok(argon2id().hash_password(password.as_bytes(), &salt).map_err(fault)?.to_string())
    })
    .await?
}

/// Whether `password` is the one that was hashed. Without a hash the answer is no and takes as long.
///
/// # Errors
/// `Unavailable` when too many wait for the same; `Internal` when the hash cannot be read.
pub async fn matches(password: &str, stored: Option<&str>) -> Result<bool, ServiceError> {
    let possible = password.len() <= MAX_BYTES;
    let password = normalised(if possible { password } else { "" });
    let stored = stored.filter(|_| possible).map(ToOwned::to_owned);
    hashing(move || {
        let Some(stored) = stored else {
            let mut output = [0_u8; Params::DEFAULT_OUTPUT_LEN];
            argon2id().hash_password_into(password.as_bytes(), &[0; 16], &mut output).map_err(fault)?;
            return Ok(false);
        };
        let stored = PasswordHash::new(&stored).map_err(fault)?;
        match argon2id().verify_password(password.as_bytes(), &stored) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::Password) => Ok(false),
            Err(error) => Err(fault(error)),
        }
    })
    .await?
}

/// A password for a new account, to be shown once.
///
/// # Errors
/// `Internal` without randomness.
pub fn generate() -> Result<String, ServiceError> {
    // Letters and digits only: it may be read over the phone.
    let letter = |character| match character {
        '-' => 'a',
        '_' => 'b',
        other => other,
    };
    Ok(new_token()?.chars().map(letter).take(GENERATED_CHARS).collect())
}

/// Argon2id with 19 MiB and two passes, what OWASP recommends at least. Hashes carry their own numbers, so that these
/// may be raised later.
fn argon2id() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServiceError> {
    let busy = || ServiceError::Unavailable("too many passwords are being checked".to_owned());
    let turn = tokio::time::timeout(MAX_WAIT, HASHING.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
    // The turn goes with the work: it goes on when whoever asked has hung up.
    let task = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    });
    task.await.map_err(|_| ServiceError::Internal("a password check did not end".to_owned()))
}

/// The same letters typed on another system may come as other code points.
fn normalised(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

fn is_common(password: &str, email: &str) -> bool {
    let lower: Zeroizing<String> = Zeroizing::new(password.to_lowercase());
    let distinct: std::collections::BTreeSet<char> = lower.chars().collect();
    let email = email.to_lowercase();
    distinct.len() < MIN_DISTINCT
        || lower.trim() == email
        || Some(lower.trim()) == email.split('@').next()
        || COMMON.lines().any(|common| common == lower.as_str())
        || is_repetition(&lower)
}

/// Whether it is one shorter text over and over, such as `qwerty1qwerty1`.
fn is_repetition(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=chars.len() / 2).any(|length| {
        chars.len().is_multiple_of(length)
            && chars.iter().zip(chars.iter().skip(length)).all(|(one, other)| one == other)
    })
}

#[allow(clippy::needless_pass_by_value)]
fn fault(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Internal(format!("password hash: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "aigerim.bekova@example.kz";

    fn refusal(password: &str) -> Option<&'static str> {
        check(password, EMAIL, "/password").err().map(|error| error.code)
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(refusal("қысқа сөз 1"), Some("password_too_short"));
        assert_eq!(refusal("ұзынырақ сөз"), None);
        assert_eq!(refusal(&"aB3-ф".repeat(26)[..]), Some("too_long"));
        let longest: String = ('a'..='z').cycle().take(127).chain(['1']).collect();
        assert_eq!(refusal(&longest), None);
        assert_eq!(refusal(&"x".repeat(5_000)), Some("too_long"));
        let error = check("", EMAIL, "/new_password").unwrap_err();
        assert_eq!((error.pointer.as_str(), error.args), ("/new_password", vec![("min", "12".to_owned())]));
    }

    #[test]
    fn common_passwords_repetitions_and_the_mail_address_are_refused() {
        for password in [
            "password1234",
            "Password1234",
            "ЙЦУКЕНГШЩЗХЪ",
            "aaaaaaaaaaaaaaa",
            "121212121212",
            "qwerty1qwerty1",
            "AbcdeFabcdef",
            EMAIL,
            "Aigerim.Bekova@Example.kz",
            "aigerim.bekova",
        ] {
            assert_eq!(refusal(password), Some("password_too_common"), "{password}");
        }
        for password in ["steppe wind over Almaty", "aigerim.bekova77", "тоғыз жолдың торабы"] {
            assert_eq!(refusal(password), None, "{password}");
        }
    }

    #[test]
    fn control_characters_are_refused() {
        for password in ["steppe wind over\n", "steppe\0wind over", "steppe\u{9b}wind over"] {
            assert_eq!(refusal(password), Some("control_character"));
        }
    }

    #[test]
    fn the_list_of_common_passwords_is_in_the_form_in_which_it_is_compared() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() >= 100, "{}", lines.len());
        for line in &lines {
            assert_eq!(*line, line.trim().to_lowercase(), "{line}");
            // A shorter one is refused for its length and only takes room here.
            assert!(line.chars().count() >= MIN_CHARS, "{line}");
        }
        assert_eq!(lines.iter().collect::<std::collections::BTreeSet<_>>().len(), lines.len());
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_its_own_salt_and_knows_its_password_only() {
        let one = hash("steppe wind over Almaty").await.unwrap();
        let other = hash("steppe wind over Almaty").await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(matches("steppe wind over Almaty", Some(&one)).await.unwrap());
        for wrong in ["steppe wind over almaty", "", "steppe wind over Almaty ", &"x".repeat(100_000)] {
            assert!(!matches(wrong, Some(&one)).await.unwrap());
        }
        assert!(!matches("steppe wind over Almaty", None).await.unwrap());
        assert!(matches!(matches("x", Some("no hash")).await, Err(ServiceError::Internal(_))));
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_its_letters_are_composed() {
        let composed = hash("Баспақ й ё Å 77").await.unwrap();
        assert!(matches("Баспақ и\u{306} е\u{308} A\u{30a} 77", Some(&composed)).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_without_an_account_takes_as_long_as_a_wrong_one() {
        let stored = hash("steppe wind over Almaty").await.unwrap();
        let mut times = [Duration::MAX; 2];
        for _ in 0..5 {
            for (best, stored) in times.iter_mut().zip([Some(stored.as_str()), None]) {
                let start = std::time::Instant::now();
                matches("another one", stored).await.unwrap();
                *best = (*best).min(start.elapsed());
            }
        }
        // Both fill the same memory: the best of five differ by far less than the hash itself takes.
        assert!(times[1] * 3 > times[0] && times[0] * 3 > times[1], "{times:?}");
    }

    #[test]
    fn made_up_passwords_are_good_enough_and_differ() {
        let made: std::collections::BTreeSet<String> = (0..100).map(|_| generate().unwrap()).collect();
        assert_eq!(made.len(), 100);
        for password in &made {
            assert_eq!(refusal(password), None);
            assert!(password.len() == GENERATED_CHARS && password.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }
}
