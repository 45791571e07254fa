//! Makes checkpoints of all histories and of the audit trail, and keeps a copy of each as a file outside the database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};

use super::error::ServiceError;
use crate::app::App;
use crate::domain::almaty;
use crate::domain::checkpoint::{Checkpoint, Entry, EntryKind, history, root};
use crate::storage::checkpoint_files::{self, Written};
use crate::storage::checkpoints::{self, CheckpointRow, audit_hash};
use crate::storage::{self, AnyConnection};

/// What was found for the next checkpoint.
struct Found {
    /// The newest one there is.
    newest: Option<CheckpointRow>,
    /// What came or changed since.
    entries: Vec<Entry>,
    /// The last request that was looked at: the next look begins after it.
    after: String,
}

/// Makes the checkpoint of the day if it is due, and further ones while there is more than one of them lists. Returns how many.
///
/// # Errors
/// Those of the database.
pub async fn make_due(app: &Arc<App>) -> Result<usize, ServiceError> {
    let Some(key_id) = app.vault.audit_key_id() else { return Ok(0) };
    let limit = i64::try_from(app.checkpoint_at_once.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
    let (mut made, mut after) = (0, String::new());
    loop {
        let now = app.clock.now();
        let begin = after.clone();
        let due = move |connection: &mut AnyConnection| look(connection, now, &begin, limit);
        let Some(found) = app.db.read("checkpoint_look", due).await? else { return Ok(made) };
        if found.entries.is_empty() && is_of_today(found.newest.as_ref(), now) {
            return Ok(made);
        }
        after.clone_from(&found.after);
        let (process, key) = (Arc::clone(app), key_id.clone());
        // Another process may have been faster; then the next look says what is left.
        if app.db.write("checkpoint", move |tx| sign(&process, tx, now, &key, &found)).await? {
            made += 1;
        }
    }
}

fn is_of_today(newest: Option<&CheckpointRow>, now: DateTime<Utc>) -> bool {
    newest.is_some_and(|newest| almaty::local_date(newest.at.and_utc()) >= almaty::local_date(now))
}

/// What the next checkpoint lists; none when it is not due. What is read stays true whatever is written meanwhile, so no lock is
/// held: histories only grow.
fn look(
    connection: &mut AnyConnection,
    now: DateTime<Utc>,
    after: &str,
    limit: i64,
) -> Result<Option<Found>, ServiceError> {
    let found = storage::read_one_state(connection, |connection| {
        let newest = checkpoints::newest(connection)?;
        // A full one has left something over.
        let is_full = newest.as_ref().is_some_and(|newest| newest.size >= limit);
        if is_of_today(newest.as_ref(), now) && !is_full {
            return Ok(None);
        }
        let requests = checkpoints::unlisted_requests(connection, after, limit)?;
        let after = requests.last().map_or_else(|| after.to_owned(), |(id, _)| id.clone());
        let mut entries = histories(connection, &requests)?;
        let room = limit.saturating_sub(i64::try_from(entries.len()).unwrap_or(i64::MAX));
        for row in checkpoints::unlisted_audit(connection, room)? {
            let hash = audit_hash(&row).to_vec();
            entries.push(Entry { kind: EntryKind::Audit, id: row.id, label: row.action, seq: 0, hash });
        }
        Ok(Some(Found { newest, entries, after }))
    })?;
    Ok(found)
}

fn histories(connection: &mut AnyConnection, requests: &[(String, String)]) -> diesel::QueryResult<Vec<Entry>> {
    let mut entries = Vec::with_capacity(requests.len());
    for part in requests.chunks(200) {
        let ids: Vec<String> = part.iter().map(|(id, _)| id.clone()).collect();
        let mut hashes: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        for (id, seq, hash) in checkpoints::hashes_of(connection, &ids)? {
            last.insert(id.clone(), seq);
            hashes.entry(id).or_default().push(hash);
        }
        for (id, reference) in part {
            // One whose events are all gone is damaged: that is for the verification to say, and nothing here can be listed.
            let (Some(hashes), Some(seq)) = (hashes.get(id), last.get(id)) else { continue };
            let hash = history(id, hashes.iter().map(Vec::as_slice)).to_vec();
            let (id, label) = (id.clone(), reference.clone());
            entries.push(Entry { kind: EntryKind::Request, id, label, seq: *seq, hash });
        }
    }
    Ok(entries)
}

/// Signs and stores; `false` when another process was faster.
fn sign(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    key_id: &str,
    found: &Found,
) -> Result<bool, ServiceError> {
    storage::follow_one_another(tx, b"checkpnt")?;
    if checkpoints::newest(tx)? != found.newest {
        return Ok(false);
    }
    let before = found.newest.as_ref();
    let unusable = || ServiceError::Internal("the newest checkpoint is damaged: run otinish audit verify".to_owned());
    let previous = before.map(|row| row.checkpoint().ok_or_else(unusable)).transpose()?;
    let checkpoint = Checkpoint {
        number: previous.as_ref().map_or(1, |previous| previous.number.saturating_add(1)),
        at: now,
        previous: previous.as_ref().map_or([0; 32], Checkpoint::hash),
        size: i64::try_from(found.entries.len()).unwrap_or(i64::MAX),
        root: root(&found.entries),
        key_id: key_id.to_owned(),
    };
    let unsigned = || ServiceError::Unavailable("the key that signs checkpoints was changed just now".to_owned());
    let signature = app.vault.sign_checkpoint(key_id, &checkpoint.bytes()).ok_or_else(unsigned)?;
    checkpoints::insert(tx, &CheckpointRow::of(&checkpoint, signature), &found.entries)?;
    Ok(true)
}

/// Writes the files of checkpoints that have none in this process's folder. Returns the number of the newest checkpoint.
///
/// # Errors
/// Those of the database, and `Unavailable` when a file cannot be written.
pub async fn complete_files(app: &Arc<App>, known: Option<i64>) -> Result<Option<i64>, ServiceError> {
    let process = Arc::clone(app);
    app.db.read("checkpoint_files", move |connection| write_files(&process, connection, known)).await
}

fn write_files(app: &App, connection: &mut AnyConnection, known: Option<i64>) -> Result<Option<i64>, ServiceError> {
    let folder = &app.settings.audit_dir;
    let failed = |error: std::io::Error| ServiceError::Unavailable(format!("AUDIT_DIR: {error}"));
    let there = if known.is_none() { checkpoint_files::numbers(folder).map_err(failed)? } else { Vec::new() };
    let highest = there.last().copied().unwrap_or_default();
    let mut number = known.unwrap_or_default();
    loop {
        let rows = checkpoints::after(connection, number, 100)?;
        let Some(last) = rows.last() else { break };
        number = last.number;
        for row in rows {
            if there.binary_search(&row.number).is_ok() {
                continue;
            }
            if row.number < highest {
                tracing::warn!(number = row.number, "the file of a checkpoint was missing and is written again");
            }
            let public = app.vault.audit_public_keys().into_iter().find(|(id, _)| *id == row.key_id);
            let Some((_, public)) = public else { continue };
            let entries = checkpoints::entries_of(connection, row.number)?;
            if checkpoint_files::write(folder, &row, &public, &entries).map_err(failed)? == Written::Other {
                tracing::error!(
                    number = row.number,
                    "another checkpoint has the file of this number: run otinish audit verify"
                );
            }
        }
    }
    Ok((number > 0).then_some(number))
}
