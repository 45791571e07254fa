//! The keys of the deployment: which there are and what uses them, rotation of the master key, and taking an old one out.

use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::error::ServiceError;
use super::sign_in::{By, note};
use crate::app::{App, RING_LOCK, remember_key, stored_fingerprints};
use crate::storage::keys::{self, Uses};
use crate::storage::requests::RequestKeyRow;
use crate::storage::{self, AnyConnection, StorageError};
use crate::vault::{KeyRing, KeyRingSource, Place, Purpose, VaultError, WrappedKey, staff_prefix};

/// So many keys are wrapped anew in one transaction.
const AT_ONCE: i64 = 100;
/// When nothing is left, the database is asked again after so long: a process with an older ring may have written meanwhile.
const LOOK_AGAIN_MINUTES: i64 = 10;

/// Why the keys could not be listed or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The ring says no.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database says no.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StorageError> for KeysError {
    fn from(error: StorageError) -> Self {
        Self::Service(error.into())
    }
}

impl From<diesel::result::Error> for KeysError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Service(error.into())
    }
}

/// A key and what it still has to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whether it seals nothing new.
    pub retired: bool,
    /// What is sealed under it; for master keys only.
    pub uses: Option<Uses>,
}

fn load(source: &KeyRingSource) -> Result<KeyRing, VaultError> {
    KeyRing::load(source)?.ok_or_else(|| VaultError::NotAllowed(format!("{source} is missing")))
}

fn prefix_of(id: &str) -> Vec<u8> {
    staff_prefix(id).unwrap_or_default()
}

/// All keys of the ring.
///
/// # Errors
/// Those of the ring and of the database.
pub async fn list(app: &Arc<App>) -> Result<Vec<KeyLine>, KeysError> {
    let source = app.settings.key_ring.clone();
    app.db
        .read("keys", move |connection| {
            let ring = load(&source)?;
            let mut lines = Vec::new();
            for key in ring.keys() {
                let uses = (key.purpose == Purpose::Master)
                    .then(|| keys::uses(connection, &key.id, &prefix_of(&key.id)))
                    .transpose()?;
                let (id, retired) = (key.id.clone(), key.retired);
                lines.push(KeyLine { id, purpose: key.purpose, created_at: key.created_at, retired, uses });
            }
            Ok(lines)
        })
        .await
}

/// The path of the ring's file.
fn file_of(source: &KeyRingSource) -> Result<std::path::PathBuf, VaultError> {
    match source {
        KeyRingSource::File(path) => Ok(path.clone()),
        KeyRingSource::Inline(_) => Err(VaultError::NotAllowed(
            "KEY_RING holds the ring itself, which a program cannot change: put it into a file (mode 0600) and name that file"
                .to_owned(),
        )),
    }
}

/// Adds a master key, which is the active one from now on. Returns its id and that of the one before.
///
/// # Errors
/// Those of the ring and of the database; nothing is changed then.
pub async fn rotate(app: &Arc<App>) -> Result<(String, String), KeysError> {
    let process = Arc::clone(app);
    app.db
        .write("rotate_keys", move |tx| {
            let now = process.clock.now();
            storage::follow_one_another(tx, RING_LOCK)?;
            let path = file_of(&process.settings.key_ring)?;
            let before = load(&process.settings.key_ring)?;
            let (stored, _) = stored_fingerprints(tx)?;
            before.check_against(&stored)?;
            let after = before.rotated(Purpose::Master, now)?;
            let new = after.check_against(&before.fingerprints())?;
            // The file first: a ring with a key that the database does not know yet is taken over by the next start. The other
            // way round, after a power cut the database would ask for a key that was never written.
            KeyRing::replace(&path, &before, &after)?;
            for key in &new {
                remember_key(tx, key, now)?;
            }
            let active = |ring: &KeyRing| {
                let is_active = |key: &&crate::vault::Key| key.purpose == Purpose::Master && !key.retired;
                ring.keys().iter().find(is_active).map(|key| key.id.clone()).unwrap_or_default()
            };
            let (new, old) = (active(&after), active(&before));
            note(tx, now, "master_key_rotated", &By::CommandLine, &json!({"key": new, "before": old}))?;
            Ok((new, old))
        })
        .await
}

/// What became of a key that was to be taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retired {
    /// It is out.
    Out,
    /// So much is still sealed under it; it stays.
    InUse(Uses),
}

/// Takes a retired master key out of the ring, if nothing is sealed under it any more.
///
/// # Errors
/// When there is no such key, it is active or of another purpose; those of the ring and of the database.
pub async fn retire(app: &Arc<App>, id: String) -> Result<Retired, KeysError> {
    let (process, wanted) = (Arc::clone(app), id.clone());
    let uses = app.db.write("retire_key", move |tx| mark_retired(&process, tx, &wanted)).await?;
    if let Some(uses) = uses {
        return Ok(Retired::InUse(uses));
    }
    // The database knows that the key is out, so a ring that still holds it does no harm: the same command ends the work.
    let process = Arc::clone(app);
    app.db
        .write("take_key_out", move |tx| {
            storage::follow_one_another(tx, RING_LOCK)?;
            let ring = load(&process.settings.key_ring)?;
            let path = file_of(&process.settings.key_ring)?;
            KeyRing::replace(&path, &ring, &ring.without(&id)?)?;
            Ok(Retired::Out)
        })
        .await
}

