//! Rows of `checkpoints` and of the lists that they sign, and what the next one is made of.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{audit, checkpoint_entries, checkpoints, events, requests};
use super::staff::AuditRow;
use crate::domain::checkpoint::{AuditLine, Checkpoint, Entry, EntryKind};

/// A checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = checkpoints)]
#[allow(missing_docs)]
pub struct CheckpointRow {
    pub number: i64,
    pub at: NaiveDateTime,
    pub previous: Vec<u8>,
    pub size: i64,
    pub root: Vec<u8>,
    pub key_id: String,
    pub signature: Vec<u8>,
}

impl CheckpointRow {
    /// What was signed, and the signature.
    #[must_use]
    pub fn of(checkpoint: &Checkpoint, signature: Vec<u8>) -> Self {
        Self {
            number: checkpoint.number,
            at: checkpoint.at.naive_utc(),
            previous: checkpoint.previous.to_vec(),
            size: checkpoint.size,
            root: checkpoint.root.to_vec(),
            key_id: checkpoint.key_id.clone(),
            signature,
        }
    }

    /// The checkpoint; none when a hash has another length than any hash has.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        Some(Checkpoint {
            number: self.number,
            at: self.at.and_utc(),
            previous: self.previous.as_slice().try_into().ok()?,
            size: self.size,
            root: self.root.as_slice().try_into().ok()?,
            key_id: self.key_id.clone(),
        })
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = checkpoint_entries)]
struct EntryRow {
    number: i64,
    place: i64,
    kind: String,
    id: String,
    label: String,
    seq: i64,
    hash: Vec<u8>,
}

/// An entry with its checkpoint and its place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The number of the checkpoint.
    pub number: i64,
    /// The place, from 0.
    pub place: i64,
    /// What is listed.
    pub entry: Entry,
}

impl EntryRow {
    /// An unknown kind is one that was tampered with: its hash no longer fits as a line of the audit trail either.
    fn listed(self) -> Listed {
        let kind = EntryKind::parse(&self.kind).unwrap_or(EntryKind::Audit);
        let entry = Entry { kind, id: self.id, label: self.label, seq: self.seq, hash: self.hash };
        Listed { number: self.number, place: self.place, entry }
    }
}

/// The hash of a line of the audit trail.
#[must_use]
pub fn audit_hash(row: &AuditRow) -> [u8; 32] {
    let line = AuditLine {
        id: &row.id,
        at: row.at.and_utc(),
        action: &row.action,
        actor_kind: &row.actor_kind,
        actor_id: row.actor_id.as_deref(),
        operator_id: row.operator_id.as_deref(),
        request_id: row.request_id.as_deref(),
        reason: row.reason.as_deref(),
        data: &row.data,
        about_id: row.about_id.as_deref(),
    };
    line.hash()
}

/// The newest checkpoint.
///
/// # Errors
/// Those of the database.
pub fn newest(connection: &mut AnyConnection) -> QueryResult<Option<CheckpointRow>> {
    let newest = checkpoints::table.order(checkpoints::number.desc()).select(CheckpointRow::as_select());
    newest.first(connection).optional()
}

/// The checkpoint with this number.
///
/// # Errors
/// Those of the database.
pub fn find(connection: &mut AnyConnection, number: i64) -> QueryResult<Option<CheckpointRow>> {
    checkpoints::table.find(number).select(CheckpointRow::as_select()).first(connection).optional()
}

/// Checkpoints after `number`, at most so many.
///
/// # Errors
/// Those of the database.
pub fn after(connection: &mut AnyConnection, number: i64, limit: i64) -> QueryResult<Vec<CheckpointRow>> {
    checkpoints::table
        .filter(checkpoints::number.gt(number))
        .order(checkpoints::number)
        .limit(limit)
        .select(CheckpointRow::as_select())
        .load(connection)
}

/// The list of a checkpoint.
///
/// # Errors
/// Those of the database.
pub fn entries_of(connection: &mut AnyConnection, number: i64) -> QueryResult<Vec<Entry>> {
    let rows: Vec<EntryRow> = checkpoint_entries::table
        .filter(checkpoint_entries::number.eq(number))
        .order(checkpoint_entries::place)
        .select(EntryRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(|row| row.listed().entry).collect())
}

