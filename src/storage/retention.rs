//! Rows of `tombstones` and `doomed_files`, and what it takes to make a request forget its people.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::AnyConnection;
use super::outbox::{DEAD, ReminderRow, SENT, note_reminder_once};
use super::schema::{
    answers, attachments, blind_indexes, clocks, doomed_files, email_codes, events, idempotency, messages, outbox,
    reminders, request_keys, requests, tombstones,
};

/// The store of mails that were written as files.
pub const MAIL_STORE: &str = "mail";

/// The object store of attachments.
pub const ATTACHMENT_STORE: &str = "attachment";

/// Under this name the ledger says when the database was put back.
const RESTORE: &str = "restore";

/// Not a file: a destruction left traces in the tables, which are still to be taken out.
pub const TRACES: &str = "traces";

/// The record that the personal data of a request was destroyed. It is kept for ever and holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tombstones)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct TombstoneRow {
    pub request_id: String,
    pub reference: String,
    pub operator_id: String,
    pub destroyed_at: NaiveDateTime,
    /// `term`.
    pub reason: String,
}

/// A file that is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = doomed_files)]
#[allow(missing_docs)]
pub struct DoomedFileRow {
    /// [`MAIL_STORE`] or [`ATTACHMENT_STORE`].
    pub store: String,
    /// Its name there.
    pub name: String,
    /// Since when it is to be gone.
    pub at: NaiveDateTime,
}

/// A request whose term is over.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = requests)]
#[allow(missing_docs)]
pub struct DueRow {
    pub id: String,
    pub reference: String,
    pub operator_id: String,
    pub final_at: Option<NaiveDateTime>,
    pub legal_hold: bool,
}

/// Requests of an operator that became final before `before` and still hold personal data, oldest first, from behind `after`
/// (when it became final, and its id). Those under a legal hold are among them.
///
/// # Errors
/// Those of the database.
pub fn due(
    connection: &mut AnyConnection,
    operator_id: &str,
    before: NaiveDateTime,
    after: Option<&(NaiveDateTime, String)>,
    limit: i64,
) -> QueryResult<Vec<DueRow>> {
    let mut query = requests::table
        .filter(requests::operator_id.eq(operator_id))
        .filter(requests::final_at.is_not_null())
        .filter(requests::destroyed_at.is_null())
        .filter(requests::final_at.lt(before))
        .order((requests::final_at, requests::id))
        .select(DueRow::as_select())
        .limit(limit)
        .into_boxed();
    if let Some((at, id)) = after {
        query =
            query.filter(requests::final_at.gt(*at).or(requests::final_at.eq(*at).and(requests::id.gt(id.clone()))));
    }
    query.load(connection)
}

/// The operators with closed requests that still hold personal data.
///
/// # Errors
/// Those of the database.
pub fn operators_with_data(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    requests::table
        .filter(requests::final_at.is_not_null())
        .filter(requests::destroyed_at.is_null())
        .select(requests::operator_id)
        .distinct()
        .order(requests::operator_id)
        .load(connection)
}

