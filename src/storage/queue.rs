//! The queue: pages of requests by keyset, and counts.
//!
//! A page is put together from the heads of several lists, each of which one index holds in the wanted order: one list for each
//! operator, assignee and, where two dates are at odds, day. So it costs the same however many requests there are.

mod counts;
mod keys;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

pub use counts::{Facet, compact_counts, counts, counts_are_long};

use super::requests::RequestRow;
use super::schema::requests;
use super::{AnyConnection, read_one_state};
use crate::domain::vocabulary::{Blocking, Channel, ClockName, Kind, Status};

/// Whose requests are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Assignee {
    /// Anybody's.
    #[default]
    Any,
    /// Those that nobody has.
    Nobody,
    /// Those of any of these members.
    Members(Vec<String>),
}

/// By what the queue is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The headline first, those without an open clock last.
    #[default]
    Due,
    /// The oldest receipt first.
    Received,
}

/// What a page of the queue is limited to.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Filter {
    /// Operators whose queue is seen.
    pub operators: Vec<String>,
    pub kind: Option<Kind>,
    pub status: Option<Status>,
    pub assignee: Assignee,
    /// The headline's last day was over by this moment.
    pub overdue_at: Option<NaiveDateTime>,
    /// The headline's last day lies between these, both included.
    pub due_between: Option<(NaiveDate, NaiveDate)>,
    pub blocking: Option<Blocking>,
    pub channel: Option<Channel>,
    pub received_from: Option<NaiveDateTime>,
    pub received_before: Option<NaiveDateTime>,
    pub reference: Option<String>,
    pub sort: Sort,
    /// Only what comes after this place: the sorted instant and the id.
    pub after: Option<(NaiveDateTime, String)>,
    pub limit: i64,
}

/// What a line of the queue is made of: a request's row is much wider.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = requests)]
struct Line {
    id: String,
    reference: String,
    operator_id: String,
    kind: Kind,
    status: Status,
    blocking: Blocking,
    channel: Channel,
    received_at: NaiveDateTime,
    recorded_at: NaiveDateTime,
    version: i64,
    assignee_id: Option<String>,
    has_email: bool,
    email_confirmed_at: Option<NaiveDateTime>,
    consumer: bool,
    legal_hold: bool,
    duplicate_of: Option<String>,
    headline_clock: Option<ClockName>,
    headline_due_on: Option<NaiveDate>,
    sort_due_at: NaiveDateTime,
    sealed_contents: Option<Vec<u8>>,
    destroyed_at: Option<NaiveDateTime>,
}

impl Line {
    fn into_row(self) -> RequestRow {
        RequestRow {
            id: self.id,
            reference: self.reference,
            operator_id: self.operator_id,
            status: self.status,
            blocking: self.blocking,
            channel: self.channel,
            version: self.version,
            assignee_id: self.assignee_id,
            has_email: self.has_email,
            email_confirmed_at: self.email_confirmed_at,
            consumer: self.consumer,
            legal_hold: self.legal_hold,
            duplicate_of: self.duplicate_of,
            headline_clock: self.headline_clock,
            headline_due_on: self.headline_due_on,
            sort_due_at: self.sort_due_at,
            sealed_contents: self.sealed_contents,
            destroyed_at: self.destroyed_at,
            ..RequestRow::blank(self.kind, self.received_at.and_utc(), self.recorded_at.and_utc())
        }
    }
}

/// A page of the queue. Of each row only what a line of the queue shows is read; the rest is blank.
///
/// # Errors
/// Those of the database.
pub fn page(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<RequestRow>> {
    // Both from one state of the database: else a row that moves in between would take the place of the cursor with it.
    let (keys, lines) = in_order(connection, |connection| {
        let keys = keys::first(connection, filter)?;
        let ids: Vec<&str> = keys.iter().map(|(_, id)| id.as_str()).collect();
        let lines: Vec<Line> =
            requests::table.filter(requests::id.eq_any(&ids)).select(Line::as_select()).load(connection)?;
        Ok((keys, lines))
    })?;
    let mut by_id: BTreeMap<String, Line> = lines.into_iter().map(|line| (line.id.clone(), line)).collect();
    Ok(keys.iter().filter_map(|(_, id)| by_id.remove(id)).map(Line::into_row).collect())
}

/// How many requests there are, counted no further than the filter's limit.
///
/// # Errors
/// Those of the database.
pub fn count_up_to(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<i64> {
    let keys = in_order(connection, |connection| keys::first(connection, filter))?;
    Ok(i64::try_from(keys.len()).unwrap_or(i64::MAX).min(filter.limit))
}

/// Runs queries of which each is answered by one index in its order, all on one state of the database. After much was written
/// PostgreSQL's statistics are stale: it takes thousands of rows for a few then, and collects and sorts them all for one page. So it
/// is told not to, for this transaction.
fn in_order<T>(
    connection: &mut AnyConnection,
    queries: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    read_one_state(connection, |connection| {
        if let AnyConnection::Postgres(inner) = connection {
            inner
                .batch_execute("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off")?;
        }
        queries(connection)
    })
}

/// The open requests that a member has at some operators: `(id, operator)` in the order of ids. By operator, as the index is.
///
/// # Errors
/// Those of the database.
pub fn open_of(
    connection: &mut AnyConnection,
    operators: &[String],
    assignee: &str,
) -> QueryResult<Vec<(String, String)>> {
    requests::table
        .filter(requests::operator_id.eq_any(operators))
        .filter(requests::assignee_id.eq(assignee))
        .filter(requests::final_at.is_null())
        .order(requests::id)
        .select((requests::id, requests::operator_id))
        .load(connection)
}
