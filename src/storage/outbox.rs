//! Rows of `outbox` and `reminders`.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{outbox, reminders};
use crate::domain::vocabulary::Language;

/// Mails that leave at once.
pub const PENDING: &str = "pending";
/// Accepted by the mail server.
pub const SENT: &str = "sent";
/// Given up.
pub const DEAD: &str = "dead";
/// To be printed and posted, since the requester has no mail address.
pub const TO_POST: &str = "to_post";
/// Printed and posted.
pub const POSTED: &str = "posted";
/// A letter that nobody has to post any more.
pub const WITHDRAWN: &str = "withdrawn";
/// All states.
pub const STATES: &[&str] = &[PENDING, SENT, DEAD, TO_POST, POSTED, WITHDRAWN];

/// One mail or print-and-post item. Address and text are sealed with the request's key, or, where there is no request, with a key
/// of the mail that comes from a master key.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = outbox, treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct OutboxRow {
    pub id: String,
    pub request_id: Option<String>,
    pub operator_id: String,
    /// Which mail it is, such as `receipt`.
    pub mail: String,
    /// `requester`, `staff` or `head`.
    pub recipient_kind: String,
    pub recipient_id: Option<String>,
    pub language: Language,
    pub message_id: String,
    /// Its acceptance is the delivery of the answer.
    pub delivers_answer: bool,
    pub state: String,
    pub attempts: i32,
    pub created_at: NaiveDateTime,
    pub next_attempt_at: Option<NaiveDateTime>,
    pub give_up_at: NaiveDateTime,
    pub lease_token: Option<String>,
    pub lease_until: Option<NaiveDateTime>,
    pub sent_at: Option<NaiveDateTime>,
    pub failure_kind: Option<String>,
    pub smtp_code: Option<i32>,
    pub smtp_enhanced: Option<String>,
    pub posted_on: Option<NaiveDate>,
    pub tracking: Option<String>,
    pub resent_from: Option<String>,
    pub sealed: Option<Vec<u8>>,
    /// When somebody is reminded that it still has to be posted.
    pub remind_at: Option<NaiveDateTime>,
    /// `posted` or `handed_over`.
    pub posted_how: Option<String>,
    /// When this dead letter was sent again.
    pub resent_at: Option<NaiveDateTime>,
    /// The mail that went in its place.
    pub resent_as: Option<String>,
}

/// A reminder that went out.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reminders)]
#[allow(missing_docs)]
pub struct ReminderRow {
    /// The clock, or the request for a reminder to confirm.
    pub subject_id: String,
    pub due_on: NaiveDate,
    pub stage: String,
    pub recipient: String,
    pub at: NaiveDateTime,
}

/// Puts a mail into the outbox.
///
/// # Errors
/// Those of the database.
pub fn enqueue(connection: &mut AnyConnection, row: &OutboxRow) -> QueryResult<()> {
    diesel::insert_into(outbox::table).values(row).execute(connection)?;
    Ok(())
}

/// Takes up to `limit` mails that are due, each under a lease until `until`.
///
/// # Errors
/// Those of the database.
pub fn lease(
    connection: &mut AnyConnection,
    now: NaiveDateTime,
    until: NaiveDateTime,
    token: &str,
    limit: i64,
) -> QueryResult<Vec<OutboxRow>> {
    let due: Vec<String> = match connection {
        AnyConnection::Sqlite(inner) => outbox::table
            .filter(outbox::next_attempt_at.le(now))
            .filter(outbox::lease_until.is_null().or(outbox::lease_until.le(now)))
            .order((outbox::next_attempt_at, outbox::id))
            .limit(limit)
            .select(outbox::id)
            .load(inner)?,
        AnyConnection::Postgres(inner) => outbox::table
            .filter(outbox::next_attempt_at.le(now))
            .filter(outbox::lease_until.is_null().or(outbox::lease_until.le(now)))
            .order((outbox::next_attempt_at, outbox::id))
            .limit(limit)
            .select(outbox::id)
            .for_update()
            .skip_locked()
            .load(inner)?,
    };
    if due.is_empty() {
        return Ok(Vec::new());
    }
    diesel::update(outbox::table.filter(outbox::id.eq_any(&due)))
        .set((outbox::lease_token.eq(token), outbox::lease_until.eq(until)))
        .execute(connection)?;
    outbox::table.filter(outbox::id.eq_any(&due)).order(outbox::id).select(OutboxRow::as_select()).load(connection)
}

