//! Counting open clocks again after the calendar changed, many at a time: what may move, and writing what moved.
//!
//! Statements for many rows at once cannot be said through the connection of both databases, so each is written for either.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Date, Nullable, Text, Timestamp};

use super::AnyConnection;
use super::events::EventRow;
use super::schema::{clocks, requests};
use crate::domain::event_chain::hex;
use crate::domain::term::TermUnit;
use crate::domain::vocabulary::{Basis, ClockName, ClockState, Kind, Status};

/// Longer than any run of days off over which the end of a term of calendar days can move.
const LONGEST_RUN_OFF: u64 = 31;

/// A running clock whose term may reach over a changed day.
#[derive(Debug, Clone, Queryable)]
#[allow(missing_docs)]
pub struct CandidateRow {
    pub id: String,
    pub request_id: String,
    pub name: ClockName,
    pub due_on: Option<NaiveDate>,
    pub target_on: Option<NaiveDate>,
    /// JSON of how the days were counted.
    pub counting: Option<String>,
    pub running_since: Option<NaiveDateTime>,
    pub remind_at: Option<NaiveDateTime>,
}

/// What a recount needs of a request.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = requests)]
#[allow(missing_docs)]
pub struct HeadRow {
    pub id: String,
    pub reference: String,
    pub operator_id: String,
    pub kind: Kind,
    pub status: Status,
    pub assignee_id: Option<String>,
    pub event_seq: i64,
    pub event_head: Vec<u8>,
}

/// What the headline is chosen from.
#[derive(Debug, Clone, Queryable)]
#[allow(missing_docs)]
pub struct RunningRow {
    pub id: String,
    pub request_id: String,
    pub name: ClockName,
    pub basis: Basis,
    pub due_on: Option<NaiveDate>,
}

/// A clock as it is to be written back.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct ClockChange {
    pub id: String,
    pub due_on: NaiveDate,
    pub due_at: NaiveDateTime,
    pub target_on: Option<NaiveDate>,
    pub counting: String,
    pub remind_at: NaiveDateTime,
}

/// A request as it is to be written back.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct RequestChange {
    pub id: String,
    /// The end of its history when the change was counted: where another stands by now, nothing is written.
    pub seen_seq: i64,
    pub event_seq: i64,
    pub event_head: Vec<u8>,
    pub headline_clock: Option<ClockName>,
    pub headline_due_on: Option<NaiveDate>,
    pub sort_due_at: NaiveDateTime,
}

/// The days that changed, from the first to the last.
pub type Stretch = (NaiveDate, NaiveDate);

macro_rules! may_move {
    ($query:expr, $stretch:expr) => {{
        let (first, last) = $stretch;
        let far = last.checked_add_days(chrono::Days::new(LONGEST_RUN_OFF)).unwrap_or(last);
        $query.filter(clocks::state.eq(ClockState::Running)).filter(clocks::due_on.ge(first)).filter(
            clocks::term_unit.eq(TermUnit::Working).or(clocks::due_on.le(far)).or(clocks::target_on.is_not_null()),
        )
    }};
}

/// The running clocks that may move when days of this stretch change. `of` limits them to some requests.
///
/// # Errors
/// Those of the database.
pub fn candidates(
    connection: &mut AnyConnection,
    stretch: Stretch,
    of: Option<&[String]>,
) -> QueryResult<Vec<CandidateRow>> {
    let query = may_move!(clocks::table.into_boxed(), stretch);
    let query = match of {
        Some(ids) => query.filter(clocks::request_id.eq_any(ids.to_vec())),
        None => query,
    };
    query
        .select((
            clocks::id,
            clocks::request_id,
            clocks::name,
            clocks::due_on,
            clocks::target_on,
            clocks::counting,
            clocks::running_since,
            clocks::remind_at,
        ))
        .load(connection)
}

/// The requests of those clocks, each with the end of its history: what tells a recount that it counted on what stands.
///
/// # Errors
/// Those of the database.
pub fn candidate_requests(connection: &mut AnyConnection, stretch: Stretch) -> QueryResult<Vec<(String, i64)>> {
    may_move!(clocks::table.inner_join(requests::table.on(requests::id.eq(clocks::request_id))), stretch)
        .select((requests::id, requests::event_seq))
        .distinct()
        .load(connection)
}

