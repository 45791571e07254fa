//! Rows of `staff`, their roles, sessions and refresh tokens, and of the audit trail.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{audit, refresh_tokens, sessions, staff, staff_roles};
use crate::domain::vocabulary::{EnteredBy, Language, Role};

/// A member of the staff.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = staff, treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct StaffRow {
    pub id: String,
    /// Lower case.
    pub email: String,
    pub name: String,
    pub language: Language,
    pub password_hash: String,
    pub is_admin: bool,
    pub disabled_at: Option<NaiveDateTime>,
    pub failed_sign_ins: i32,
    pub locked_until: Option<NaiveDateTime>,
    pub created_at: NaiveDateTime,
    /// Set for a password that an administrator gave out, which has to be changed before this moment.
    pub password_expires_at: Option<NaiveDateTime>,
}

/// A role of a member at an operator.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, PartialEq, Eq)]
#[diesel(table_name = staff_roles)]
#[allow(missing_docs)]
pub struct RoleRow {
    pub staff_id: String,
    pub operator_id: String,
    pub role: Role,
}

/// One sign-in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
#[allow(missing_docs)]
pub struct SessionRow {
    pub id: String,
    pub staff_id: String,
    pub created_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub revoked_at: Option<NaiveDateTime>,
    /// To a few minutes.
    pub last_used_at: Option<NaiveDateTime>,
    /// The browser and system, as two words.
    pub client: Option<String>,
    pub entered_by: EnteredBy,
}

/// A refresh token, as its hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens)]
#[allow(missing_docs)]
pub struct RefreshTokenRow {
    pub token_hash: Vec<u8>,
    pub session_id: String,
    pub created_at: NaiveDateTime,
    pub used_at: Option<NaiveDateTime>,
}

/// One line of the audit trail.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit)]
#[allow(missing_docs)]
pub struct AuditRow {
    pub id: String,
    pub at: NaiveDateTime,
    pub action: String,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub operator_id: Option<String>,
    pub request_id: Option<String>,
    pub reason: Option<String>,
    /// JSON without personal data.
    pub data: String,
    /// The account that it is about.
    pub about_id: Option<String>,
}

/// The member with this mail address (lower case).
///
/// # Errors
/// Those of the database.
pub fn by_email(connection: &mut AnyConnection, email: &str) -> QueryResult<Option<StaffRow>> {
    staff::table.filter(staff::email.eq(email)).select(StaffRow::as_select()).first(connection).optional()
}

/// The member with this id.
///
/// # Errors
/// Those of the database.
pub fn by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<StaffRow>> {
    staff::table.find(id).select(StaffRow::as_select()).first(connection).optional()
}

/// The member with this id, locked until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn lock_by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<StaffRow>> {
    if let AnyConnection::Postgres(inner) = connection {
        // Not against rows that only name the member: whoever writes those may hold a request that this transaction wants next.
        staff::table.find(id).select(staff::id).for_no_key_update().first::<String>(inner).optional()?;
    }
    by_id(connection, id)
}

/// Holds the account with this id as it is until the transaction ends. Comes before the lock of a request.
///
/// # Errors
/// Those of the database.
pub fn hold(connection: &mut AnyConnection, id: &str) -> QueryResult<()> {
    if let AnyConnection::Postgres(inner) = connection {
        staff::table.find(id).select(staff::id).for_share().first::<String>(inner).optional()?;
    }
    Ok(())
}