/// The mail with this id, if its lease is still the one named.
///
/// # Errors
/// Those of the database.
pub fn leased(connection: &mut AnyConnection, id: &str, token: &str) -> QueryResult<Option<OutboxRow>> {
    outbox::table
        .find(id)
        .filter(outbox::lease_token.eq(token))
        .select(OutboxRow::as_select())
        .first(connection)
        .optional()
}

/// The mail with this id.
///
/// # Errors
/// Those of the database.
pub fn by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<OutboxRow>> {
    outbox::table.find(id).select(OutboxRow::as_select()).first(connection).optional()
}

/// The id of the newest mail about a request.
///
/// # Errors
/// Those of the database.
pub fn newest_of_request(connection: &mut AnyConnection, reference: &str) -> QueryResult<Option<String>> {
    use super::schema::requests;
    let of_request = requests::table.filter(requests::reference.eq(reference)).select(requests::id.nullable());
    outbox::table
        .filter(outbox::request_id.eq_any(of_request))
        .select(outbox::id)
        .order(outbox::id.desc())
        .first(connection)
        .optional()
}

/// The mails about a request that were written after one of them, in their order; all without one.
///
/// # Errors
/// Those of the database.
pub fn of_request_after(
    connection: &mut AnyConnection,
    request_id: &str,
    after: Option<&str>,
) -> QueryResult<Vec<OutboxRow>> {
    outbox::table
        .filter(outbox::request_id.eq(request_id))
        .filter(outbox::id.gt(after.unwrap_or_default()))
        .order(outbox::id)
        .select(OutboxRow::as_select())
        .load(connection)
}

/// The mail with this id, locked until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn lock_by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<OutboxRow>> {
    if let AnyConnection::Postgres(inner) = connection {
        outbox::table.find(id).select(outbox::id).for_update().first::<String>(inner).optional()?;
    }
    by_id(connection, id)
}

/// Writes a mail back.
///
/// # Errors
/// Those of the database.
pub fn update(connection: &mut AnyConnection, row: &OutboxRow) -> QueryResult<()> {
    diesel::update(outbox::table.find(&row.id)).set(row).execute(connection)?;
    Ok(())
}

/// Gives back the leases of a worker that stops.
///
/// # Errors
/// Those of the database.
pub fn return_leases(connection: &mut AnyConnection, token: &str) -> QueryResult<usize> {
    diesel::update(outbox::table.filter(outbox::lease_token.eq(token)))
        .set((outbox::lease_token.eq(None::<String>), outbox::lease_until.eq(None::<NaiveDateTime>)))
        .execute(connection)
}

/// When the oldest mail that still waits was made.
///
/// # Errors
/// Those of the database.
pub fn oldest_pending(connection: &mut AnyConnection) -> QueryResult<Option<NaiveDateTime>> {
    outbox::table
        .filter(outbox::next_attempt_at.is_not_null())
        .select(outbox::created_at)
        .order(outbox::created_at)
        .first(connection)
        .optional()
}

/// How many there are in each state.
///
/// # Errors
/// Those of the database.
pub fn count_by_state(connection: &mut AnyConnection) -> QueryResult<Vec<(String, i64)>> {
    outbox::table.group_by(outbox::state).select((outbox::state, diesel::dsl::count_star())).load(connection)
}