/// All entries about these requests, oldest first.
///
/// # Errors
/// Those of the database.
pub fn about_requests(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<Listed>> {
    let rows: Vec<EntryRow> = checkpoint_entries::table
        .filter(checkpoint_entries::id.eq_any(ids))
        .filter(checkpoint_entries::kind.eq(EntryKind::Request.as_str()))
        .order((checkpoint_entries::number, checkpoint_entries::place))
        .select(EntryRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(EntryRow::listed).collect())
}

/// Requests that are listed but not there any more, at most so many, oldest first.
///
/// # Errors
/// Those of the database.
pub fn listed_but_gone(connection: &mut AnyConnection, limit: i64) -> QueryResult<Vec<Listed>> {
    let there = requests::table.filter(requests::id.eq(checkpoint_entries::id));
    let rows: Vec<EntryRow> = checkpoint_entries::table
        .filter(checkpoint_entries::kind.eq(EntryKind::Request.as_str()))
        .filter(diesel::dsl::not(diesel::dsl::exists(there)))
        .order((checkpoint_entries::number, checkpoint_entries::place))
        .limit(limit)
        .select(EntryRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(EntryRow::listed).collect())
}

/// Requests whose history goes beyond what is listed: id and reference, by id, beginning after `after`.
///
/// # Errors
/// Those of the database.
pub fn unlisted_requests(
    connection: &mut AnyConnection,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<(String, String)>> {
    let listed = checkpoint_entries::table
        .filter(checkpoint_entries::id.eq(requests::id))
        .filter(checkpoint_entries::seq.ge(requests::event_seq));
    requests::table
        .filter(requests::id.gt(after))
        .filter(diesel::dsl::not(diesel::dsl::exists(listed)))
        .order(requests::id)
        .limit(limit)
        .select((requests::id, requests::reference))
        .load(connection)
}

/// The hashes of all events of these requests: request, number, hash.
///
/// # Errors
/// Those of the database.
pub fn hashes_of(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<(String, i64, Vec<u8>)>> {
    events::table
        .filter(events::request_id.eq_any(ids))
        .order((events::request_id, events::seq))
        .select((events::request_id, events::seq, events::hash))
        .load(connection)
}

/// Lines of the audit trail that no checkpoint lists yet, oldest first.
///
/// # Errors
/// Those of the database.
pub fn unlisted_audit(connection: &mut AnyConnection, limit: i64) -> QueryResult<Vec<AuditRow>> {
    audit::table
        .filter(audit::checkpoint.is_null())
        .order(audit::id)
        .limit(limit)
        .select(AuditRow::as_select())
        .load(connection)
}

/// Lines of the audit trail that say that this checkpoint lists them, or that are among `ids`; each with that number.
///
/// # Errors
/// Those of the database.
pub fn audit_of(
    connection: &mut AnyConnection,
    number: i64,
    ids: &[String],
) -> QueryResult<Vec<(AuditRow, Option<i64>)>> {
    let mut found = audit::table
        .filter(audit::checkpoint.eq(number))
        .order(audit::id)
        .select((AuditRow::as_select(), audit::checkpoint))
        .load::<(AuditRow, Option<i64>)>(connection)?;
    for part in ids.chunks(500) {
        let others = audit::table
            .filter(audit::id.eq_any(part))
            .filter(audit::checkpoint.ne(number).or(audit::checkpoint.is_null()))
            .select((AuditRow::as_select(), audit::checkpoint))
            .load(connection)?;
        found.extend::<Vec<(AuditRow, Option<i64>)>>(others);
    }
    Ok(found)
}

/// The highest number of a checkpoint that a line of the audit trail names.
///
/// # Errors
/// Those of the database.
pub fn newest_named_by_audit(connection: &mut AnyConnection) -> QueryResult<Option<i64>> {
    audit::table.select(diesel::dsl::max(audit::checkpoint)).first(connection)
}

/// Stores a checkpoint with its list, and marks the lines of the audit trail that it lists. Returns how many were marked.
///
/// # Errors
/// Those of the database; a unique violation when the number is taken.
pub fn insert(connection: &mut AnyConnection, row: &CheckpointRow, entries: &[Entry]) -> QueryResult<usize> {
    diesel::insert_into(checkpoints::table).values(row).execute(connection)?;
    let rows: Vec<EntryRow> = (0_i64..)
        .zip(entries)
        .map(|(place, entry)| EntryRow {
            number: row.number,
            place,
            kind: entry.kind.as_str().to_owned(),
            id: entry.id.clone(),
            label: entry.label.clone(),
            seq: entry.seq,
            hash: entry.hash.clone(),
        })
        .collect();
    let lines: Vec<&str> =
        entries.iter().filter(|entry| entry.kind == EntryKind::Audit).map(|entry| entry.id.as_str()).collect();
    let mut marked = 0;
    for part in rows.chunks(500) {
        match connection {
            AnyConnection::Sqlite(inner) => {
                diesel::insert_into(checkpoint_entries::table).values(part).execute(inner)?;
            }
            AnyConnection::Postgres(inner) => {
                diesel::insert_into(checkpoint_entries::table).values(part).execute(inner)?;
            }
        }
    }
    for part in lines.chunks(500) {
        let unmarked = audit::table.filter(audit::id.eq_any(part)).filter(audit::checkpoint.is_null());
        marked += diesel::update(unmarked).set(audit::checkpoint.eq(row.number)).execute(connection)?;
    }
    Ok(marked)
}

/// What the verification reads of a request.
pub type Head = (String, String, i64, Vec<u8>, bool);

/// Requests by id after `after`: id, reference, number and hash of the last event and whether a legal hold keeps it, as the row
/// remembers them.
///
/// # Errors
/// Those of the database.
pub fn heads(connection: &mut AnyConnection, after: &str, limit: i64) -> QueryResult<Vec<Head>> {
    requests::table
        .filter(requests::id.gt(after))
        .order(requests::id)
        .limit(limit)
        .select((requests::id, requests::reference, requests::event_seq, requests::event_head, requests::legal_hold))
        .load(connection)
}

/// The events of these requests, by request and number.
///
/// # Errors
/// Those of the database.
pub fn events_of(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<Vec<super::events::EventRow>> {
    events::table
        .filter(events::request_id.eq_any(ids))
        .order((events::request_id, events::seq))
        .select(super::events::EventRow::as_select())
        .load(connection)
}
