//! Rows of sign-ins by an external service, and of who is who there.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{external_identities, external_sign_ins};

/// Who a member is at a service.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = external_identities)]
#[allow(missing_docs)]
pub struct IdentityRow {
    pub issuer: String,
    pub subject: String,
    pub staff_id: String,
    pub bound_at: NaiveDateTime,
}

/// A sign-in that was begun.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = external_sign_ins)]
#[allow(missing_docs)]
pub struct BegunRow {
    pub ticket_hash: Vec<u8>,
    pub expires_at: NaiveDateTime,
    /// The page that the sign-in leads to; may be empty.
    pub next: String,
}

/// The id of the member who is this subject.
///
/// # Errors
/// Those of the database.
pub fn staff_of(connection: &mut AnyConnection, issuer: &str, subject: &str) -> QueryResult<Option<String>> {
    external_identities::table
        .find((issuer, subject))
        .select(external_identities::staff_id)
        .first(connection)
        .optional()
}

/// The subject that a member is.
///
/// # Errors
/// Those of the database.
pub fn subject_of(connection: &mut AnyConnection, issuer: &str, staff_id: &str) -> QueryResult<Option<String>> {
    external_identities::table
        .filter(external_identities::staff_id.eq(staff_id))
        .filter(external_identities::issuer.eq(issuer))
        .select(external_identities::subject)
        .first(connection)
        .optional()
}

/// Notes who a member is. The caller holds the lock of the account.
///
/// # Errors
/// Those of the database; a member or a subject that is taken is a unique violation.
pub fn bind(connection: &mut AnyConnection, row: &IdentityRow) -> QueryResult<()> {
    diesel::insert_into(external_identities::table).values(row).execute(connection)?;
    Ok(())
}

/// Forgets who a member is at every service; `false` when nothing was known.
///
/// # Errors
/// Those of the database.
pub fn unbind(connection: &mut AnyConnection, staff_id: &str) -> QueryResult<bool> {
    let bound = external_identities::table.filter(external_identities::staff_id.eq(staff_id));
    Ok(diesel::delete(bound).execute(connection)? > 0)
}

/// Notes that a sign-in was begun.
///
/// # Errors
/// Those of the database.
pub fn begin(connection: &mut AnyConnection, row: &BegunRow) -> QueryResult<()> {
    diesel::insert_into(external_sign_ins::table).values(row).execute(connection)?;
    Ok(())
}

/// Uses up a sign-in that was begun: where it leads. Of two that come at once one gets it.
///
/// # Errors
/// Those of the database.
pub fn take(connection: &mut AnyConnection, ticket_hash: &[u8], now: NaiveDateTime) -> QueryResult<Option<String>> {
    let begun = || external_sign_ins::table.find(ticket_hash);
    let next = begun()
        .filter(external_sign_ins::expires_at.gt(now))
        .select(external_sign_ins::next)
        .first(connection)
        .optional()?;
    let is_first = diesel::delete(begun()).execute(connection)? == 1;
    Ok(next.filter(|_| is_first))
}

/// Whether there are sign-ins that nobody finished in time.
///
/// # Errors
/// Those of the database.
pub fn has_old(connection: &mut AnyConnection, now: NaiveDateTime) -> QueryResult<bool> {
    let old: Option<NaiveDateTime> = external_sign_ins::table
        .filter(external_sign_ins::expires_at.le(now))
        .select(external_sign_ins::expires_at)
        .first(connection)
        .optional()?;
    Ok(old.is_some())
}

/// Forgets them.
///
/// # Errors
/// Those of the database.
pub fn forget_old(connection: &mut AnyConnection, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(external_sign_ins::table.filter(external_sign_ins::expires_at.le(now))).execute(connection)
}