/// Deletes all that is personal or leads to a person in the rows around a request, which is locked. What stays: its row, which the
/// caller clears, its clocks, its events and messages without their sealed parts, its audit lines.
///
/// # Errors
/// Those of the database.
pub fn forget_rows(
    connection: &mut AnyConnection,
    request_id: &str,
    reference: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    // The key first: without it whatever else is sealed is unreadable. It counts under no master key any more.
    diesel::update(request_keys::table.find(request_id))
        .set((
            request_keys::wrapped.eq(None::<Vec<u8>>),
            request_keys::master_key_id.eq(""),
            request_keys::destroyed_at.eq(now),
        ))
        .execute(connection)?;
    diesel::delete(blind_indexes::table.filter(blind_indexes::request_id.eq(request_id))).execute(connection)?;
    diesel::delete(email_codes::table.filter(email_codes::request_id.eq(request_id))).execute(connection)?;
    diesel::delete(outbox::table.filter(outbox::request_id.eq(request_id))).execute(connection)?;
    // A call that is repeated would be told of what it made: a request or a message.
    let mut made: Vec<String> =
        messages::table.filter(messages::request_id.eq(request_id)).select(messages::id).load(connection)?;
    made.push(reference.to_owned());
    diesel::delete(idempotency::table.filter(idempotency::resource.eq_any(made))).execute(connection)?;
    let mut reminded: Vec<String> =
        clocks::table.filter(clocks::request_id.eq(request_id)).select(clocks::id).load(connection)?;
    reminded.push(request_id.to_owned());
    diesel::delete(reminders::table.filter(reminders::subject_id.eq_any(reminded))).execute(connection)?;
    let empty = None::<Vec<u8>>;
    diesel::update(messages::table.filter(messages::request_id.eq(request_id)))
        .set(messages::sealed.eq(&empty))
        .execute(connection)?;
    diesel::update(answers::table.filter(answers::request_id.eq(request_id)))
        .set(answers::sealed.eq(&empty))
        .execute(connection)?;
    diesel::update(attachments::table.filter(attachments::request_id.eq(request_id)))
        .set((
            attachments::sealed_name.eq(&empty),
            attachments::sealed_sha256.eq(&empty),
            attachments::next_scan_at.eq(None::<NaiveDateTime>),
        ))
        .execute(connection)?;
    // Their digests stay, by which the chain still verifies.
    diesel::update(events::table.filter(events::request_id.eq(request_id)))
        .set(events::sealed.eq(&empty))
        .execute(connection)?;
    Ok(())
}

/// The Message-IDs of all mails of a request: as files they bear these names.
///
/// # Errors
/// Those of the database.
pub fn message_ids(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<String>> {
    outbox::table.filter(outbox::request_id.eq(request_id)).select(outbox::message_id).load(connection)
}

/// Notes that files are to be deleted.
///
/// # Errors
/// Those of the database.
pub fn doom(connection: &mut AnyConnection, store: &str, names: &[String], at: NaiveDateTime) -> QueryResult<()> {
    for name in names {
        let row = DoomedFileRow { store: store.to_owned(), name: name.clone(), at };
        let insert = || diesel::insert_into(doomed_files::table).values(&row).on_conflict_do_nothing();
        match connection {
            AnyConnection::Sqlite(inner) => insert().execute(inner)?,
            AnyConnection::Postgres(inner) => insert().execute(inner)?,
        };
    }
    Ok(())
}

/// Files that are to be deleted, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn doomed(connection: &mut AnyConnection, limit: i64) -> QueryResult<Vec<DoomedFileRow>> {
    doomed_files::table
        .filter(doomed_files::store.ne(TRACES))
        .order((doomed_files::at, doomed_files::name))
        .limit(limit)
        .select(DoomedFileRow::as_select())
        .load(connection)
}