/// What a page of the outbox is limited to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only the mail with this id.
    pub id: Option<String>,
    /// Operators whose mails are shown whole.
    pub operators: Vec<String>,
    /// Operators of whose mails only those of requests assigned to one of `assignees` are shown.
    pub assigned_operators: Vec<String>,
    /// See `assigned_operators`.
    pub assignees: Vec<String>,
    /// Only this state.
    pub state: Option<String>,
    /// Only mails about the request with this reference.
    pub reference: Option<String>,
    /// Only mails with a smaller id: they were made earlier.
    pub before: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// A page of the outbox, newest first, each mail with its request's reference.
///
/// # Errors
/// Those of the database.
pub fn page(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<(OutboxRow, Option<String>)>> {
    use super::schema::requests;
    let mut query = outbox::table
        .left_join(requests::table.on(requests::id.nullable().eq(outbox::request_id)))
        .select((OutboxRow::as_select(), requests::reference.nullable()))
        .filter(
            outbox::operator_id.eq_any(filter.operators.clone()).or(outbox::operator_id
                .eq_any(filter.assigned_operators.clone())
                .and(
                    requests::assignee_id
                        .assume_not_null()
                        .eq_any(filter.assignees.clone())
                        .and(requests::assignee_id.is_not_null()),
                )),
        )
        .into_boxed();
    if let Some(id) = &filter.id {
        query = query.filter(outbox::id.eq(id.clone()));
    }
    if let Some(state) = &filter.state {
        query = query.filter(outbox::state.eq(state.clone()));
    }
    if let Some(reference) = &filter.reference {
        query = query.filter(requests::reference.eq(reference.clone()));
    }
    if let Some(before) = &filter.before {
        query = query.filter(outbox::id.lt(before.clone()));
    }
    query.order(outbox::id.desc()).limit(filter.limit).load(connection)
}

/// The mails of a request whose acceptance is the delivery of its answer, oldest first.
///
/// # Errors
/// Those of the database.
pub fn answers_of(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<OutboxRow>> {
    outbox::table
        .filter(outbox::request_id.eq(request_id))
        .filter(outbox::delivers_answer.eq(true))
        .order(outbox::id)
        .select(OutboxRow::as_select())
        .load(connection)
}

/// Whether any reminder of this stage was sent.
///
/// # Errors
/// Those of the database.
pub fn was_reminded(
    connection: &mut AnyConnection,
    subject_id: &str,
    due_on: NaiveDate,
    stage: &str,
) -> QueryResult<bool> {
    let found: Option<String> = reminders::table
        .filter(reminders::subject_id.eq(subject_id))
        .filter(reminders::due_on.eq(due_on))
        .filter(reminders::stage.eq(stage))
        .select(reminders::recipient)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// Notes that a reminder goes out.
///
/// # Errors
/// Those of the database; one that was noted before is a unique violation.
pub fn note_reminder(connection: &mut AnyConnection, row: &ReminderRow) -> QueryResult<()> {
    diesel::insert_into(reminders::table).values(row).execute(connection)?;
    Ok(())
}

/// Notes that a reminder goes out, unless that was noted before. Says whether this did it; of several at once one does.
///
/// # Errors
/// Those of the database.
pub fn note_reminder_once(connection: &mut AnyConnection, row: &ReminderRow) -> QueryResult<bool> {
    let insert = || diesel::insert_into(reminders::table).values(row).on_conflict_do_nothing();
    let noted = match connection {
        AnyConnection::Sqlite(inner) => insert().execute(inner)?,
        AnyConnection::Postgres(inner) => insert().execute(inner)?,
    };
    Ok(noted == 1)
}

/// Whether any mail is due and free.
///
/// # Errors
/// Those of the database.
pub fn any_due(connection: &mut AnyConnection, now: NaiveDateTime) -> QueryResult<bool> {
    let found: Option<String> = outbox::table
        .filter(outbox::next_attempt_at.le(now))
        .filter(outbox::lease_until.is_null().or(outbox::lease_until.le(now)))
        .select(outbox::id)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}
