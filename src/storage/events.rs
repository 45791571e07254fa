//! Rows of `events`, `messages` and `answers`: what happened to a request and what was said.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{answers, events, messages};
use crate::domain::vocabulary::Outcome;

/// One line of a request's history, a link of its hash chain.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = events)]
#[allow(missing_docs)]
pub struct EventRow {
    pub request_id: String,
    pub seq: i64,
    pub at: NaiveDateTime,
    pub kind: String,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    /// JSON without personal data.
    pub data: String,
    pub sealed: Option<Vec<u8>>,
    pub sealed_digest: Option<Vec<u8>>,
    pub hash: Vec<u8>,
}

/// A message to or from the requester, or a note among staff.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = messages)]
#[allow(missing_docs)]
pub struct MessageRow {
    pub id: String,
    pub request_id: String,
    pub at: NaiveDateTime,
    /// `question`, `reply`, `addition` or `note`.
    pub kind: String,
    pub author_kind: String,
    pub author_id: Option<String>,
    pub sealed: Option<Vec<u8>>,
}

/// The answer as it was proposed last.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = answers, treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct AnswerRow {
    pub request_id: String,
    pub outcome: Outcome,
    pub proposed_at: NaiveDateTime,
    pub proposer_id: String,
    pub sealed: Option<Vec<u8>>,
}

/// Appends an event.
///
/// # Errors
/// Those of the database.
pub fn append(connection: &mut AnyConnection, row: &EventRow) -> QueryResult<()> {
    diesel::insert_into(events::table).values(row).execute(connection)?;
    Ok(())
}

/// The events of a request, oldest first.
///
/// # Errors
/// Those of the database.
pub fn of_request(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<EventRow>> {
    events::table
        .filter(events::request_id.eq(request_id))
        .order(events::seq)
        .select(EventRow::as_select())
        .load(connection)
}

/// Stores a message.
///
/// # Errors
/// Those of the database.
pub fn add_message(connection: &mut AnyConnection, row: &MessageRow) -> QueryResult<()> {
    diesel::insert_into(messages::table).values(row).execute(connection)?;
    Ok(())
}

/// The messages of a request, oldest first.
///
/// # Errors
/// Those of the database.
pub fn messages_of(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<MessageRow>> {
    messages::table
        .filter(messages::request_id.eq(request_id))
        .order(messages::id)
        .select(MessageRow::as_select())
        .load(connection)
}

/// Stores the proposed answer in place of an earlier one.
///
/// # Errors
/// Those of the database.
pub fn put_answer(connection: &mut AnyConnection, row: &AnswerRow) -> QueryResult<()> {
    let changed = diesel::update(answers::table.find(&row.request_id)).set(row).execute(connection)?;
    if changed == 0 {
        diesel::insert_into(answers::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// The answer that was proposed last.
///
/// # Errors
/// Those of the database.
pub fn answer_of(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Option<AnswerRow>> {
    answers::table.find(request_id).select(AnswerRow::as_select()).first(connection).optional()
}