/// The requests with these ids.
///
/// # Errors
/// Those of the database.
pub fn heads(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<HeadRow>> {
    requests::table.filter(requests::id.eq_any(ids)).select(HeadRow::as_select()).load(connection)
}

/// Locks requests until the transaction ends, in one order.
///
/// # Errors
/// Those of the database.
pub fn lock(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<()> {
    if let AnyConnection::Postgres(inner) = connection {
        requests::table
            .filter(requests::id.eq_any(ids))
            .order(requests::id)
            .select(requests::id)
            .for_update()
            .load::<String>(inner)?;
    }
    Ok(())
}

/// All running clocks of some requests.
///
/// # Errors
/// Those of the database.
pub fn running(connection: &mut AnyConnection, request_ids: &[String]) -> QueryResult<Vec<RunningRow>> {
    clocks::table
        .filter(clocks::request_id.eq_any(request_ids))
        .filter(clocks::state.eq(ClockState::Running))
        .select((clocks::id, clocks::request_id, clocks::name, clocks::basis, clocks::due_on))
        .load(connection)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Text)]
    id: String,
}

/// Writes requests back whose history still ends where it was seen. Returns the ids of those.
///
/// # Errors
/// Those of the database.
pub fn write_requests(connection: &mut AnyConnection, changes: &[RequestChange]) -> QueryResult<Vec<String>> {
    let ids: Vec<Id> = match connection {
        AnyConnection::Sqlite(inner) => {
            let rows = json(changes.iter().map(|change| {
                serde_json::json!([
                    change.id,
                    change.seen_seq,
                    change.event_seq,
                    hex(&change.event_head),
                    change.headline_clock,
                    change.headline_due_on,
                    instant(change.sort_due_at),
                ])
            }));
            diesel::sql_query(
                "UPDATE requests SET event_seq = m.event_seq, event_head = unhex(m.event_head), \
                 headline_clock = m.headline_clock, headline_due_on = m.headline_due_on, sort_due_at = m.sort_due_at \
                 FROM (SELECT value ->> 0 AS id, value ->> 1 AS seen_seq, value ->> 2 AS event_seq, value ->> 3 AS event_head, \
                 value ->> 4 AS headline_clock, value ->> 5 AS headline_due_on, value ->> 6 AS sort_due_at \
                 FROM json_each(?)) AS m \
                 WHERE requests.id = m.id AND requests.event_seq = m.seen_seq RETURNING requests.id AS id",
            )
            .bind::<Text, _>(rows)
            .load(inner)?
        }
        AnyConnection::Postgres(inner) => diesel::sql_query(
            "UPDATE requests SET event_seq = m.event_seq, event_head = m.event_head, headline_clock = m.headline_clock, \
             headline_due_on = m.headline_due_on, sort_due_at = m.sort_due_at \
             FROM unnest($1, $2, $3, $4, $5, $6, $7) \
             AS m (id, seen_seq, event_seq, event_head, headline_clock, headline_due_on, sort_due_at) \
             WHERE requests.id = m.id AND requests.event_seq = m.seen_seq RETURNING requests.id AS id",
        )
        .bind::<Array<Text>, _>(column(changes, |change| change.id.clone()))
        .bind::<Array<BigInt>, _>(column(changes, |change| change.seen_seq))
        .bind::<Array<BigInt>, _>(column(changes, |change| change.event_seq))
        .bind::<Array<Binary>, _>(column(changes, |change| change.event_head.clone()))
        .bind::<Array<Nullable<Text>>, _>(column(changes, |change| {
            change.headline_clock.map(|clock| clock.as_str().to_owned())
        }))
        .bind::<Array<Nullable<Date>>, _>(column(changes, |change| change.headline_due_on))
        .bind::<Array<Timestamp>, _>(column(changes, |change| change.sort_due_at))
        .load(inner)?,
    };
    Ok(ids.into_iter().map(|row| row.id).collect())
}