/// Notes that a key is out; what it is still used for keeps it in.
fn mark_retired(app: &App, tx: &mut AnyConnection, id: &str) -> Result<Option<Uses>, KeysError> {
    let now = app.clock.now();
    storage::follow_one_another(tx, RING_LOCK)?;
    file_of(&app.settings.key_ring)?;
    let ring = load(&app.settings.key_ring)?;
    if ring.keys().iter().any(|key| key.id == id && key.purpose != Purpose::Master) {
        return Err(VaultError::NotAllowed(format!("{id} is no master key: only those are taken out")).into());
    }
    ring.without(id)?;
    // From here on nobody seals anything new under it, so what is counted then is all.
    keys::retire(tx, id, now.naive_utc())?;
    let uses = keys::uses(tx, id, &prefix_of(id))?;
    if !uses.is_unused() {
        keys::keep(tx, id)?;
        return Ok(Some(uses));
    }
    note(tx, now, "master_key_retired", &By::CommandLine, &json!({"key": id}))?;
    Ok(None)
}

/// Refuses to go on when something was sealed with a master key that was taken out of the ring: this process has an older ring in
/// memory. Until the transaction ends the key stays.
///
/// # Errors
/// `Unavailable` then; those of the database.
pub fn hold(tx: &mut AnyConnection, master_key_id: &str) -> Result<(), ServiceError> {
    if keys::hold(tx, master_key_id)? {
        return Ok(());
    }
    let text = format!("the master key {master_key_id} was taken out of the key ring: give this process the new ring");
    Err(ServiceError::Unavailable(text))
}

/// Does a part of the work that a rotation leaves; see [`rewrap_up_to`].
///
/// # Errors
/// Those of the database.
pub async fn rewrap_step(app: &Arc<App>) -> Result<usize, ServiceError> {
    rewrap_up_to(app, AT_ONCE).await
}

/// Wraps a few keys anew that are still wrapped with a retired master key, and seals anew what members have sealed under one.
/// Returns how many. It may be ended at any point and goes on where it stood.
///
/// # Errors
/// Those of the database.
pub async fn rewrap_up_to(app: &Arc<App>, at_once: i64) -> Result<usize, ServiceError> {
    let retired = app.vault.retired_master_key_ids();
    if retired.is_empty() {
        return Ok(0);
    }
    let now = app.clock.now();
    let seen = (app.vault.active_master_key_id(), now);
    let last = app.rewrapped.read().unwrap_or_else(PoisonError::into_inner).clone();
    let is_recent = |(active, at): &(String, DateTime<Utc>)| {
        *active == seen.0 && (now - *at).abs() < Duration::minutes(LOOK_AGAIN_MINUTES)
    };
    if last.as_ref().is_some_and(is_recent) {
        return Ok(0);
    }
    let mut after = String::new();
    loop {
        let (process, masters, begin) = (Arc::clone(app), retired.clone(), after.clone());
        let batch = move |tx: &mut AnyConnection| rewrap_batch(&process, tx, &masters, (&begin, at_once));
        let (done, last) = app.db.write("rewrap_keys", batch).await?;
        match last {
            _ if done > 0 => return Ok(done),
            // None of them could be wrapped anew; those after them may.
            Some(last) => after = last,
            None => break,
        }
    }
    let (process, masters) = (Arc::clone(app), retired);
    let done = app.db.write("reseal", move |tx| reseal_batch(&process, tx, &masters)).await?;
    if done == 0 {
        *app.rewrapped.write().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
    Ok(done)
}

/// How many were wrapped anew, and the last request that was looked at.
fn rewrap_batch(
    app: &App,
    tx: &mut AnyConnection,
    masters: &[String],
    (after, at_once): (&str, i64),
) -> Result<(usize, Option<String>), ServiceError> {
    storage::follow_one_another(tx, b"rewrap")?;
    let rows = keys::wrapped_with(tx, masters, after, at_once)?;
    let mut done = 0;
    for row in &rows {
        if rewrap_one(app, tx, row)? {
            done += 1;
        }
    }
    Ok((done, rows.last().map(|row| row.request_id.clone())))
}

fn rewrap_one(app: &App, tx: &mut AnyConnection, row: &RequestKeyRow) -> Result<bool, ServiceError> {
    let Some(bytes) = row.wrapped.clone() else { return Ok(false) };
    let before = WrappedKey { master_key_id: row.master_key_id.clone(), bytes };
    match app.vault.rewrap(&row.request_id, &before) {
        Ok(Some(after)) => Ok(keys::rewrap(tx, row, &after.master_key_id, &after.bytes)?),
        Ok(None) => Ok(false),
        Err(error) => {
            // One damaged key must not keep all others under the old master key.
            tracing::error!(%error, "the key of a request could not be wrapped anew; its old master key stays in use");
            Ok(false)
        }
    }
}

fn reseal_batch(app: &App, tx: &mut AnyConnection, masters: &[String]) -> Result<usize, ServiceError> {
    storage::follow_one_another(tx, b"rewrap")?;
    let mut done = 0;
    for master in masters {
        let prefix = prefix_of(master);
        for (staff_id, before) in keys::second_factors(tx, &prefix)? {
            if let Some(after) = resealed(app, &Place::new("totp", &staff_id, "secret"), &before)
                && keys::reseal_second_factor(tx, &staff_id, &before, &after)?
            {
                done += 1;
            }
        }
        for (id, before) in keys::staff_mails(tx, &prefix, "", AT_ONCE)? {
            let Some(before) = before else { continue };
            if let Some(after) = resealed(app, &Place::new("outbox", &id, "mail"), &before)
                && keys::reseal_staff_mail(tx, &id, &before, &after)?
            {
                done += 1;
            }
        }
    }
    Ok(done)
}

fn resealed(app: &App, place: &Place<'_>, before: &[u8]) -> Option<Vec<u8>> {
    match app.vault.reseal_staff_mail(place, before) {
        Ok(after) => after,
        Err(error) => {
            tracing::error!(%error, "something sealed for the staff could not be sealed anew; its master key stays in use");
            None
        }
    }
}
