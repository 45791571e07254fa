//! The queue: pages of requests by keyset, and counts.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::AnyConnection;
use super::requests::{NO_DUE, RequestRow};
use super::schema::requests;
use crate::domain::vocabulary::{Blocking, Channel, Kind, Status};

/// Whose requests are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Assignee {
    /// Anybody's.
    #[default]
    Any,
    /// Those that nobody has.
    Nobody,
    /// Those of one member.
    Member(String),
    /// Those of any of several members.
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

/// A page of the queue.
///
/// # Errors
/// Those of the database.
pub fn page(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<RequestRow>> {
    let mut query = requests::table.select(RequestRow::as_select()).into_boxed();
    query = match filter.operators.as_slice() {
        [only] => query.filter(requests::operator_id.eq(only.clone())),
        several => query.filter(requests::operator_id.eq_any(several.to_vec())),
    };
    if let Some(kind) = filter.kind {
        query = query.filter(requests::kind.eq(kind));
    }
    if let Some(status) = filter.status {
        query = query.filter(requests::status.eq(status));
    }
    query = match &filter.assignee {
        Assignee::Any => query,
        Assignee::Nobody => query.filter(requests::assignee_id.is_null()),
        Assignee::Member(id) => query.filter(requests::assignee_id.eq(id.clone())),
        Assignee::Members(ids) => match ids.as_slice() {
            [only] => query.filter(requests::assignee_id.eq(only.clone())),
            several => query.filter(requests::assignee_id.eq_any(several.to_vec())),
        },
    };
    if let Some(at) = filter.overdue_at {
        query = query.filter(requests::sort_due_at.le(at));
    }
    if let Some((from, to)) = filter.due_between {
        query = query.filter(requests::headline_due_on.ge(from)).filter(requests::headline_due_on.le(to));
    }
    if let Some(blocking) = filter.blocking {
        query = query.filter(requests::blocking.eq(blocking));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(requests::channel.eq(channel));
    }
    if let Some(from) = filter.received_from {
        query = query.filter(requests::received_at.ge(from));
    }
    if let Some(before) = filter.received_before {
        query = query.filter(requests::received_at.lt(before));
    }
    if let Some(reference) = &filter.reference {
        query = query.filter(requests::reference.eq(reference.clone()));
    }
    match filter.sort {
        Sort::Due => {
            if let Some((at, id)) = filter.after.clone() {
                query = query
                    .filter(requests::sort_due_at.gt(at).or(requests::sort_due_at.eq(at).and(requests::id.gt(id))));
            }
            query.order((requests::sort_due_at, requests::id)).limit(filter.limit).load(connection)
        }
        Sort::Received => {
            if let Some((at, id)) = filter.after.clone() {
                query = query
                    .filter(requests::received_at.gt(at).or(requests::received_at.eq(at).and(requests::id.gt(id))));
            }
            query.order((requests::received_at, requests::id)).limit(filter.limit).load(connection)
        }
    }
}

/// How many requests of the operators stand in each status and kind.
///
/// # Errors
/// Those of the database.
pub fn counts(connection: &mut AnyConnection, operators: &[String]) -> QueryResult<Vec<(Status, Kind, i64)>> {
    requests::table
        .filter(requests::operator_id.eq_any(operators.to_vec()))
        .group_by((requests::status, requests::kind))
        .select((requests::status, requests::kind, diesel::dsl::count_star()))
        .load(connection)
}

/// How many open requests a member has.
///
/// # Errors
/// Those of the database.
pub fn open_of(connection: &mut AnyConnection, assignee: &str) -> QueryResult<i64> {
    requests::table
        .filter(requests::assignee_id.eq(assignee))
        .filter(requests::final_at.is_null())
        .count()
        .get_result(connection)
}

/// How many requests of the operators are overdue, due today, and without an assignee while open.
///
/// # Errors
/// Those of the database.
pub fn urgent(
    connection: &mut AnyConnection,
    operators: &[String],
    now: NaiveDateTime,
    today: NaiveDate,
) -> QueryResult<(i64, i64, i64)> {
    let of_operators = || requests::table.filter(requests::operator_id.eq_any(operators.to_vec()));
    let overdue = of_operators()
        .filter(requests::sort_due_at.le(now))
        .filter(requests::sort_due_at.ne(NO_DUE))
        .count()
        .get_result(connection)?;
    let due_today = of_operators().filter(requests::headline_due_on.eq(today)).count().get_result(connection)?;
    let unassigned = of_operators()
        .filter(requests::assignee_id.is_null())
        .filter(requests::final_at.is_null())
        .count()
        .get_result(connection)?;
    Ok((overdue, due_today, unassigned))
}
