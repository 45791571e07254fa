//! What reports read: requests of a period without anything of the persons, in pages.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::Value;

use super::AnyConnection;
use super::schema::{clocks, events, requests};
use crate::domain::event::EventKind;
use crate::domain::report::{ClockFacts, RequestFacts};
use crate::domain::vocabulary::{ClockName, ClockState, Outcome, Status};

/// Which requests are wanted.
#[derive(Debug, Clone)]
pub struct Period {
    /// Of these operators.
    pub operators: Vec<String>,
    /// Received from this moment on.
    pub from: NaiveDateTime,
    /// Received before this moment.
    pub before: NaiveDateTime,
}

/// So many requests are read at once.
const PAGE: i64 = 1_000;

/// The next requests of a period after an id, by id, with the id of the last one; none at its end. What was dismissed is left out.
///
/// # Errors
/// Those of the database.
pub fn page(
    connection: &mut AnyConnection,
    period: &Period,
    after: &str,
) -> QueryResult<Option<(String, Vec<RequestFacts>)>> {
    let rows: Vec<super::requests::RequestRow> = requests::table
        .filter(requests::operator_id.eq_any(&period.operators))
        .filter(requests::received_at.ge(period.from))
        .filter(requests::received_at.lt(period.before))
        .filter(requests::status.ne(Status::Dismissed))
        .filter(requests::id.gt(after))
        .order(requests::id)
        .limit(PAGE)
        .select(super::requests::RequestRow::as_select())
        .load(connection)?;
    let Some(last) = rows.last().map(|row| row.id.clone()) else { return Ok(None) };
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut clocks = clocks_of(connection, &ids)?;
    let refused = |row: &&super::requests::RequestRow| {
        matches!(row.outcome, Some(Outcome::Refused | Outcome::PartlyGranted)) && row.answered_at.is_some()
    };
    let refused: Vec<&str> = rows.iter().filter(refused).map(|row| row.id.as_str()).collect();
    let mut grounds = grounds_of(connection, &refused)?;
    let facts = rows.into_iter().map(|row| RequestFacts {
        clocks: clocks.remove(&row.id).unwrap_or_default(),
        grounds: grounds.remove(&row.id).unwrap_or_default(),
        reference: row.reference,
        operator: row.operator_id,
        kind: row.kind,
        status: row.status,
        channel: row.channel,
        outcome: row.outcome,
        received_at: row.received_at.and_utc(),
        answered_at: row.answered_at.map(|at| at.and_utc()),
        due_on: row.headline_due_on,
        consumer: row.consumer,
    });
    Ok(Some((last, facts.collect())))
}

type ClockLine = (String, ClockName, ClockState, Option<NaiveDateTime>, Option<NaiveDateTime>);

fn clocks_of(connection: &mut AnyConnection, ids: &[&str]) -> QueryResult<HashMap<String, Vec<ClockFacts>>> {
    let lines: Vec<ClockLine> = clocks::table
        .filter(clocks::request_id.eq_any(ids))
        .order((clocks::request_id, clocks::id))
        .select((clocks::request_id, clocks::name, clocks::state, clocks::due_at, clocks::met_at))
        .load(connection)?;
    let mut all: HashMap<String, Vec<ClockFacts>> = HashMap::new();
    for (id, name, state, due_at, met_at) in lines {
        let (due_at, met_at) = (due_at.map(|at| at.and_utc()), met_at.map(|at| at.and_utc()));
        all.entry(id).or_default().push(ClockFacts { name, state, due_at, met_at });
    }
    Ok(all)
}

/// The grounds of the answers that stand: those of the last proposal.
fn grounds_of(connection: &mut AnyConnection, ids: &[&str]) -> QueryResult<HashMap<String, Vec<String>>> {
    let lines: Vec<(String, String)> = events::table
        .filter(events::request_id.eq_any(ids))
        .filter(events::kind.eq(EventKind::AnswerProposed.as_str()))
        .order((events::request_id, events::seq))
        .select((events::request_id, events::data))
        .load(connection)?;
    Ok(lines.into_iter().map(|(id, data)| (id, named(&data))).collect())
}

fn named(data: &str) -> Vec<String> {
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    let grounds = data.get("grounds").and_then(Value::as_array).into_iter().flatten();
    grounds.filter_map(|ground| ground.as_str().map(ToOwned::to_owned)).collect()
}
