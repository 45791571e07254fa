//! Rows of `requests`, their keys and their blind indexes.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::{blind_indexes, request_keys, requests};
use super::{AnyConnection, schema};
use crate::domain::vocabulary::{
    Blocking, Capacity, Channel, ClockName, Kind, Language, Outcome, Status, VerificationMethod, Violation,
    WithdrawalScope,
};

/// What stands in `sort_due_at` when no clock is open: after every real date.
pub const NO_DUE: NaiveDateTime = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap().and_hms_opt(0, 0, 0).unwrap();

/// A request without its contents: those are sealed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = requests, treat_none_as_null = true)]
#[allow(missing_docs, clippy::struct_excessive_bools)]
pub struct RequestRow {
    pub id: String,
    pub reference: String,
    pub operator_id: String,
    pub kind: Kind,
    pub status: Status,
    pub return_status: Option<Status>,
    pub blocking: Blocking,
    pub violation: Violation,
    pub channel: Channel,
    pub capacity: Capacity,
    pub language: Language,
    pub service: String,
    pub edition: Option<String>,
    pub rule_set: String,
    /// JSON array of the grounds' names.
    pub grounds: String,
    /// Links to published data were given.
    pub published: bool,
    pub withdrawal_scope: Option<WithdrawalScope>,
    pub received_at: NaiveDateTime,
    pub recorded_at: NaiveDateTime,
    pub version: i64,
    pub assignee_id: Option<String>,
    pub recorder_id: Option<String>,
    pub identity_confirmed_at: Option<NaiveDateTime>,
    pub identity_method: Option<VerificationMethod>,
    pub verifier_id: Option<String>,
    pub has_email: bool,
    pub email_confirmed_at: Option<NaiveDateTime>,
    pub code_tries: i32,
    pub code_resends: i32,
    /// When the requester is next reminded to confirm the address.
    pub next_nudge_at: Option<NaiveDateTime>,
    pub proposer_id: Option<String>,
    pub approver_id: Option<String>,
    pub outcome: Option<Outcome>,
    pub answered_at: Option<NaiveDateTime>,
    pub final_at: Option<NaiveDateTime>,
    pub documents_at: Option<NaiveDateTime>,
    pub documents_waived: bool,
    pub consumer: bool,
    pub legal_hold: bool,
    /// The reference of an earlier open request of the same person and kind.
    pub duplicate_of: Option<String>,
    pub headline_clock: Option<ClockName>,
    pub headline_due_on: Option<NaiveDate>,
    /// The headline's `due_at`, or [`NO_DUE`]: what the queue is sorted by.
    pub sort_due_at: NaiveDateTime,
    pub token_hash: Vec<u8>,
    pub event_seq: i64,
    pub event_head: Vec<u8>,
    pub sealed_contents: Option<Vec<u8>>,
    pub sealed_token: Option<Vec<u8>>,
    pub sealed_receipt: Option<Vec<u8>>,
    /// When all that is personal was destroyed.
    pub destroyed_at: Option<NaiveDateTime>,
}

impl RequestRow {
    /// A request of which nothing is known but its kind and when it was received and entered.
    #[must_use]
    pub fn blank(kind: Kind, received_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self {
            id: String::new(),
            reference: String::new(),
            operator_id: String::new(),
            kind,
            status: Status::Submitted,
            return_status: None,
            blocking: Blocking::None,
            violation: Violation::None,
            channel: Channel::Web,
            capacity: Capacity::Subject,
            language: Language::Ru,
            service: String::new(),
            edition: None,
            rule_set: String::new(),
            grounds: String::new(),
            published: false,
            withdrawal_scope: None,
            received_at: received_at.naive_utc(),
            recorded_at: now.naive_utc(),
            version: 1,
            assignee_id: None,
            recorder_id: None,
            identity_confirmed_at: None,
            identity_method: None,
            verifier_id: None,
            has_email: false,
            email_confirmed_at: None,
            code_tries: 0,
            code_resends: 0,
            next_nudge_at: None,
            proposer_id: None,
            approver_id: None,
            outcome: None,
            answered_at: None,
            final_at: None,
            documents_at: None,
            documents_waived: false,
            consumer: false,
            legal_hold: false,
            duplicate_of: None,
            headline_clock: None,
            headline_due_on: None,
            sort_due_at: NO_DUE,
            token_hash: Vec::new(),
            event_seq: 0,
            event_head: Vec::new(),
            sealed_contents: None,
            sealed_token: None,
            sealed_receipt: None,
            destroyed_at: None,
        }
    }
}

