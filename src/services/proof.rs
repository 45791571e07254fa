//! The proof that a requester takes away: the history of their request as hashes, its public facts, and the signed checkpoint that
//! lists it. Whoever has it can show later what was there, also when the database says otherwise by then.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::ServiceError;
use super::requester::authorised;
use crate::app::App;
use crate::domain::checkpoint::{Entry, EntryKind, leaves};
use crate::domain::event::EventKind;
use crate::domain::event_chain::hex;
use crate::domain::merkle;
use crate::storage::checkpoints::{self, CheckpointRow, Listed};
use crate::storage::events::EventRow;
use crate::storage::{self, AnyConnection, events};

/// The name of this format.
const FORMAT: &str = "otinish.proof.v1";

/// The history of a request with its proof. Hashes are in hex, keys and signatures in base64.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProofView {
    /// `otinish.proof.v1`.
    pub format: &'static str,
    /// The reference.
    pub reference: String,
    /// The id of the request, which enters its hashes.
    pub request_id: String,
    /// All events, oldest first.
    pub events: Vec<ProvenEvent>,
    /// The newest checkpoint that lists the request; null until the first one, which comes within a day.
    pub checkpoint: Option<ProvenCheckpoint>,
}

/// An event as far as the requester may know it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvenEvent {
    /// Its place, from 1.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// What is public of it; null for what staff do among themselves, which stands here by its hash alone.
    pub facts: Option<EventFacts>,
}

/// What enters the hash of an event, beside the hash before it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventFacts {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The same in microseconds since 1970-01-01T00:00:00Z, as it is hashed.
    pub at_microseconds: i64,
    /// What happened.
    pub kind: String,
    /// `requester`, `staff` or `system`.
    pub actor_kind: String,
    /// A number that stands for a member of the staff.
    pub actor_id: Option<String>,
    /// Details as the very text that is hashed.
    pub data: String,
    /// SHA-256 of the sealed part, if there is one.
    pub sealed_digest: Option<String>,
}

/// A checkpoint with the proof that it lists the request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvenCheckpoint {
    /// Its number.
    pub number: i64,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The same in microseconds, as it is signed.
    pub at_microseconds: i64,
    /// The hash of the checkpoint before it.
    pub previous: String,
    /// How many entries it lists.
    pub size: i64,
    /// The root over them.
    pub root: String,
    /// The key that signed it.
    pub key_id: String,
    /// Its public half; compare it with the one that the operator publishes.
    pub public_key: String,
    /// Ed25519 over the checkpoint.
    pub signature: String,
    /// The last event that it saw.
    pub seq: i64,
    /// The place of the request in its list, from 0.
    pub place: i64,
    /// The hashes from the request's entry up to the root.
    pub path: Vec<String>,
}

/// The proof of a request.
///
/// # Errors
/// `NotFound` for a reference or a token that do not belong together.
pub async fn of_request(app: &Arc<App>, reference: String, token: String) -> Result<ProofView, ServiceError> {
    let process = Arc::clone(app);
    app.db
        .read("proof", move |connection| {
            let row = authorised(connection, &reference, &token)?;
            let (events, found) = storage::read_one_state(connection, |connection| {
                let events = events::of_request(connection, &row.id)?;
                Ok((events, newest_listing(connection, &row.id)?))
            })?;
            let checkpoint = found.and_then(|found| proven(&process, found));
            Ok(ProofView {
                format: FORMAT,
                reference: row.reference,
                request_id: row.id,
                events: events.into_iter().map(event).collect(),
                checkpoint,
            })
        })
        .await
}

type Found = (CheckpointRow, Vec<Entry>, Listed);

fn newest_listing(connection: &mut AnyConnection, request_id: &str) -> diesel::QueryResult<Option<Found>> {
    let mut listed = checkpoints::about_requests(connection, &[request_id.to_owned()])?;
    let Some(newest) = listed.pop() else { return Ok(None) };
    let Some(row) = checkpoints::find(connection, newest.number)? else { return Ok(None) };
    let entries = checkpoints::entries_of(connection, newest.number)?;
    Ok(Some((row, entries, newest)))
}

fn event(row: EventRow) -> ProvenEvent {
    let is_told = EventKind::parse(&row.kind).is_some_and(EventKind::is_in_proof);
    let hash = hex(&row.hash);
    let at = row.at.and_utc();
    let facts = is_told.then(|| EventFacts {
        at,
        at_microseconds: at.timestamp_micros(),
        kind: row.kind,
        actor_kind: row.actor_kind,
        actor_id: row.actor_id,
        data: row.data,
        sealed_digest: row.sealed_digest.as_deref().map(hex),
    });
    ProvenEvent { seq: row.seq, hash, facts }
}

fn proven(app: &App, (row, entries, listed): Found) -> Option<ProvenCheckpoint> {
    let place = usize::try_from(listed.place).ok()?;
    let is_it = |entry: &&Entry| entry.kind == EntryKind::Request && **entry == listed.entry;
    entries.get(place).filter(is_it)?;
    let path = merkle::path(&leaves(&entries), place)?;
    let (_, public_key) = app.vault.audit_public_keys().into_iter().find(|(id, _)| *id == row.key_id)?;
    let at = row.at.and_utc();
    Some(ProvenCheckpoint {
        number: row.number,
        at,
        at_microseconds: at.timestamp_micros(),
        previous: hex(&row.previous),
        size: row.size,
        root: hex(&row.root),
        key_id: row.key_id,
        public_key: STANDARD.encode(public_key),
        signature: STANDARD.encode(&row.signature),
        seq: listed.entry.seq,
        place: listed.place,
        path: path.iter().map(|hash| hex(hash)).collect(),
    })
}
