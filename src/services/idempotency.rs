//! Calls that create something can be repeated: the same key with the same body gives the first answer again.

use chrono::{DateTime, Duration, Utc};

use super::error::{Refusal, ServiceError};
use crate::storage::codes::{self, IdempotencyRow};
use crate::storage::{AnyConnection, follow_one_another};

/// How long an `Idempotency-Key` is remembered.
const IDEMPOTENCY_HOURS: i64 = 24;

/// An `Idempotency-Key`, as keyed hashes.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// Of the key within its scope.
    pub key_hash: Vec<u8>,
    /// Of the body.
    pub fingerprint: Vec<u8>,
}

/// What an earlier call with the same key created.
///
/// # Errors
/// `idempotency_conflict` when that call had another body.
pub fn earlier_call(
    tx: &mut AnyConnection,
    idempotency: Option<&IdempotencyKey>,
    now: DateTime<Utc>,
) -> Result<Option<String>, ServiceError> {
    let Some(idempotency) = idempotency else { return Ok(None) };
    follow_one_another(tx, &idempotency.key_hash)?;
    let Some(earlier) = codes::earlier_call(tx, &idempotency.key_hash, now.naive_utc())? else { return Ok(None) };
    if earlier.fingerprint != idempotency.fingerprint {
        return Err(Refusal::new("idempotency_conflict", 422).into());
    }
    Ok(Some(earlier.resource))
}

/// Remembers what a call created. [`earlier_call`] made calls with the same key follow one another.
///
/// # Errors
/// Those of the database.
pub fn remember(
    tx: &mut AnyConnection,
    idempotency: &IdempotencyKey,
    resource: &str,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let row = IdempotencyRow {
        key_hash: idempotency.key_hash.clone(),
        fingerprint: idempotency.fingerprint.clone(),
        resource: resource.to_owned(),
        created_at: now.naive_utc(),
        expires_at: (now + Duration::hours(IDEMPOTENCY_HOURS)).naive_utc(),
    };
    Ok(codes::remember_call(tx, &row)?)
}
