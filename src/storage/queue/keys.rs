//! Which requests come first: the heads of several lists, merged.

mod together;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text, Timestamp};

use super::super::schema::{queue_counts, requests};
use super::super::{AnyBackend, AnyConnection};
use super::{Assignee, Facet, Filter, Sort};
use crate::domain::almaty;
use crate::domain::vocabulary::Blocking;

/// Where a request stands in the order: the sorted instant and the id.
pub(super) type Key = (NaiveDateTime, String);

/// Lists of single days are looked at for a span of at most so many days. A longer one holds so much that the plain order finds it.
const MOST_DAYS: i64 = 62;
/// The index of days of receipt has those of UTC+5: Almaty's since 2024-03-01. Where a day began at another hour, the limits are checked.
const OFFSET: TimeDelta = TimeDelta::hours(5);
/// At least so many keys are read from a list at once.
const LEAST: i64 = 8;

/// One list that an index holds in the wanted order.
#[derive(Debug, Clone)]
struct List {
    operator: String,
    member: Option<String>,
    day: Option<Day>,
}

/// The single day of a list.
#[derive(Debug, Clone, Copy)]
enum Day {
    /// Received on this day of UTC+5.
    Received(NaiveDate),
    /// The headline's last day.
    Due(NaiveDate),
}