/// Several members.
///
/// # Errors
/// Those of the database.
pub fn by_ids(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<StaffRow>> {
    staff::table.filter(staff::id.eq_any(ids)).select(StaffRow::as_select()).load(connection)
}

/// A page of all members by id.
///
/// # Errors
/// Those of the database.
pub fn page(connection: &mut AnyConnection, after: Option<&str>, limit: i64) -> QueryResult<Vec<StaffRow>> {
    staff::table
        .filter(staff::id.gt(after.unwrap_or_default()))
        .order(staff::id)
        .limit(limit)
        .select(StaffRow::as_select())
        .load(connection)
}

/// Stores a new member.
///
/// # Errors
/// Those of the database; a mail address that exists is a unique violation.
pub fn insert(connection: &mut AnyConnection, row: &StaffRow) -> QueryResult<()> {
    diesel::insert_into(staff::table).values(row).execute(connection)?;
    Ok(())
}

/// Writes a member back.
///
/// # Errors
/// Those of the database.
pub fn update(connection: &mut AnyConnection, row: &StaffRow) -> QueryResult<()> {
    diesel::update(staff::table.find(&row.id)).set(row).execute(connection)?;
    Ok(())
}

/// The roles of several members.
///
/// # Errors
/// Those of the database.
pub fn roles_of(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<RoleRow>> {
    staff_roles::table
        .filter(staff_roles::staff_id.eq_any(ids))
        .order((staff_roles::staff_id, staff_roles::operator_id, staff_roles::role))
        .select(RoleRow::as_select())
        .load(connection)
}

/// Replaces the roles of a member.
///
/// # Errors
/// Those of the database.
pub fn put_roles(connection: &mut AnyConnection, staff_id: &str, roles: &[RoleRow]) -> QueryResult<()> {
    diesel::delete(staff_roles::table.filter(staff_roles::staff_id.eq(staff_id))).execute(connection)?;
    for role in roles {
        diesel::insert_into(staff_roles::table).values(role).execute(connection)?;
    }
    Ok(())
}

/// The members of an operator with one of `roles` whose accounts are not disabled.
///
/// # Errors
/// Those of the database.
pub fn with_role(connection: &mut AnyConnection, operator_id: &str, roles: &[Role]) -> QueryResult<Vec<StaffRow>> {
    let ids: Vec<String> = staff_roles::table
        .filter(staff_roles::operator_id.eq(operator_id))
        .filter(staff_roles::role.eq_any(roles.to_vec()))
        .select(staff_roles::staff_id)
        .distinct()
        .load(connection)?;
    staff::table
        .filter(staff::id.eq_any(ids))
        .filter(staff::disabled_at.is_null())
        .order(staff::id)
        .select(StaffRow::as_select())
        .load(connection)
}

/// All administrators whose accounts are not disabled.
///
/// # Errors
/// Those of the database.
pub fn admins(connection: &mut AnyConnection) -> QueryResult<Vec<StaffRow>> {
    staff::table
        .filter(staff::is_admin.eq(true))
        .filter(staff::disabled_at.is_null())
        .order(staff::id)
        .select(StaffRow::as_select())
        .load(connection)
}

/// Stores a session.
///
/// # Errors
/// Those of the database.
pub fn insert_session(connection: &mut AnyConnection, row: &SessionRow) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(row).execute(connection)?;
    Ok(())
}

/// The session with this id.
///
/// # Errors
/// Those of the database.
pub fn session(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<SessionRow>> {
    sessions::table.find(id).select(SessionRow::as_select()).first(connection).optional()
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn revoke_session(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(sessions::table.find(id).filter(sessions::revoked_at.is_null()))
        .set(sessions::revoked_at.eq(at))
        .execute(connection)?;
    Ok(())
}

/// Ends all sessions of a member, but `keep`.
///
/// # Errors
/// Those of the database.
pub fn revoke_sessions(
    connection: &mut AnyConnection,
    staff_id: &str,
    keep: Option<&str>,
    at: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(
        sessions::table
            .filter(sessions::staff_id.eq(staff_id))
            .filter(sessions::id.ne(keep.unwrap_or_default()))
            .filter(sessions::revoked_at.is_null()),
    )
    .set(sessions::revoked_at.eq(at))
    .execute(connection)?;
    Ok(())
}

/// Stores a refresh token.
///
/// # Errors
/// Those of the database.
pub fn insert_refresh_token(connection: &mut AnyConnection, row: &RefreshTokenRow) -> QueryResult<()> {
    diesel::insert_into(refresh_tokens::table).values(row).execute(connection)?;
    Ok(())
}

/// The refresh token with this hash.
///
/// # Errors
/// Those of the database.
pub fn refresh_token(connection: &mut AnyConnection, hash: &[u8]) -> QueryResult<Option<RefreshTokenRow>> {
    refresh_tokens::table.find(hash).select(RefreshTokenRow::as_select()).first(connection).optional()
}

/// Uses up a refresh token; `false` when somebody else did so before.
///
/// # Errors
/// Those of the database.
pub fn use_refresh_token(connection: &mut AnyConnection, hash: &[u8], at: NaiveDateTime) -> QueryResult<bool> {
    let used = diesel::update(refresh_tokens::table.find(hash).filter(refresh_tokens::used_at.is_null()))
        .set(refresh_tokens::used_at.eq(at))
        .execute(connection)?;
    Ok(used == 1)
}

/// Appends a line to the audit trail.
///
/// # Errors
/// Those of the database.
pub fn note_audit(connection: &mut AnyConnection, row: &AuditRow) -> QueryResult<()> {
    diesel::insert_into(audit::table).values(row).execute(connection)?;
    Ok(())
}

/// The audit lines of one action, oldest first.
///
/// # Errors
/// Those of the database.
pub fn audit_by_action(connection: &mut AnyConnection, action: &str) -> QueryResult<Vec<AuditRow>> {
    audit::table.filter(audit::action.eq(action)).order(audit::id).select(AuditRow::as_select()).load(connection)
}

/// The audit lines about one request, oldest first.
///
/// # Errors
/// Those of the database.
pub fn audit_of_request(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<AuditRow>> {
    audit::table
        .filter(audit::request_id.eq(request_id))
        .order(audit::id)
        .select(AuditRow::as_select())
        .load(connection)
}

/// The ids of all administrators whose accounts are not disabled, locked until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn lock_admins(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    let admins = || {
        staff::table
            .filter(staff::is_admin.eq(true))
            .filter(staff::disabled_at.is_null())
            .order(staff::id)
            .select(staff::id)
    };
    if let AnyConnection::Postgres(inner) = connection {
        return admins().for_update().load(inner);
    }
    admins().load(connection)
}