/// The wrapped key of a request.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = request_keys)]
#[allow(missing_docs)]
pub struct RequestKeyRow {
    pub request_id: String,
    pub master_key_id: String,
    pub wrapped: Option<Vec<u8>>,
    pub created_at: NaiveDateTime,
    pub destroyed_at: Option<NaiveDateTime>,
}

/// One blind index: whose it is (`subject` or `representative`), of which field, and its value.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, PartialEq, Eq)]
#[diesel(table_name = blind_indexes)]
#[allow(missing_docs)]
pub struct BlindIndexRow {
    pub request_id: String,
    pub operator_id: String,
    pub person: String,
    pub field: String,
    pub value: Vec<u8>,
}

/// Stores a new request with its key and indexes.
///
/// # Errors
/// Those of the database; a reference or token that exists is a unique violation.
pub fn insert(
    connection: &mut AnyConnection,
    request: &RequestRow,
    key: &RequestKeyRow,
    indexes: &[BlindIndexRow],
) -> QueryResult<()> {
    diesel::insert_into(requests::table).values(request).execute(connection)?;
    diesel::insert_into(request_keys::table).values(key).execute(connection)?;
    for index in indexes {
        diesel::insert_into(blind_indexes::table).values(index).execute(connection)?;
    }
    Ok(())
}

/// The request with this reference.
///
/// # Errors
/// Those of the database.
pub fn by_reference(connection: &mut AnyConnection, reference: &str) -> QueryResult<Option<RequestRow>> {
    requests::table
        .filter(requests::reference.eq(reference))
        .select(RequestRow::as_select())
        .first(connection)
        .optional()
}

/// The request with this id.
///
/// # Errors
/// Those of the database.
pub fn by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<RequestRow>> {
    requests::table.find(id).select(RequestRow::as_select()).first(connection).optional()
}

/// The request with this reference, locked until the transaction ends, so that two writers follow one another.
///
/// # Errors
/// Those of the database.
pub fn lock_by_reference(connection: &mut AnyConnection, reference: &str) -> QueryResult<Option<RequestRow>> {
    if let AnyConnection::Postgres(inner) = connection {
        requests::table
            .filter(requests::reference.eq(reference))
            .select(requests::id)
            .for_update()
            .first::<String>(inner)
            .optional()?;
    }
    by_reference(connection, reference)
}

/// The request with this id, locked until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn lock_by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<RequestRow>> {
    if let AnyConnection::Postgres(inner) = connection {
        requests::table.find(id).select(requests::id).for_update().first::<String>(inner).optional()?;
    }
    by_id(connection, id)
}

/// Writes back a request that was locked in this transaction.
///
/// # Errors
/// Those of the database.
pub fn update(connection: &mut AnyConnection, request: &RequestRow) -> QueryResult<()> {
    diesel::update(requests::table.find(&request.id)).set(request).execute(connection)?;
    Ok(())
}

