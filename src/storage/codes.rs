//! Rows of `email_codes` and `idempotency`: hashes only.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{email_codes, idempotency};

/// A code that was mailed; only its keyed hash is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = email_codes)]
#[allow(missing_docs)]
pub struct CodeRow {
    pub id: String,
    pub request_id: String,
    pub hmac: Vec<u8>,
    pub created_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub tries: i32,
    pub used_at: Option<NaiveDateTime>,
}

/// A creating call that was answered before.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency)]
#[allow(missing_docs)]
pub struct IdempotencyRow {
    pub key_hash: Vec<u8>,
    pub fingerprint: Vec<u8>,
    /// What was created: a reference or an id.
    pub resource: String,
    pub created_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
}

/// Stores a new code.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut AnyConnection, row: &CodeRow) -> QueryResult<()> {
    diesel::insert_into(email_codes::table).values(row).execute(connection)?;
    Ok(())
}

/// The codes of a request, newest first.
///
/// # Errors
/// Those of the database.
pub fn of_request(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<CodeRow>> {
    email_codes::table
        .filter(email_codes::request_id.eq(request_id))
        .order(email_codes::id.desc())
        .select(CodeRow::as_select())
        .load(connection)
}

/// Counts one more try of a code.
///
/// # Errors
/// Those of the database.
pub fn count_try(connection: &mut AnyConnection, id: &str) -> QueryResult<()> {
    diesel::update(email_codes::table.find(id))
        .set(email_codes::tries.eq(email_codes::tries + 1))
        .execute(connection)?;
    Ok(())
}

/// Marks a code as used.
///
/// # Errors
/// Those of the database.
pub fn mark_used(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(email_codes::table.find(id)).set(email_codes::used_at.eq(at)).execute(connection)?;
    Ok(())
}

/// The earlier call with this key, unless it is too old.
///
/// # Errors
/// Those of the database.
pub fn earlier_call(
    connection: &mut AnyConnection,
    key_hash: &[u8],
    now: NaiveDateTime,
) -> QueryResult<Option<IdempotencyRow>> {
    diesel::delete(
        idempotency::table.filter(idempotency::key_hash.eq(key_hash)).filter(idempotency::expires_at.le(now)),
    )
    .execute(connection)?;
    idempotency::table.find(key_hash).select(IdempotencyRow::as_select()).first(connection).optional()
}

/// Remembers a creating call.
///
/// # Errors
/// Those of the database; a second call at the same moment is a unique violation.
pub fn remember_call(connection: &mut AnyConnection, row: &IdempotencyRow) -> QueryResult<()> {
    diesel::insert_into(idempotency::table).values(row).execute(connection)?;
    Ok(())
}

/// Forgets calls that are too old, a few at a time.
///
/// # Errors
/// Those of the database.
pub fn forget_old_calls(connection: &mut AnyConnection, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(idempotency::table.filter(idempotency::expires_at.le(now))).execute(connection)
}

/// Whether there are calls that are too old.
///
/// # Errors
/// Those of the database.
pub fn has_old_calls(connection: &mut AnyConnection, now: NaiveDateTime) -> QueryResult<bool> {
    let found: Option<NaiveDateTime> = idempotency::table
        .filter(idempotency::expires_at.le(now))
        .select(idempotency::expires_at)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}