/// The keys that come first, in order.
pub(super) fn first(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<Key>> {
    let mut open: Vec<(List, Option<Key>)> =
        lists(connection, filter)?.into_iter().map(|list| (list, filter.after.clone())).collect();
    let wanted = usize::try_from(filter.limit).unwrap_or_default();
    let many = i64::try_from(open.len()).unwrap_or(i64::MAX).max(1);
    // Of many lists each gives a few keys, and more only when all of them came first.
    let mut chunk = (2 * filter.limit / many).clamp(LEAST, filter.limit.max(LEAST));
    let mut keys: Vec<Key> = Vec::new();
    while !open.is_empty() {
        let heads = heads(connection, filter, &open, chunk)?;
        let mut unfinished = Vec::new();
        for ((list, _), found) in open.into_iter().zip(heads) {
            let full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= chunk;
            if let Some(last) = found.last().filter(|_| full) {
                unfinished.push((list, Some(last.clone())));
            }
            keys.extend(found);
        }
        keys.sort_unstable();
        keys.truncate(wanted);
        let end = keys.last().filter(|_| keys.len() >= wanted).cloned();
        unfinished.retain(|(_, last)| end.is_none() || *last < end);
        open = unfinished;
        chunk = chunk.saturating_mul(2).min(filter.limit.max(LEAST));
    }
    Ok(keys)
}

fn lists(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<List>> {
    let members: Vec<Option<String>> = match &filter.assignee {
        Assignee::Members(ids) => {
            let mut ids = ids.clone();
            ids.sort();
            ids.dedup();
            ids.into_iter().map(Some).collect()
        }
        Assignee::Any | Assignee::Nobody => vec![None],
    };
    let mut lists = Vec::new();
    for operator in &filter.operators {
        let days = days(connection, filter, operator)?;
        for member in &members {
            let list = |day| List { operator: operator.clone(), member: member.clone(), day };
            match &days {
                Some(days) => lists.extend(days.iter().map(|day| list(Some(*day)))),
                None => lists.push(list(None)),
            }
        }
    }
    Ok(lists)
}

/// The days to look at one by one, where the wanted order says nothing about the limits: an index by day and order then does.
fn days(connection: &mut AnyConnection, filter: &Filter, operator: &str) -> QueryResult<Option<Vec<Day>>> {
    if filter.reference.is_some() {
        return Ok(None);
    }
    match filter.sort {
        Sort::Due => {
            let (Some(from), Some(before)) = (filter.received_from, filter.received_before) else { return Ok(None) };
            let last = before + OFFSET - TimeDelta::microseconds(1);
            Ok(span((from + OFFSET).date(), last.date()).map(|days| days.into_iter().map(Day::Received).collect()))
        }
        Sort::Received => {
            let days = match (filter.due_between, filter.overdue_at) {
                (Some((from, to)), _) => span(from, to),
                (None, Some(at)) => {
                    let days = days_over(connection, operator, almaty::local_date(at.and_utc()))?;
                    Some(days).filter(|days| i64::try_from(days.len()).is_ok_and(|count| count <= MOST_DAYS))
                }
                (None, None) => None,
            };
            Ok(days.map(|days| days.into_iter().map(Day::Due).collect()))
        }
    }
}

fn span(from: NaiveDate, to: NaiveDate) -> Option<Vec<NaiveDate>> {
    if (to - from).num_days() > MOST_DAYS {
        return None;
    }
    Some(from.iter_days().take_while(|day| *day <= to).collect())
}

/// The last days before today on which requests of the operator were due.
fn days_over(connection: &mut AnyConnection, operator: &str, today: NaiveDate) -> QueryResult<Vec<NaiveDate>> {
    let values: Vec<String> = queue_counts::table
        .filter(queue_counts::operator_id.eq(operator))
        .filter(queue_counts::facet.eq(Facet::Due.as_str()))
        .filter(queue_counts::value.lt(today.to_string()))
        .select(queue_counts::value)
        .distinct()
        .load(connection)?;
    Ok(values.iter().filter_map(|value| value.parse().ok()).collect())
}

type Query = requests::BoxedQuery<'static, AnyBackend, (Timestamp, Text)>;

/// Up to `limit` keys of each list after its place.
fn heads(
    connection: &mut AnyConnection,
    filter: &Filter,
    lists: &[(List, Option<Key>)],
    limit: i64,
) -> QueryResult<Vec<Vec<Key>>> {
    if lists.len() > 1 && matches!(connection, AnyConnection::Postgres(_)) {
        return together::heads(connection, filter, lists, limit);
    }
    lists.iter().map(|(list, after)| read(connection, filter, list, after.as_ref(), limit)).collect()
}

/// Up to `limit` keys of a list after a place.
fn read(
    connection: &mut AnyConnection,
    filter: &Filter,
    list: &List,
    after: Option<&Key>,
    limit: i64,
) -> QueryResult<Vec<Key>> {
    let sqlite = matches!(connection, AnyConnection::Sqlite(_));
    let mut query = limited(selected(filter).filter(requests::operator_id.eq(list.operator.clone())), filter);
    query = within_dates(query, filter, (list.day, after.map(|(at, _)| *at)), sqlite);
    query = match (&list.member, &filter.assignee) {
        (Some(id), _) => query.filter(requests::assignee_id.eq(id.clone())),
        (None, Assignee::Nobody) => query.filter(requests::assignee_id.is_null()),
        (None, _) => query,
    };
    query = match list.day {
        Some(Day::Received(day)) if sqlite => {
            query.filter(sql::<Bool>("date(requests.received_at, '+5 hours') = ").bind::<Text, _>(day.to_string()))
        }
        Some(Day::Received(day)) => {
            query.filter(sql::<Bool>("(requests.received_at + interval '5 hours')::date = ").bind::<Date, _>(day))
        }
        Some(Day::Due(day)) => query.filter(requests::headline_due_on.eq(day)),
        None => query,
    };
    // Row values: the plain form of this would read everything with the same instant, and all closed requests share one.
    if let Some((at, id)) = after {
        query = query.filter(
            sql::<Bool>(&format!("({}, requests.id) > (", sorted_by(filter)))
                .bind::<Timestamp, _>(*at)
                .sql(", ")
                .bind::<Text, _>(id.clone())
                .sql(")"),
        );
    }
    in_turn(query, filter).limit(limit).load(connection)
}

/// The column that the queue is sorted by.
const fn sorted_by(filter: &Filter) -> &'static str {
    match filter.sort {
        Sort::Due => "requests.sort_due_at",
        Sort::Received => "requests.received_at",
    }
}

fn selected(filter: &Filter) -> Query {
    match filter.sort {
        Sort::Due => requests::table.select((requests::sort_due_at, requests::id)).into_boxed(),
        Sort::Received => requests::table.select((requests::received_at, requests::id)).into_boxed(),
    }
}

fn in_turn(query: Query, filter: &Filter) -> Query {
    match filter.sort {
        Sort::Due => query.order((requests::sort_due_at, requests::id)),
        Sort::Received => query.order((requests::received_at, requests::id)),
    }
}

/// The limits of both dates. The one that is not sorted by is written so that no index is read by it: then everything within the limits
/// would have to be sorted for one page. Where the page begins `after` the lower limit of the one that is sorted by, that limit is left
/// out: SQLite would begin to read there, and not at the place.
fn within_dates(
    mut query: Query,
    filter: &Filter,
    (day, after): (Option<Day>, Option<NaiveDateTime>),
    sqlite: bool,
) -> Query {
    let ahead = |sort: Sort, from: Option<NaiveDateTime>| {
        from.filter(|from| filter.sort != sort || after.is_none_or(|after| after < *from))
    };
    let column = |name: &str, sorted: bool| match (sorted, sqlite) {
        (true, _) => format!("requests.{name}"),
        (false, true) => format!("+requests.{name}"),
        (false, false) => format!("(requests.{name} + interval '0')"),
    };
    let mut limits: Vec<(String, &str, Option<NaiveDateTime>)> = Vec::new();
    if !matches!(day, Some(Day::Due(_))) {
        // By the instant that the queue is sorted by: the end of the last day.
        let due = column("sort_due_at", filter.sort == Sort::Due);
        let end_of = |day| Some(almaty::due_at(day).naive_utc());
        limits.push((due.clone(), "<=", filter.overdue_at));
        let from = filter.due_between.and_then(|(from, _)| end_of(from));
        limits.push((due.clone(), ">=", ahead(Sort::Due, from)));
        limits.push((due, "<=", filter.due_between.and_then(|(_, to)| end_of(to))));
    }
    let whole_day = |day: NaiveDate| {
        let begins = day.and_time(NaiveTime::MIN) - OFFSET;
        filter.received_from.is_some_and(|from| from <= begins)
            && filter.received_before.is_some_and(|before| begins + TimeDelta::days(1) <= before)
    };
    if !matches!(day, Some(Day::Received(day)) if whole_day(day)) {
        let received = column("received_at", filter.sort == Sort::Received);
        limits.push((received.clone(), ">=", ahead(Sort::Received, filter.received_from)));
        limits.push((received, "<", filter.received_before));
    }
    for (column, sign, at) in limits {
        if let Some(at) = at {
            query = query.filter(sql::<Bool>(&format!("{column} {sign} ")).bind::<Timestamp, _>(at));
        }
    }
    query
}

fn limited(mut query: Query, filter: &Filter) -> Query {
    if let Some(kind) = filter.kind {
        query = query.filter(requests::kind.eq(kind));
    }
    if let Some(status) = filter.status {
        query = query.filter(requests::status.eq(status));
    }
    if let Some(blocking) = filter.blocking {
        query = query.filter(requests::blocking.eq(blocking));
        if blocking != Blocking::None {
            // Word for word what the index of the few blocked ones says, so that it is found.
            query = query.filter(sql::<Bool>("requests.blocking <> 'none'"));
        }
    }
    if let Some(channel) = filter.channel {
        query = query.filter(requests::channel.eq(channel));
    }
    if let Some(reference) = &filter.reference {
        query = query.filter(requests::reference.eq(reference.clone()));
    }
    query
}
