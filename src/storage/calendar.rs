//! Rows of `calendar_revisions`: every state that the calendar has had.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::calendar_revisions;

/// The lock under which terms are counted: shared by whoever counts one, alone for whoever changes the calendar.
const COUNTING: i64 = 0x6f74_696e_6361_6c00;
/// The lock under which the calendar is changed: whoever wants to comes first to it, before locking any request.
const CHANGING: i64 = 0x6f74_696e_6361_6c01;

/// One state of the calendar.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_revisions)]
#[allow(missing_docs)]
pub struct RevisionRow {
    /// 1, 2, 3…; the greatest is in force.
    pub number: i64,
    /// Its name, which stands with every term that was counted by it.
    pub revision: String,
    pub at: NaiveDateTime,
    /// Who changed it; nobody where a file brought it.
    pub staff_id: Option<String>,
    /// The order, law or announcement behind the change.
    pub source: String,
    /// JSON of what was changed.
    pub change: String,
    /// SHA-256 of the file that brought it, in hex.
    pub file_digest: Option<String>,
    /// JSON of the whole calendar.
    pub calendar: String,
    /// When the last open clock was counted again by it; nothing while some still wait for that.
    pub recounted_at: Option<NaiveDateTime>,
}

/// From here to the end of the transaction the calendar stays as it is. SQLite has a single writer anyway.
///
/// # Errors
/// Those of the database.
pub fn hold(connection: &mut AnyConnection) -> QueryResult<()> {
    lock(connection, "SELECT pg_advisory_xact_lock_shared($1)", COUNTING)
}

/// From here to the end of the transaction nobody else counts a term.
///
/// # Errors
/// Those of the database.
pub fn claim(connection: &mut AnyConnection) -> QueryResult<()> {
    lock(connection, "SELECT pg_advisory_xact_lock($1)", COUNTING)
}

/// From here to the end of the transaction nobody else changes the calendar; terms are counted on.
///
/// # Errors
/// Those of the database.
pub fn begin_change(connection: &mut AnyConnection) -> QueryResult<()> {
    lock(connection, "SELECT pg_advisory_xact_lock($1)", CHANGING)
}

fn lock(connection: &mut AnyConnection, query: &str, key: i64) -> QueryResult<()> {
    if let AnyConnection::Postgres(inner) = connection {
        diesel::sql_query(query).bind::<diesel::sql_types::BigInt, _>(key).execute(inner)?;
    }
    Ok(())
}

/// The number of the revision in force; 0 when there is none yet.
///
/// # Errors
/// Those of the database.
pub fn newest(connection: &mut AnyConnection) -> QueryResult<i64> {
    let number: Option<i64> =
        calendar_revisions::table.select(diesel::dsl::max(calendar_revisions::number)).first(connection)?;
    Ok(number.unwrap_or_default())
}

/// The revision with this number.
///
/// # Errors
/// Those of the database.
pub fn by_number(connection: &mut AnyConnection, number: i64) -> QueryResult<Option<RevisionRow>> {
    calendar_revisions::table.find(number).select(RevisionRow::as_select()).first(connection).optional()
}

/// Revisions, newest first, below the number `before`.
///
/// # Errors
/// Those of the database.
pub fn page(connection: &mut AnyConnection, before: i64, limit: i64) -> QueryResult<Vec<RevisionRow>> {
    calendar_revisions::table
        .filter(calendar_revisions::number.lt(before))
        .order(calendar_revisions::number.desc())
        .limit(limit)
        .select(RevisionRow::as_select())
        .load(connection)
}

/// The changes that administrators made, oldest first.
///
/// # Errors
/// Those of the database.
pub fn made_by_staff(connection: &mut AnyConnection) -> QueryResult<Vec<RevisionRow>> {
    calendar_revisions::table
        .filter(calendar_revisions::file_digest.is_null())
        .order(calendar_revisions::number)
        .select(RevisionRow::as_select())
        .load(connection)
}

/// Whether a file with this digest was in force at any time.
///
/// # Errors
/// Those of the database.
pub fn knows_file(connection: &mut AnyConnection, digest: &str) -> QueryResult<bool> {
    let found: Option<i64> = calendar_revisions::table
        .filter(calendar_revisions::file_digest.eq(digest))
        .select(calendar_revisions::number)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// Whether a revision has this name.
///
/// # Errors
/// Those of the database.
pub fn has_name(connection: &mut AnyConnection, revision: &str) -> QueryResult<bool> {
    let found: Option<i64> = calendar_revisions::table
        .filter(calendar_revisions::revision.eq(revision))
        .select(calendar_revisions::number)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// The oldest revision by which some clocks may still have to be counted.
///
/// # Errors
/// Those of the database.
pub fn unfinished(connection: &mut AnyConnection) -> QueryResult<Option<RevisionRow>> {
    calendar_revisions::table
        .filter(calendar_revisions::recounted_at.is_null())
        .order(calendar_revisions::number)
        .select(RevisionRow::as_select())
        .first(connection)
        .optional()
}

/// Notes that no clock waits for this revision any more.
///
/// # Errors
/// Those of the database.
pub fn finish(connection: &mut AnyConnection, number: i64, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(calendar_revisions::table.find(number))
        .set(calendar_revisions::recounted_at.eq(at))
        .execute(connection)?;
    Ok(())
}

/// Puts a revision in force.
///
/// # Errors
/// Those of the database; a number that exists is a unique violation.
pub fn insert(connection: &mut AnyConnection, row: &RevisionRow) -> QueryResult<()> {
    diesel::insert_into(calendar_revisions::table).values(row).execute(connection)?;
    Ok(())
}
