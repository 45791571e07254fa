//! Rows of `absences`.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{absences, staff, staff_roles};
use crate::domain::absence::Away;
use crate::domain::vocabulary::Role;

/// The days on which a member is away.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = absences)]
#[allow(missing_docs)]
pub struct AbsenceRow {
    pub id: String,
    pub staff_id: String,
    pub deputy_id: String,
    /// The first local day.
    pub from_on: NaiveDate,
    /// The last local day.
    pub until_on: NaiveDate,
    pub created_at: NaiveDateTime,
    pub created_by: String,
    /// When it was ended before its last day.
    pub ended_at: Option<NaiveDateTime>,
}

/// Stores an absence.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut AnyConnection, row: &AbsenceRow) -> QueryResult<()> {
    diesel::insert_into(absences::table).values(row).execute(connection)?;
    Ok(())
}

/// The absence with this id.
///
/// # Errors
/// Those of the database.
pub fn by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<AbsenceRow>> {
    absences::table.find(id).select(AbsenceRow::as_select()).first(connection).optional()
}

/// The first `limit` absences of a member, newest first; with `before` only those that were marked before the one with this id.
///
/// # Errors
/// Those of the database.
pub fn of_staff(
    connection: &mut AnyConnection,
    staff_id: &str,
    before: Option<&str>,
    limit: i64,
) -> QueryResult<Vec<AbsenceRow>> {
    let mut query = absences::table
        .filter(absences::staff_id.eq(staff_id.to_owned()))
        .order(absences::id.desc())
        .limit(limit)
        .select(AbsenceRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(absences::id.lt(before.to_owned()));
    }
    query.load(connection)
}

/// Whether a member has an absence that was not ended and shares a day with these.
///
/// # Errors
/// Those of the database.
pub fn overlaps(
    connection: &mut AnyConnection,
    staff_id: &str,
    from: NaiveDate,
    until: NaiveDate,
) -> QueryResult<bool> {
    let found: Option<String> = absences::table
        .filter(absences::staff_id.eq(staff_id))
        .filter(absences::ended_at.is_null())
        .filter(absences::from_on.le(until))
        .filter(absences::until_on.ge(from))
        .select(absences::id)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// Ends an absence; one that was ended stays as it is. Says whether this did it.
///
/// # Errors
/// Those of the database.
pub fn end(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<bool> {
    let ended = diesel::update(absences::table.find(id).filter(absences::ended_at.is_null()))
        .set(absences::ended_at.eq(at))
        .execute(connection)?;
    Ok(ended == 1)
}

/// The absences that hold on a local day.
///
/// # Errors
/// Those of the database.
pub fn on(connection: &mut AnyConnection, day: NaiveDate) -> QueryResult<Vec<AbsenceRow>> {
    absences::table
        .filter(absences::ended_at.is_null())
        .filter(absences::until_on.ge(day))
        .filter(absences::from_on.le(day))
        .order(absences::id)
        .select(AbsenceRow::as_select())
        .load(connection)
}

/// Who acts for whom on a local day.
///
/// # Errors
/// Those of the database.
pub fn away(connection: &mut AnyConnection, day: NaiveDate) -> QueryResult<Away> {
    let rows = on(connection, day)?;
    if rows.is_empty() {
        return Ok(Away::default());
    }
    let deputies: Vec<String> = rows.iter().map(|row| row.deputy_id.clone()).collect();
    let fit: Vec<(String, String)> = staff_roles::table
        .inner_join(staff::table.on(staff::id.eq(staff_roles::staff_id)))
        .filter(staff_roles::staff_id.eq_any(deputies))
        .filter(staff_roles::role.eq_any([Role::Agent, Role::Dpo]))
        .filter(staff::disabled_at.is_null())
        .select((staff_roles::operator_id, staff_roles::staff_id))
        .load(connection)?;
    Ok(Away::new(rows.into_iter().map(|row| (row.staff_id, row.deputy_id, row.until_on)), fit))
}
