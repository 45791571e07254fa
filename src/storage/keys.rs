//! Which keys of the ring the database was used with, and what is still sealed under which master key.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Nullable};

use super::AnyConnection;
use super::requests::RequestKeyRow;
use super::schema::{key_fingerprints, outbox, request_keys, totp};

diesel::define_sql_function! {
    /// A part of bytes.
    fn substr(bytes: Nullable<Binary>, first: Integer, count: Integer) -> Nullable<Binary>;
}

/// A key that this database knows by its fingerprint.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = key_fingerprints)]
#[allow(missing_docs)]
pub struct FingerprintRow {
    pub id: String,
    pub purpose: String,
    pub fingerprint: String,
    pub created_at: NaiveDateTime,
    /// When it was taken out of the ring, since nothing needed it any more.
    pub retired_at: Option<NaiveDateTime>,
}

/// The fingerprints of all keys that this database was used with.
///
/// # Errors
/// Those of the database.
pub fn fingerprints(connection: &mut AnyConnection) -> QueryResult<Vec<FingerprintRow>> {
    key_fingerprints::table.order(key_fingerprints::id).select(FingerprintRow::as_select()).load(connection)
}

/// Remembers a key by its fingerprint.
///
/// # Errors
/// Those of the database.
pub fn insert_fingerprint(connection: &mut AnyConnection, row: &FingerprintRow) -> QueryResult<()> {
    diesel::insert_into(key_fingerprints::table).values(row).execute(connection)?;
    Ok(())
}

/// Remembers that a key is needed no more.
///
/// # Errors
/// Those of the database.
pub fn retire(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<()> {
    let kept = key_fingerprints::table.find(id).filter(key_fingerprints::retired_at.is_null());
    diesel::update(kept).set(key_fingerprints::retired_at.eq(at)).execute(connection)?;
    Ok(())
}

/// Takes that back: something is still sealed under the key.
///
/// # Errors
/// Those of the database.
pub fn keep(connection: &mut AnyConnection, id: &str) -> QueryResult<()> {
    diesel::update(key_fingerprints::table.find(id))
        .set(key_fingerprints::retired_at.eq(None::<NaiveDateTime>))
        .execute(connection)?;
    Ok(())
}

/// Whether something may be sealed under this key: it was not taken out of the ring. Until the transaction ends nobody can take it
/// out, so that a process with an older ring in memory never writes what nobody could open.
///
/// # Errors
/// Those of the database.
pub fn hold(connection: &mut AnyConnection, id: &str) -> QueryResult<bool> {
    let key = key_fingerprints::table.find(id).select(key_fingerprints::retired_at);
    let found: Option<Option<NaiveDateTime>> = match connection {
        AnyConnection::Sqlite(inner) => key.first(inner).optional()?,
        AnyConnection::Postgres(inner) => key.for_share().first(inner).optional()?,
    };
    Ok(found.flatten().is_none())
}

/// What is still sealed under one master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses {
    /// Requests whose keys it wraps.
    pub requests: i64,
    /// Second factors of members.
    pub second_factors: i64,
    /// Mails to members about no request.
    pub mails: i64,
}

impl Uses {
    /// Whether there are none.
    #[must_use]
    pub const fn is_unused(&self) -> bool {
        self.requests == 0 && self.second_factors == 0 && self.mails == 0
    }
}

/// Counts what is sealed under the master key `id`; `prefix` is what sealed values of members begin with.
///
/// # Errors
/// Those of the database.
pub fn uses(connection: &mut AnyConnection, id: &str, prefix: &[u8]) -> QueryResult<Uses> {
    let length = i32::try_from(prefix.len()).unwrap_or(i32::MAX);
    let requests = request_keys::table
        .filter(request_keys::master_key_id.eq(id))
        .filter(request_keys::wrapped.is_not_null())
        .count()
        .get_result(connection)?;
    let second_factors =
        totp::table.filter(substr(totp::sealed.nullable(), 1, length).eq(prefix)).count().get_result(connection)?;
    let mails = outbox::table
        .filter(outbox::request_id.is_null())
        .filter(substr(outbox::sealed, 1, length).eq(prefix))
        .count()
        .get_result(connection)?;
    Ok(Uses { requests, second_factors, mails })
}

