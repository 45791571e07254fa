//! The growing lock-out after failed sign-ins, of accounts in the database and of unknown addresses in memory.

use std::collections::HashMap;
use std::sync::PoisonError;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde_json::json;

use super::audit::{By, note};
use crate::app::{App, Failures};
use crate::domain::email_address::EmailAddress;
use crate::metrics::SecurityEvent;
use crate::services::alerts;
use crate::services::error::{Refusal, ServiceError};
use crate::storage::AnyConnection;
use crate::storage::staff::StaffRow;

/// The failure in a row that locks for the first time.
const FIRST_LOCK: i32 = 5;
/// The longest lock, in minutes; before it come 1, 2, 4, 8, 16 and 32.
const MAX_MINUTES: i64 = 60;
/// A day after the last failure or the end of the last lock, counting begins anew: [`App::forget_unknown_sign_ins`]
/// forgets unknown addresses then, and known ones must not be told from them.
const FORGOTTEN_AFTER: Duration = Duration::days(1);
/// So many unknown addresses are remembered at once.
pub(super) const MAX_UNKNOWN: usize = 10_000;

/// The answer to every attempt during a lock.
pub(super) fn refusal(seconds: i64) -> ServiceError {
    Refusal::new("rate_limited", 429).with("seconds", seconds).retry_after(seconds).into()
}

/// Whole seconds until the lock ends, at least 1; none when there is no lock.
pub(super) fn seconds_left(locked_until: Option<NaiveDateTime>, now: DateTime<Utc>) -> Option<i64> {
    let left = locked_until? - now.naive_utc();
    (left > Duration::zero()).then(|| left.num_seconds() + i64::from(left.subsec_nanos() > 0))
}

/// One more failure. `locked_until` is the end of the lock that it sets, or the moment itself where it sets none, so that
/// one column tells both how long to refuse and when to begin anew.
fn raised(before: Failures, now: DateTime<Utc>) -> Failures {
    let is_old = before.locked_until.is_some_and(|until| until <= now - FORGOTTEN_AFTER);
    let count = if is_old { 1 } else { before.count.saturating_add(1) };
    let minutes = match count - FIRST_LOCK {
        ..0 => 0,
        steps @ 0..6 => 1_i64 << steps,
        _ => MAX_MINUTES,
    };
    Failures { count, locked_until: Some(now + Duration::minutes(minutes)) }
}

/// Counts a failure at an account; the caller has locked the row and writes it back.
pub(super) fn raise(row: &mut StaffRow, now: DateTime<Utc>) -> Failures {
    let before = Failures { count: row.failed_sign_ins, locked_until: row.locked_until.map(|until| until.and_utc()) };
    let after = raised(before, now);
    row.failed_sign_ins = after.count;
    row.locked_until = after.locked_until.map(|until| until.naive_utc());
    after
}

/// Forgets the failures of an account.
pub(super) const fn forget(row: &mut StaffRow) {
    row.failed_sign_ins = 0;
    row.locked_until = None;
}

/// Notes a failure, and the lock if it set one.
pub(super) fn note_failure(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    account: Option<&str>,
    failures: Failures,
) -> Result<(), ServiceError> {
    app.metrics.count(SecurityEvent::FailedSignIn);
    if let Some(account) = account {
        alerts::failed_sign_in(app, tx, now, account)?;
    }
    let by = By::Stranger(account);
    note(tx, now, "sign_in_failed", &by, &json!({"in_a_row": failures.count}))?;
    match seconds_left(failures.locked_until.map(|until| until.naive_utc()), now) {
        Some(seconds) => note(tx, now, "sign_in_locked", &by, &json!({"seconds": seconds})),
        None => Ok(()),
    }
}

/// Under what an unknown address is remembered: not the address itself. Text that is no address is not the address that it would be
/// with less around it: else it could lock that one, which tells whether there is an account.
pub(super) fn unknown_key(app: &App, email: &str) -> Vec<u8> {
    let key = EmailAddress::parse(email).map_or_else(|_| format!("no address: {email}"), |email| email.key());
    app.vault.fingerprint("sign_in", key.as_bytes())
}

/// As [`seconds_left`], for an unknown address.
pub(super) fn unknown_seconds_left(app: &App, key: &[u8], now: DateTime<Utc>) -> Option<i64> {
    let all = app.unknown_sign_ins.read().unwrap_or_else(PoisonError::into_inner);
    all.get(key).and_then(|failures| seconds_left(failures.locked_until.map(|until| until.naive_utc()), now))
}

/// Counts a failure with an unknown address, unless it was locked meanwhile: then the seconds that are left.
pub(super) fn raise_unknown(app: &App, key: Vec<u8>, now: DateTime<Utc>) -> Result<Failures, i64> {
    let mut all = app.unknown_sign_ins.write().unwrap_or_else(PoisonError::into_inner);
    let before = all.get(&key).copied().unwrap_or(Failures { count: 0, locked_until: None });
    if let Some(seconds) = seconds_left(before.locked_until.map(|until| until.naive_utc()), now) {
        return Err(seconds);
    }
    if all.len() >= MAX_UNKNOWN && !all.contains_key(&key) {
        make_room(&mut all);
    }
    let after = raised(before, now);
    all.insert(key, after);
    Ok(after)
}

/// Drops the entry with the fewest failures, the oldest of these: a flood of made-up addresses pushes out itself and not
/// the address that is being guessed at.
fn make_room(all: &mut HashMap<Vec<u8>, Failures>) {
    let least =
        all.iter().min_by_key(|(_, failures)| (failures.count, failures.locked_until)).map(|(key, _)| key.clone());
    if let Some(key) = least {
        all.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_lock_begins_with_the_fifth_failure_and_doubles_up_to_an_hour() {
        let now = at("2026-11-22T10:00:00Z");
        let mut failures = Failures { count: 0, locked_until: None };
        let minutes: Vec<i64> = (0..14)
            .map(|_| {
                failures = raised(failures, now);
                (failures.locked_until.unwrap() - now).num_minutes()
            })
            .collect();
        assert_eq!(minutes, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
        let most = raised(Failures { count: i32::MAX, locked_until: None }, now);
        assert_eq!((most.count, most.locked_until), (i32::MAX, Some(now + Duration::hours(1))));
    }

    #[test]
    fn a_day_after_the_last_one_failures_are_forgotten() {
        let until = at("2026-11-22T10:00:00Z");
        let before = Failures { count: 9, locked_until: Some(until) };
        assert_eq!(raised(before, until + Duration::days(1) - Duration::seconds(1)).count, 10);
        assert_eq!(raised(before, until + Duration::days(1)).count, 1);
    }

    #[test]
    fn the_time_to_wait_is_rounded_up_and_never_zero() {
        let now = at("2026-11-22T10:00:00Z");
        let left = |millis| seconds_left(Some((now + Duration::milliseconds(millis)).naive_utc()), now);
        assert_eq!([left(-1), left(0), left(1), left(1_000), left(1_001)], [None, None, Some(1), Some(1), Some(2)]);
        assert_eq!(seconds_left(None, now), None);
    }

    #[test]
    fn a_full_memory_drops_the_oldest_of_those_with_the_fewest_failures() {
        let now = at("2026-11-22T10:00:00Z");
        let entry = |count, minutes| Failures { count, locked_until: Some(now + Duration::minutes(minutes)) };
        let mut all = HashMap::from([(vec![1], entry(6, 2)), (vec![2], entry(1, 1)), (vec![3], entry(1, 0))]);
        make_room(&mut all);
        assert!(all.contains_key([1].as_slice()) && all.contains_key([2].as_slice()) && all.len() == 2);
    }
}