/// Whether a destruction left traces in the tables.
///
/// # Errors
/// Those of the database.
pub fn has_traces(connection: &mut AnyConnection) -> QueryResult<bool> {
    let found: Option<String> = doomed_files::table
        .filter(doomed_files::store.eq(TRACES))
        .select(doomed_files::name)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// Notes that the traces of destructions before `before` were taken out of the tables.
///
/// # Errors
/// Those of the database.
pub fn forget_traces(connection: &mut AnyConnection, before: NaiveDateTime) -> QueryResult<()> {
    diesel::delete(doomed_files::table.filter(doomed_files::store.eq(TRACES)).filter(doomed_files::at.le(before)))
        .execute(connection)?;
    Ok(())
}

/// Forgets files that are gone.
///
/// # Errors
/// Those of the database.
pub fn forget_doomed(connection: &mut AnyConnection, files: &[DoomedFileRow]) -> QueryResult<()> {
    for file in files {
        diesel::delete(doomed_files::table.find((&file.store, &file.name))).execute(connection)?;
    }
    Ok(())
}

/// Stores a tombstone; one that is there already stays as it is.
///
/// # Errors
/// Those of the database.
pub fn bury(connection: &mut AnyConnection, row: &TombstoneRow) -> QueryResult<()> {
    let insert = || diesel::insert_into(tombstones::table).values(row).on_conflict_do_nothing();
    match connection {
        AnyConnection::Sqlite(inner) => insert().execute(inner)?,
        AnyConnection::Postgres(inner) => insert().execute(inner)?,
    };
    Ok(())
}

/// Tombstones of requests that still hold personal data, since a backup from before their destruction was put back.
///
/// # Errors
/// Those of the database.
pub fn buried_alive(connection: &mut AnyConnection, limit: i64) -> QueryResult<Vec<TombstoneRow>> {
    tombstones::table
        .inner_join(requests::table.on(requests::id.eq(tombstones::request_id)))
        .filter(requests::destroyed_at.is_null())
        .order(tombstones::request_id)
        .limit(limit)
        .select(TombstoneRow::as_select())
        .load(connection)
}

/// Tombstones, the oldest first, from behind `after`.
///
/// # Errors
/// Those of the database.
pub fn tombstones(
    connection: &mut AnyConnection,
    after: Option<&TombstoneRow>,
    limit: i64,
) -> QueryResult<Vec<TombstoneRow>> {
    let mut query = tombstones::table
        .order((tombstones::destroyed_at, tombstones::request_id))
        .select(TombstoneRow::as_select())
        .limit(limit)
        .into_boxed();
    if let Some(last) = after {
        query = query.filter(tombstones::destroyed_at.gt(last.destroyed_at).or(
            tombstones::destroyed_at.eq(last.destroyed_at).and(tombstones::request_id.gt(last.request_id.clone())),
        ));
    }
    query.load(connection)
}

/// Deletes mails that belong to no request and left before `sent`, or were given up and made before `given_up`; at most `limit`.
/// Returns their Message-IDs.
///
/// # Errors
/// Those of the database.
pub fn forget_staff_mails(
    connection: &mut AnyConnection,
    sent: NaiveDateTime,
    given_up: NaiveDateTime,
    limit: i64,
) -> QueryResult<Vec<String>> {
    let old: Vec<(String, String)> = outbox::table
        .filter(outbox::request_id.is_null())
        .filter(outbox::created_at.lt(sent))
        .filter(
            outbox::state
                .eq(SENT)
                .and(outbox::sent_at.lt(sent))
                .or(outbox::state.eq(DEAD).and(outbox::created_at.lt(given_up))),
        )
        .order(outbox::created_at)
        .select((outbox::id, outbox::message_id))
        .limit(limit)
        .load(connection)?;
    let (ids, names): (Vec<String>, Vec<String>) = old.into_iter().unzip();
    diesel::delete(outbox::table.filter(outbox::id.eq_any(&ids))).execute(connection)?;
    Ok(names)
}

/// Deletes lines of the ledger about `subject_id` from before `before`.
///
/// # Errors
/// Those of the database.
pub fn forget_reminders(connection: &mut AnyConnection, subject_id: &str, before: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(reminders::table.filter(reminders::subject_id.eq(subject_id)).filter(reminders::at.lt(before)))
        .execute(connection)
}

/// Notes that the database was put back from a backup.
///
/// # Errors
/// Those of the database.
pub fn note_restore(connection: &mut AnyConnection, day: NaiveDate, at: NaiveDateTime) -> QueryResult<()> {
    let text = || RESTORE.to_owned();
    let row = ReminderRow { subject_id: text(), due_on: day, stage: text(), recipient: "all".to_owned(), at };
    note_reminder_once(connection, &row).map(drop)
}

/// The last day on which the database was put back; none when it never was.
///
/// # Errors
/// Those of the database.
pub fn restored_on(connection: &mut AnyConnection) -> QueryResult<Option<NaiveDate>> {
    reminders::table
        .filter(reminders::subject_id.eq(RESTORE))
        .select(diesel::dsl::max(reminders::due_on))
        .first(connection)
}

/// The kinds of the events of a request, in their order.
///
/// # Errors
/// Those of the database.
pub fn event_kinds(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<String>> {
    events::table.filter(events::request_id.eq(request_id)).order(events::seq).select(events::kind).load(connection)
}