/// Writes clocks back.
///
/// # Errors
/// Those of the database.
pub fn write_clocks(connection: &mut AnyConnection, revision: &str, changes: &[ClockChange]) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => {
            let rows = json(changes.iter().map(|change| {
                serde_json::json!([
                    change.id,
                    change.due_on,
                    instant(change.due_at),
                    change.target_on,
                    change.counting,
                    instant(change.remind_at),
                ])
            }));
            diesel::sql_query(
                "UPDATE clocks SET due_on = m.due_on, due_at = m.due_at, target_on = m.target_on, counting = m.counting, \
                 remind_at = m.remind_at, calendar_revision = ? \
                 FROM (SELECT value ->> 0 AS id, value ->> 1 AS due_on, value ->> 2 AS due_at, value ->> 3 AS target_on, \
                 value ->> 4 AS counting, value ->> 5 AS remind_at FROM json_each(?)) AS m WHERE clocks.id = m.id",
            )
            .bind::<Text, _>(revision)
            .bind::<Text, _>(rows)
            .execute(inner)?;
        }
        AnyConnection::Postgres(inner) => {
            diesel::sql_query(
                "UPDATE clocks SET due_on = m.due_on, due_at = m.due_at, target_on = m.target_on, counting = m.counting, \
                 remind_at = m.remind_at, calendar_revision = $1 \
                 FROM unnest($2, $3, $4, $5, $6, $7) AS m (id, due_on, due_at, target_on, counting, remind_at) \
                 WHERE clocks.id = m.id",
            )
            .bind::<Text, _>(revision)
            .bind::<Array<Text>, _>(column(changes, |change| change.id.clone()))
            .bind::<Array<Date>, _>(column(changes, |change| change.due_on))
            .bind::<Array<Timestamp>, _>(column(changes, |change| change.due_at))
            .bind::<Array<Nullable<Date>>, _>(column(changes, |change| change.target_on))
            .bind::<Array<Text>, _>(column(changes, |change| change.counting.clone()))
            .bind::<Array<Timestamp>, _>(column(changes, |change| change.remind_at))
            .execute(inner)?;
        }
    }
    Ok(())
}

/// Appends events that hold nothing sealed.
///
/// # Errors
/// Those of the database.
pub fn append_events(connection: &mut AnyConnection, rows: &[EventRow]) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => {
            let rows = json(rows.iter().map(|row| {
                serde_json::json!([
                    row.request_id,
                    row.seq,
                    instant(row.at),
                    row.kind,
                    row.actor_kind,
                    row.actor_id,
                    row.data,
                    hex(&row.hash),
                ])
            }));
            diesel::sql_query(
                "INSERT INTO events (request_id, seq, at, kind, actor_kind, actor_id, data, hash) \
                 SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
                 unhex(value ->> 7) FROM json_each(?)",
            )
            .bind::<Text, _>(rows)
            .execute(inner)?;
        }
        AnyConnection::Postgres(inner) => {
            diesel::sql_query(
                "INSERT INTO events (request_id, seq, at, kind, actor_kind, actor_id, data, hash) \
                 SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind::<Array<Text>, _>(column(rows, |row| row.request_id.clone()))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.seq))
            .bind::<Array<Timestamp>, _>(column(rows, |row| row.at))
            .bind::<Array<Text>, _>(column(rows, |row| row.kind.clone()))
            .bind::<Array<Text>, _>(column(rows, |row| row.actor_kind.clone()))
            .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.actor_id.clone()))
            .bind::<Array<Text>, _>(column(rows, |row| row.data.clone()))
            .bind::<Array<Binary>, _>(column(rows, |row| row.hash.clone()))
            .execute(inner)?;
        }
    }
    Ok(())
}

fn column<R, T>(rows: &[R], value: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// One JSON array of arrays.
fn json(rows: impl Iterator<Item = serde_json::Value>) -> String {
    serde_json::Value::Array(rows.collect()).to_string()
}

/// An instant in the very form in which SQLite keeps it, since there it is compared as text.
fn instant(at: NaiveDateTime) -> String {
    at.format("%F %T%.f").to_string()
}
