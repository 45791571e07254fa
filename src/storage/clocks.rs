//! Rows of `clocks`.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::clocks;
use crate::domain::term::TermUnit;
use crate::domain::vocabulary::{Basis, Certainty, ClockName, ClockState};

/// One clock of a request.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = clocks, treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct ClockRow {
    pub id: String,
    pub request_id: String,
    pub name: ClockName,
    pub state: ClockState,
    pub term_days: i32,
    pub term_unit: TermUnit,
    pub basis: Basis,
    pub certainty: Certainty,
    /// JSON of the citation in three languages.
    pub citation: String,
    /// The rule set it was started under.
    pub rule_set: String,
    /// The operator's own stricter target.
    pub target_on: Option<NaiveDate>,
    pub started_at: Option<NaiveDateTime>,
    pub due_on: Option<NaiveDate>,
    pub due_at: Option<NaiveDateTime>,
    pub met_at: Option<NaiveDateTime>,
    /// What met it: an action, or the id of the mail that delivered the answer.
    pub met_by: Option<String>,
    /// JSON of how the days were counted.
    pub counting: Option<String>,
    pub calendar_revision: Option<String>,
    pub created_at: NaiveDateTime,
    /// When it began to run here, which may be long after `started_at` for a request recorded late.
    pub running_since: Option<NaiveDateTime>,
    /// When the reconciler has to look at it next.
    pub remind_at: Option<NaiveDateTime>,
}

/// Stores new clocks.
///
/// # Errors
/// Those of the database.
pub fn insert_all(connection: &mut AnyConnection, rows: &[ClockRow]) -> QueryResult<()> {
    for row in rows {
        diesel::insert_into(clocks::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// The clocks of a request in the order in which they were made.
///
/// # Errors
/// Those of the database.
pub fn of_request(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<ClockRow>> {
    clocks::table
        .filter(clocks::request_id.eq(request_id))
        .order((clocks::created_at, clocks::id))
        .select(ClockRow::as_select())
        .load(connection)
}

/// Writes a clock back.
///
/// # Errors
/// Those of the database.
pub fn update(connection: &mut AnyConnection, row: &ClockRow) -> QueryResult<()> {
    diesel::update(clocks::table.find(&row.id)).set(row).execute(connection)?;
    Ok(())
}

/// The clock with this id.
///
/// # Errors
/// Those of the database.
pub fn by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<ClockRow>> {
    clocks::table.find(id).select(ClockRow::as_select()).first(connection).optional()
}

/// Clocks that the reminder reconciler has to look at by `now`: `(id, request)`.
///
/// # Errors
/// Those of the database.
pub fn due_reminders(
    connection: &mut AnyConnection,
    now: NaiveDateTime,
    limit: i64,
) -> QueryResult<Vec<(String, String)>> {
    clocks::table
        .filter(clocks::remind_at.le(now))
        .order((clocks::remind_at, clocks::id))
        .select((clocks::id, clocks::request_id))
        .limit(limit)
        .load(connection)
}

/// Looks at a clock again only at `at`.
///
/// # Errors
/// Those of the database.
pub fn put_off(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(clocks::table.find(id)).set(clocks::remind_at.eq(at)).execute(connection)?;
    Ok(())
}
