//! Rows of the second factor and of who needs one, and what is asked of sessions beyond their making.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{recovery_codes, sessions, totp, totp_roles};
use super::staff::SessionRow;
use crate::domain::vocabulary::Role;

/// The second factor of a member.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = totp, treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct TotpRow {
    pub staff_id: String,
    /// The secret in base32, sealed.
    pub sealed: Vec<u8>,
    pub created_at: NaiveDateTime,
    /// None while nobody has shown a code of it.
    pub confirmed_at: Option<NaiveDateTime>,
    /// The last time step (30 seconds each, from 1970) whose code was taken.
    pub last_step: i64,
}

/// A recovery code, as its keyed hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = recovery_codes)]
#[allow(missing_docs)]
pub struct RecoveryCodeRow {
    pub id: String,
    pub staff_id: String,
    pub code_hash: Vec<u8>,
    pub used_at: Option<NaiveDateTime>,
}

/// The second factor of a member, be it confirmed or not.
///
/// # Errors
/// Those of the database.
pub fn totp_of(connection: &mut AnyConnection, staff_id: &str) -> QueryResult<Option<TotpRow>> {
    totp::table.find(staff_id).select(TotpRow::as_select()).first(connection).optional()
}

/// Stores a second factor in place of what was there. The caller holds the lock of the account.
///
/// # Errors
/// Those of the database.
pub fn put_totp(connection: &mut AnyConnection, row: &TotpRow) -> QueryResult<()> {
    diesel::delete(totp::table.find(&row.staff_id)).execute(connection)?;
    diesel::insert_into(totp::table).values(row).execute(connection)?;
    Ok(())
}

/// Uses up a time step; `false` when it, or a later one, was used before.
///
/// # Errors
/// Those of the database.
pub fn use_step(connection: &mut AnyConnection, staff_id: &str, step: i64) -> QueryResult<bool> {
    let used = diesel::update(totp::table.find(staff_id).filter(totp::last_step.lt(step)))
        .set(totp::last_step.eq(step))
        .execute(connection)?;
    Ok(used == 1)
}

/// Takes the second factor and its recovery codes away; `false` when there was none.
///
/// # Errors
/// Those of the database.
pub fn delete_totp(connection: &mut AnyConnection, staff_id: &str) -> QueryResult<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::staff_id.eq(staff_id))).execute(connection)?;
    Ok(diesel::delete(totp::table.find(staff_id)).execute(connection)? == 1)
}

/// The recovery codes of a member that were not used yet.
///
/// # Errors
/// Those of the database.
pub fn unused_codes(connection: &mut AnyConnection, staff_id: &str) -> QueryResult<Vec<RecoveryCodeRow>> {
    recovery_codes::table
        .filter(recovery_codes::staff_id.eq(staff_id))
        .filter(recovery_codes::used_at.is_null())
        .order(recovery_codes::id)
        .select(RecoveryCodeRow::as_select())
        .load(connection)
}

/// Uses up a recovery code; `false` when it was used before.
///
/// # Errors
/// Those of the database.
pub fn use_recovery_code(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<bool> {
    let used = diesel::update(recovery_codes::table.find(id).filter(recovery_codes::used_at.is_null()))
        .set(recovery_codes::used_at.eq(at))
        .execute(connection)?;
    Ok(used == 1)
}

/// Replaces the recovery codes of a member.
///
/// # Errors
/// Those of the database.
pub fn put_recovery_codes(connection: &mut AnyConnection, staff_id: &str, rows: &[RecoveryCodeRow]) -> QueryResult<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::staff_id.eq(staff_id))).execute(connection)?;
    for row in rows {
        diesel::insert_into(recovery_codes::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// The roles whose members need a second factor.
///
/// # Errors
/// Those of the database.
pub fn totp_roles(connection: &mut AnyConnection) -> QueryResult<Vec<Role>> {
    totp_roles::table.order(totp_roles::role).select(totp_roles::role).load(connection)
}

/// Replaces them; `roles` names each once.
///
/// # Errors
/// Those of the database.
pub fn put_totp_roles(connection: &mut AnyConnection, roles: &[Role]) -> QueryResult<()> {
    diesel::delete(totp_roles::table).execute(connection)?;
    for role in roles {
        diesel::insert_into(totp_roles::table).values(totp_roles::role.eq(*role)).execute(connection)?;
    }
    Ok(())
}

/// The sessions of a member that go on, the newest first.
///
/// # Errors
/// Those of the database.
pub fn sessions_of(connection: &mut AnyConnection, staff_id: &str, now: NaiveDateTime) -> QueryResult<Vec<SessionRow>> {
    sessions::table
        .filter(sessions::staff_id.eq(staff_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order(sessions::id.desc())
        .select(SessionRow::as_select())
        .load(connection)
}

/// Notes that a session was used.
///
/// # Errors
/// Those of the database.
pub fn touch_session(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(sessions::table.find(id)).set(sessions::last_used_at.eq(at)).execute(connection)?;
    Ok(())
}
