//! The heads of many lists by one statement, for PostgreSQL: a call over the network and a plan for each list would cost more than the
//! reading. SQLite has neither.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query as Statement, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text, Timestamp};
use serde_json::json;

use super::super::{Assignee, Filter};
use super::{AnyBackend, AnyConnection, Day, Key, List, Query, in_turn, limited, selected, sorted_by, within_dates};
use crate::storage::schema::requests;

/// Up to `limit` keys of each list after its place: all lists have one, or none has.
pub(super) fn heads(
    connection: &mut AnyConnection,
    filter: &Filter,
    lists: &[(List, Option<Key>)],
    limit: i64,
) -> QueryResult<Vec<Vec<Key>>> {
    let rows: Vec<serde_json::Value> =
        (0_i64..).zip(lists).map(|(n, (list, after))| row(n, list, after.as_ref())).collect();
    let statement =
        Together { lists: serde_json::Value::Array(rows).to_string(), head: head(filter, lists).limit(limit) };
    let found: Vec<(i64, chrono::NaiveDateTime, String)> = statement.load(connection)?;
    let mut heads = vec![Vec::new(); lists.len()];
    for (n, at, id) in found {
        if let Some(head) = usize::try_from(n).ok().and_then(|n| heads.get_mut(n)) {
            head.push((at, id));
        }
    }
    for head in &mut heads {
        head.sort_unstable();
    }
    Ok(heads)
}

fn row(n: i64, list: &List, after: Option<&Key>) -> serde_json::Value {
    let day = list.day.map(|day| match day {
        Day::Received(day) | Day::Due(day) => day.to_string(),
    });
    json!({
        "n": n, "operator": list.operator, "member": list.member, "day": day,
        "after_at": after.map(|(at, _)| at.format("%Y-%m-%d %H:%M:%S%.6f").to_string()),
        "after_id": after.map(|(_, id)| id),
    })
}

/// The head of one list, whose facts stand in the row `lists`.
fn head(filter: &Filter, lists: &[(List, Option<Key>)]) -> Query {
    let operator = sql::<Bool>("requests.operator_id = lists.operator");
    let mut query = limited(selected(filter).filter(operator), filter);
    let first = lists.iter().filter_map(|(_, after)| after.as_ref()).map(|(at, _)| *at).min();
    // Each list of a last day lies within the limits of last days; one of a day of receipt may be the day on which a limit lies.
    let day = lists.first().and_then(|(list, _)| list.day);
    let within = if matches!(day, Some(Day::Due(_))) { day } else { None };
    query = within_dates(query, filter, (within, first), false);
    query = match &filter.assignee {
        Assignee::Members(_) => query.filter(sql::<Bool>("requests.assignee_id = lists.member")),
        Assignee::Nobody => query.filter(requests::assignee_id.is_null()),
        Assignee::Any => query,
    };
    query = match day {
        Some(Day::Received(_)) => {
            query.filter(sql::<Bool>("(requests.received_at + interval '5 hours')::date = lists.day"))
        }
        Some(Day::Due(_)) => query.filter(sql::<Bool>("requests.headline_due_on = lists.day")),
        None => query,
    };
    if first.is_some() {
        let place = format!("({}, requests.id) > (lists.after_at, lists.after_id)", sorted_by(filter));
        query = query.filter(sql::<Bool>(&place));
    }
    in_turn(query, filter)
}

/// The statement: the lists as rows, and beside each its head.
struct Together {
    lists: String,
    head: Query,
}

impl QueryFragment<AnyBackend> for Together {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        out.push_sql("SELECT lists.n, heads.at, heads.id FROM json_to_recordset(CAST(");
        out.push_bind_param::<Text, _>(&self.lists)?;
        out.push_sql(
            " AS json)) AS lists(n bigint, operator text, member text, day date, after_at timestamp, after_id text) \
             CROSS JOIN LATERAL (",
        );
        <Query as QueryFragment<AnyBackend>>::walk_ast(&self.head, out.reborrow())?;
        out.push_sql(") AS heads(at, id)");
        Ok(())
    }
}

impl Statement for Together {
    type SqlType = (BigInt, Timestamp, Text);
}

impl QueryId for Together {
    type QueryId = ();
    // The text differs with the filter.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<AnyConnection> for Together {}