/// Keys of requests that are wrapped with one of `masters`, by request, beginning after `after`.
///
/// # Errors
/// Those of the database.
pub fn wrapped_with(
    connection: &mut AnyConnection,
    masters: &[String],
    after: &str,
    limit: i64,
) -> QueryResult<Vec<RequestKeyRow>> {
    request_keys::table
        .filter(request_keys::master_key_id.eq_any(masters))
        .filter(request_keys::wrapped.is_not_null())
        .filter(request_keys::request_id.gt(after))
        .order(request_keys::request_id)
        .limit(limit)
        .select(RequestKeyRow::as_select())
        .load(connection)
}

/// Puts another wrapping in the place of `before`; `false` when that is no longer there, since the key was wrapped anew or destroyed.
///
/// # Errors
/// Those of the database.
pub fn rewrap(
    connection: &mut AnyConnection,
    before: &RequestKeyRow,
    master_key_id: &str,
    wrapped: &[u8],
) -> QueryResult<bool> {
    let same = request_keys::table
        .find(&before.request_id)
        .filter(request_keys::master_key_id.eq(&before.master_key_id))
        .filter(request_keys::wrapped.is_not_null());
    let values = (request_keys::master_key_id.eq(master_key_id), request_keys::wrapped.eq(wrapped));
    Ok(diesel::update(same).set(values).execute(connection)? == 1)
}

/// Second factors sealed under the master key whose sealed values begin with `prefix`: member, sealed secret.
///
/// # Errors
/// Those of the database.
pub fn second_factors(connection: &mut AnyConnection, prefix: &[u8]) -> QueryResult<Vec<(String, Vec<u8>)>> {
    let length = i32::try_from(prefix.len()).unwrap_or(i32::MAX);
    totp::table
        .filter(substr(totp::sealed.nullable(), 1, length).eq(prefix))
        .order(totp::staff_id)
        .select((totp::staff_id, totp::sealed))
        .load(connection)
}

/// Seals a second factor anew, unless it was changed meanwhile.
///
/// # Errors
/// Those of the database.
pub fn reseal_second_factor(
    connection: &mut AnyConnection,
    staff_id: &str,
    before: &[u8],
    sealed: &[u8],
) -> QueryResult<bool> {
    let same = totp::table.find(staff_id).filter(totp::sealed.eq(before));
    Ok(diesel::update(same).set(totp::sealed.eq(sealed)).execute(connection)? == 1)
}

/// Mails about no request sealed under the master key whose sealed values begin with `prefix`: id, sealed mail.
///
/// # Errors
/// Those of the database.
pub fn staff_mails(
    connection: &mut AnyConnection,
    prefix: &[u8],
    after: &str,
    limit: i64,
) -> QueryResult<Vec<(String, Option<Vec<u8>>)>> {
    let length = i32::try_from(prefix.len()).unwrap_or(i32::MAX);
    outbox::table
        .filter(outbox::request_id.is_null())
        .filter(outbox::id.gt(after))
        .filter(substr(outbox::sealed, 1, length).eq(prefix))
        .order(outbox::id)
        .limit(limit)
        .select((outbox::id, outbox::sealed))
        .load(connection)
}

/// Seals a mail anew, unless it was changed meanwhile.
///
/// # Errors
/// Those of the database.
pub fn reseal_staff_mail(connection: &mut AnyConnection, id: &str, before: &[u8], sealed: &[u8]) -> QueryResult<bool> {
    let same = outbox::table.find(id).filter(outbox::sealed.eq(before));
    Ok(diesel::update(same).set(outbox::sealed.eq(sealed)).execute(connection)? == 1)
}