/// The wrapped key of a request.
///
/// # Errors
/// Those of the database.
pub fn key(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Option<RequestKeyRow>> {
    request_keys::table.find(request_id).select(RequestKeyRow::as_select()).first(connection).optional()
}

/// The wrapped keys of several requests.
///
/// # Errors
/// Those of the database.
pub fn keys(connection: &mut AnyConnection, request_ids: &[String]) -> QueryResult<Vec<RequestKeyRow>> {
    request_keys::table
        .filter(request_keys::request_id.eq_any(request_ids))
        .select(RequestKeyRow::as_select())
        .load(connection)
}

/// The blind indexes of a request.
///
/// # Errors
/// Those of the database.
pub fn indexes(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<BlindIndexRow>> {
    blind_indexes::table
        .filter(blind_indexes::request_id.eq(request_id))
        .select(BlindIndexRow::as_select())
        .load(connection)
}

/// Puts other blind indexes in the place of those of a request.
///
/// # Errors
/// Those of the database.
pub fn put_indexes(connection: &mut AnyConnection, request_id: &str, indexes: &[BlindIndexRow]) -> QueryResult<()> {
    diesel::delete(blind_indexes::table.filter(blind_indexes::request_id.eq(request_id))).execute(connection)?;
    for index in indexes {
        diesel::insert_into(blind_indexes::table).values(index).execute(connection)?;
    }
    Ok(())
}

/// The requests of an operator that carry one of `values` in the index of `field`, newest first, at most 200.
///
/// # Errors
/// Those of the database.
pub fn ids_by_index(
    connection: &mut AnyConnection,
    operator_id: &str,
    field: &str,
    value: &[u8],
) -> QueryResult<Vec<String>> {
    use schema::blind_indexes::dsl;
    dsl::blind_indexes
        .filter(dsl::operator_id.eq(operator_id))
        .filter(dsl::field.eq(field))
        .filter(dsl::value.eq(value))
        .select(dsl::request_id)
        .order(dsl::request_id.desc())
        .limit(200)
        .load(connection)
}

/// Requests whose requester is to be reminded to confirm the address by `now`.
///
/// # Errors
/// Those of the database.
pub fn due_nudges(connection: &mut AnyConnection, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<String>> {
    requests::table
        .filter(requests::next_nudge_at.le(now))
        .order(requests::next_nudge_at)
        .select(requests::id)
        .limit(limit)
        .load(connection)
}

/// How many requests there are, of all operators and statuses.
///
/// # Errors
/// Those of the database.
pub fn count(connection: &mut AnyConnection) -> QueryResult<i64> {
    requests::table.count().get_result(connection)
}

/// The operators that have requests which are not closed, or mails that have not left.
///
/// # Errors
/// Those of the database.
pub fn operators_in_use(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    let mut operators: Vec<String> = requests::table
        .filter(requests::final_at.is_null())
        .select(requests::operator_id)
        .distinct()
        .load(connection)?;
    let writing: Vec<String> = schema::outbox::table
        .filter(schema::outbox::next_attempt_at.is_not_null())
        .select(schema::outbox::operator_id)
        .distinct()
        .load(connection)?;
    operators.extend(writing);
    operators.sort();
    operators.dedup();
    Ok(operators)
}

/// Reminds the requester again only at `at`.
///
/// # Errors
/// Those of the database.
pub fn put_off_nudge(connection: &mut AnyConnection, id: &str, at: NaiveDateTime) -> QueryResult<()> {
    diesel::update(requests::table.find(id)).set(requests::next_nudge_at.eq(at)).execute(connection)?;
    Ok(())
}

/// Takes an open request from its assignee and changes nothing else of it. Says whether they had it.
///
/// # Errors
/// Those of the database.
pub fn release(connection: &mut AnyConnection, id: &str, assignee_id: &str) -> QueryResult<bool> {
    let released = diesel::update(
        requests::table.find(id).filter(requests::assignee_id.eq(assignee_id)).filter(requests::final_at.is_null()),
    )
    .set(requests::assignee_id.eq(None::<String>))
    .execute(connection)?;
    Ok(released == 1)
}

/// Open requests of one kind at an operator that carry `value` in the index of `field`: `(id, reference)`, newest first, at most 20.
///
/// # Errors
/// Those of the database.
pub fn open_by_index(
    connection: &mut AnyConnection,
    operator_id: &str,
    kind: Kind,
    field: &str,
    value: &[u8],
) -> QueryResult<Vec<(String, String)>> {
    blind_indexes::table
        .inner_join(requests::table.on(requests::id.eq(blind_indexes::request_id)))
        .filter(blind_indexes::operator_id.eq(operator_id))
        .filter(blind_indexes::field.eq(field))
        .filter(blind_indexes::value.eq(value))
        .filter(requests::kind.eq(kind))
        .filter(requests::final_at.is_null())
        .order(requests::id.desc())
        .select((requests::id, requests::reference))
        .limit(20)
        .load(connection)
}

/// Several requests, newest first.
///
/// # Errors
/// Those of the database.
pub fn by_ids(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<RequestRow>> {
    requests::table
        .filter(requests::id.eq_any(ids))
        .order(requests::id.desc())
        .select(RequestRow::as_select())
        .load(connection)
}
