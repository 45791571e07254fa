//! Counts that alerts come of, and the alerts.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{alert_counts, alerts};

/// An alert.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = alerts)]
#[allow(missing_docs)]
pub struct AlertRow {
    pub id: String,
    pub kind: String,
    /// Empty for the whole deployment.
    pub operator_id: String,
    /// An id or a keyed hash.
    pub subject: String,
    pub day: NaiveDate,
    pub at: NaiveDateTime,
    pub told_at: Option<NaiveDateTime>,
}

/// Counts one case in a slot of time.
///
/// # Errors
/// Those of the database.
pub fn count(connection: &mut AnyConnection, kind: &str, subject: &str, slot: NaiveDateTime) -> QueryResult<()> {
    let upsert = || {
        diesel::insert_into(alert_counts::table)
            .values((
                alert_counts::kind.eq(kind),
                alert_counts::subject.eq(subject),
                alert_counts::slot.eq(slot),
                alert_counts::n.eq(1),
            ))
            .on_conflict((alert_counts::kind, alert_counts::subject, alert_counts::slot))
            .do_update()
            .set(alert_counts::n.eq(alert_counts::n + 1))
    };
    match connection {
        AnyConnection::Sqlite(inner) => upsert().execute(inner)?,
        AnyConnection::Postgres(inner) => upsert().execute(inner)?,
    };
    Ok(())
}

/// How many cases there were after a moment.
///
/// # Errors
/// Those of the database.
pub fn counted(connection: &mut AnyConnection, kind: &str, subject: &str, after: NaiveDateTime) -> QueryResult<i64> {
    let numbers: Vec<i64> = alert_counts::table
        .filter(alert_counts::kind.eq(kind))
        .filter(alert_counts::subject.eq(subject))
        .filter(alert_counts::slot.gt(after))
        .select(alert_counts::n)
        .load(connection)?;
    Ok(numbers.into_iter().fold(0, i64::saturating_add))
}

/// Raises an alert, unless that was done before on its day. Says whether this did it; of several at once one does.
///
/// # Errors
/// Those of the database.
pub fn raise(connection: &mut AnyConnection, row: &AlertRow) -> QueryResult<bool> {
    let insert = || diesel::insert_into(alerts::table).values(row).on_conflict_do_nothing();
    let raised = match connection {
        AnyConnection::Sqlite(inner) => insert().execute(inner)?,
        AnyConnection::Postgres(inner) => insert().execute(inner)?,
    };
    Ok(raised == 1)
}

/// Alerts raised after a moment that nobody was told of yet, oldest first.
///
/// # Errors
/// Those of the database.
pub fn untold(connection: &mut AnyConnection, after: NaiveDateTime) -> QueryResult<Vec<AlertRow>> {
    alerts::table
        .filter(alerts::told_at.is_null())
        .filter(alerts::at.gt(after))
        .order((alerts::at, alerts::id))
        .select(AlertRow::as_select())
        .load(connection)
}

/// Notes that somebody was told of these.
///
/// # Errors
/// Those of the database.
pub fn note_told(connection: &mut AnyConnection, ids: &[String], at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(alerts::table.filter(alerts::id.eq_any(ids))).set(alerts::told_at.eq(at)).execute(connection)?;
    Ok(())
}

/// How many alerts of each kind a day has.
///
/// # Errors
/// Those of the database.
pub fn of_day(connection: &mut AnyConnection, day: NaiveDate) -> QueryResult<Vec<(String, i64)>> {
    alerts::table
        .filter(alerts::day.eq(day))
        .group_by(alerts::kind)
        .select((alerts::kind, diesel::dsl::count_star()))
        .load(connection)
}

/// Whether there are counts from before a moment.
///
/// # Errors
/// Those of the database.
pub fn has_old(connection: &mut AnyConnection, before: NaiveDateTime) -> QueryResult<bool> {
    let old = alert_counts::table.filter(alert_counts::slot.lt(before)).select(alert_counts::n);
    Ok(old.first::<i64>(connection).optional()?.is_some())
}

/// Forgets counts from before a moment.
///
/// # Errors
/// Those of the database.
pub fn forget_old(connection: &mut AnyConnection, before: NaiveDateTime) -> QueryResult<()> {
    diesel::delete(alert_counts::table.filter(alert_counts::slot.lt(before))).execute(connection)?;
    Ok(())
}
