//! Codes of the second factor: made, and taken once each.

use chrono::{DateTime, Utc};
use serde_json::json;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use super::audit::{By, note};
use super::{Attempt, lock};
use crate::app::App;
use crate::ids::new_id;
use crate::services::error::ServiceError;
use crate::storage::AnyConnection;
use crate::storage::sign_in::{self as rows, RecoveryCodeRow, TotpRow};
use crate::storage::staff::{self, StaffRow};
use crate::vault::Place;

/// What authenticator apps show beside the account.
const ISSUER: &str = "Otinish";
/// The length of a secret: that of the HMAC-SHA-1 that all apps know (RFC 4226 section 4).
const SECRET_BYTES: usize = 20;
/// So many recovery codes are given out.
pub(super) const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code, five bits each; those that look alike are left out.
const RECOVERY_CHARS: usize = 10;
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// What is longer is no code; in bytes.
const LONGEST: usize = 64;

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, ServiceError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| ServiceError::Internal(format!("randomness: {error}")))?;
    Ok(bytes)
}

fn generator(secret: Vec<u8>, account: &str) -> Result<Totp, ServiceError> {
    // What is the same for all apps: SHA-1, six digits, 30 seconds, one step before and after.
    Builder::new()
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .with_skew(1)
        .build()
        .map_err(|_| ServiceError::Internal("a second factor could not be built".to_owned()))
}

/// A new secret of the owner of `account`.
pub(super) fn new_secret(account: &str) -> Result<Totp, ServiceError> {
    generator(random::<SECRET_BYTES>()?.to_vec(), account)
}

const fn place(staff_id: &str) -> Place<'_> {
    Place::new("totp", staff_id, "secret")
}

/// A secret as it is stored: sealed with a key of the deployment, for this account only.
pub(super) fn seal(app: &App, staff_id: &str, totp: &Totp) -> Result<Vec<u8>, ServiceError> {
    Ok(app.vault.seal_staff_mail(&place(staff_id), totp.secret().as_ref())?)
}

/// The time step whose code `given` is, unless it or a later one was used before.
pub(super) fn step_of(app: &App, row: &TotpRow, given: &str, now: DateTime<Utc>) -> Result<Option<i64>, ServiceError> {
    let secret: Vec<u8> = app.vault.open_staff_mail(&place(&row.staff_id), &row.sealed)?;
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let step = generator(secret, "")?.check(given, seconds).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| *step > row.last_step))
}

/// Six digits or a recovery code, without the spaces, dashes and capitals with which people type them.
pub(super) fn plain(given: &str) -> Option<String> {
    let code: String = given.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    (given.len() <= LONGEST && code.is_ascii() && !code.is_empty()).then(|| code.to_ascii_lowercase())
}

/// Whether a code is right; it is used up then. The caller holds the lock of the account, so that of two at once one gets through.
fn take(
    app: &App,
    tx: &mut AnyConnection,
    row: &TotpRow,
    given: &str,
    now: DateTime<Utc>,
) -> Result<bool, ServiceError> {
    let Some(code) = plain(given) else { return Ok(false) };
    if code.len() == 6 {
        let Some(step) = step_of(app, row, &code, now)? else { return Ok(false) };
        return Ok(rows::use_step(tx, &row.staff_id, step)?);
    }
    let unused = rows::unused_codes(tx, &row.staff_id)?;
    let is_it = |stored: &&RecoveryCodeRow| app.vault.verify_code(&row.staff_id, &stored.id, &code, &stored.code_hash);
    let Some(found) = unused.iter().find(is_it) else { return Ok(false) };
    if !rows::use_recovery_code(tx, &found.id, now.naive_utc())? {
        return Ok(false);
    }
    let left = unused.len().saturating_sub(1);
    note(tx, now, "recovery_code_used", &By::Staff(&row.staff_id), &json!({"left": left}))?;
    Ok(true)
}

/// Asks for the second factor of an account whose password was right. Without one there is nothing to ask. A wrong code counts as
/// a failed sign-in; a missing one does not, since every client begins without.
pub(super) fn ask(
    app: &App,
    tx: &mut AnyConnection,
    mut row: StaffRow,
    given: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Attempt<StaffRow>, ServiceError> {
    let Some(totp) = rows::totp_of(tx, &row.id)?.filter(|totp| totp.confirmed_at.is_some()) else {
        return Ok(Attempt::Right(row));
    };
    let Some(given) = given.filter(|given| !given.trim().is_empty()) else { return Ok(Attempt::CodeMissing) };
    if take(app, tx, &totp, given, now)? {
        return Ok(Attempt::Right(row));
    }
    count_failure(app, tx, &mut row, now)?;
    Ok(Attempt::WrongCode)
}

/// Counts a wrong code as a failed sign-in.
pub(super) fn count_failure(
    app: &App,
    tx: &mut AnyConnection,
    row: &mut StaffRow,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let failures = lock::raise(row, now);
    staff::update(tx, row)?;
    lock::note_failure(app, tx, now, Some(&row.id), failures)
}

/// New recovery codes in place of those that stand, as they are shown this once.
pub(super) fn renew_codes(
    app: &App,
    tx: &mut AnyConnection,
    staff_id: &str,
    now: DateTime<Utc>,
) -> Result<Vec<String>, ServiceError> {
    let mut shown = Vec::new();
    let mut stored = Vec::new();
    for _ in 0..RECOVERY_CODES {
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte & 31)).map(|letter| char::from(*letter));
        let code: String = random::<RECOVERY_CHARS>()?.iter().filter_map(letter).collect();
        let id = new_id(now);
        let code_hash = app.vault.code_hash(staff_id, &id, &code);
        stored.push(RecoveryCodeRow { id, staff_id: staff_id.to_owned(), code_hash, used_at: None });
        let (head, tail) = code.split_at(RECOVERY_CHARS / 2);
        shown.push(format!("{head}-{tail}"));
    }
    rows::put_recovery_codes(tx, staff_id, &stored)?;
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_however_they_are_typed() {
        for (given, read) in [
            ("123456", Some("123456")),
            (" 123 456 ", Some("123456")),
            ("ABCDE-fghij", Some("abcdefghij")),
            ("", None),
            (" - ", None),
            ("१२३४५६", None),
        ] {
            assert_eq!(plain(given).as_deref(), read, "{given}");
        }
        assert_eq!(plain(&"1".repeat(65)), None);
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of eight digits.
        let totp = generator(b"12345678901234567890".to_vec(), "").unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(totp.generate(seconds).to_string(), code);
            assert_eq!(totp.check(code, seconds), Some(seconds / 30));
            assert!(totp.check(code, seconds + 30).is_some() && totp.check(code, seconds + 90).is_none());
        }
    }
}
