//! Destroying personal data whose term is over. The skeleton of a request stays: kind, dates, clocks, outcome, operator, reference,
//! and its history without texts, whose chain still verifies.

mod files;

pub use files::sweep;

use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use serde_json::json;

use super::case::{append_event, is_open};
use super::error::ServiceError;
use crate::app::App;
use crate::domain::event::{Actor, EventKind, is_held};
use crate::domain::retention::{is_over, over_before};
use crate::domain::vocabulary::{ClockState, Status};
use crate::storage::requests::{NO_DUE, RequestRow};
use crate::storage::retention::{self, ATTACHMENT_STORE, DueRow, MAIL_STORE, TRACES, TombstoneRow};
use crate::storage::{AnyConnection, Scrub, attachments, clocks, requests};

/// Why a request was destroyed: its term was over.
pub const TERM: &str = "term";
/// So many requests are looked for at once.
const BATCH: i64 = 50;
/// A mail to staff about no request is forgotten so many days after it left.
const SENT_DAYS: i64 = 14;
/// One that was given up, so many days after it was made: so long somebody can send it again.
const GIVEN_UP_DAYS: i64 = 90;
/// Under this name the ledger says who got a morning digest.
const DIGEST: &str = "digest";
/// So many days it remembers that.
const DIGEST_DAYS: i64 = 30;
/// When readers held up the emptying of the database's log, it is tried again after so many seconds.
const SCRUB_AGAIN_SECONDS: i64 = 60;
/// When the files could not be written anew at all, so long after.
const SCRUB_AFTER_FAILURE: Duration = Duration::hours(1);
/// So long after a restore nothing is destroyed but what is buried.
pub const REST_AFTER_RESTORE: Duration = Duration::days(7);

/// What a pass did at one operator, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// The operator's id.
    pub operator: String,
    /// The references of what was destroyed.
    pub destroyed: Vec<String>,
    /// Those whose term is over too, but which a legal hold keeps.
    pub held: Vec<String>,
    /// Those that could not be destroyed; the log says why.
    pub failed: Vec<String>,
}

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pass {
    /// By operator, those of which nothing is due too.
    pub operators: Vec<Passed>,
    /// Operators with closed requests whose profile is gone, so that nobody knows their term: nothing of them is destroyed.
    pub without_profile: Vec<String>,
}

impl Pass {
    /// How many requests were destroyed.
    #[must_use]
    pub fn destroyed(&self) -> usize {
        self.operators.iter().map(|passed| passed.destroyed.len()).sum()
    }
}

/// Destroys the personal data of every closed request whose term is over and that no legal hold keeps, each in a transaction of its
/// own. With `dry_run` it only says which they are. Ends early, between two requests, when `stop` says so.
///
/// # Errors
/// Those of the database; what was destroyed before stays so.
pub async fn pass(app: &Arc<App>, dry_run: bool, stop: &(dyn Fn() -> bool + Sync)) -> Result<Pass, ServiceError> {
    let now = app.clock.now();
    let mut pass = Pass::default();
    for operator in app.operators.iter() {
        let before = over_before(operator.retention.years, now).naive_utc();
        let mut passed = Passed { operator: operator.id.clone(), ..Passed::default() };
        let mut after = None;
        loop {
            let (id, from) = (operator.id.clone(), after.clone());
            let rows: Vec<DueRow> = app
                .db
                .read("requests_to_destroy", move |connection| {
                    Ok::<_, ServiceError>(retention::due(connection, &id, before, from.as_ref(), BATCH)?)
                })
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.final_at.map(|at| (at, last.id.clone()));
            for row in rows {
                if stop() {
                    break;
                }
                look_at(app, row, dry_run, &mut passed).await?;
            }
            if stop() {
                break;
            }
        }
        pass.operators.push(passed);
    }
    let found = app
        .db
        .read("operators_with_data", |connection| Ok::<_, ServiceError>(retention::operators_with_data(connection)?))
        .await?;
    pass.without_profile = found.into_iter().filter(|id| app.operator(id).is_none()).collect();
    Ok(pass)
}

async fn look_at(app: &Arc<App>, row: DueRow, dry_run: bool, passed: &mut Passed) -> Result<(), ServiceError> {
    if row.legal_hold {
        passed.held.push(row.reference);
        return Ok(());
    }
    if dry_run {
        passed.destroyed.push(row.reference);
        return Ok(());
    }
    let (process, id) = (Arc::clone(app), row.id);
    match app.db.write("destroy_request", move |tx| destroy_if_due(&process, tx, &id)).await {
        Ok(true) => passed.destroyed.push(row.reference),
        // Another process was faster, or a hold was set in between.
        Ok(false) => {}
        Err(error @ ServiceError::Unavailable(_)) => return Err(error),
        // One that cannot be destroyed must not hold up the others. It is tried again with the next pass.
        Err(error) => {
            tracing::error!(%error, reference = row.reference, "personal data whose term is over cannot be destroyed");
            passed.failed.push(row.reference);
        }
    }
    Ok(())
}

/// Looks again under the lock.
fn destroy_if_due(app: &App, tx: &mut AnyConnection, id: &str) -> Result<bool, ServiceError> {
    let Some(row) = requests::lock_by_id(tx, id)? else { return Ok(false) };
    let (Some(operator), Some(final_at)) = (app.operator(&row.operator_id), row.final_at) else { return Ok(false) };
    let now = app.clock.now();
    let due = row.destroyed_at.is_none() && !row.legal_hold;
    if !due || !is_over(final_at.and_utc(), operator.retention.years, now) {
        return Ok(false);
    }
    if is_held(retention::event_kinds(tx, id)?.iter().map(String::as_str)) {
        // Whoever can write to the database could lift a hold by a word in a column; they cannot write the history.
        return Err(ServiceError::Internal(
            "its history says that a legal hold keeps it, and its row does not".to_owned(),
        ));
    }
    destroy(tx, row, now, TERM, now.naive_utc())?;
    Ok(true)
}

/// Destroys all that is personal of a locked request, in the caller's transaction: its key, indexes, codes, mails, sealed parts, the
/// hash of its token; notes its files to be deleted; writes the event and the tombstone. It needs no key ring.
///
/// # Errors
/// Those of the database.
pub fn destroy(
    tx: &mut AnyConnection,
    mut row: RequestRow,
    now: DateTime<Utc>,
    reason: &str,
    destroyed_at: NaiveDateTime,
) -> Result<(), ServiceError> {
    doom_files(tx, &row, now)?;
    retention::forget_rows(tx, &row.id, &row.reference, now.naive_utc())?;
    for mut clock in clocks::of_request(tx, &row.id)?.into_iter().filter(is_open) {
        clock.state = ClockState::Void;
        clock.met_by = Some(EventKind::DataDestroyed.as_str().to_owned());
        clock.remind_at = None;
        clocks::update(tx, &clock)?;
    }
    // One that a restored backup has as open was closed since. How, nobody knows any more; reports do not count dismissed ones.
    if !row.status.is_final() {
        row.status = Status::Dismissed;
        row.final_at = Some(destroyed_at);
    }
    row.sealed_contents = None;
    row.sealed_token = None;
    row.sealed_receipt = None;
    // It must be there and differ from all others; no token has a hash of this length.
    row.token_hash = row.id.clone().into_bytes();
    row.duplicate_of = None;
    row.legal_hold = false;
    row.next_nudge_at = None;
    row.headline_clock = None;
    row.headline_due_on = None;
    row.sort_due_at = NO_DUE;
    row.destroyed_at = Some(destroyed_at);
    row.version += 1;
    append_event(tx, &mut row, (now, &Actor::System), EventKind::DataDestroyed, json!({"reason": reason}), None)?;
    requests::update(tx, &row)?;
    let stone = TombstoneRow {
        request_id: row.id,
        reference: row.reference,
        operator_id: row.operator_id,
        destroyed_at,
        reason: reason.to_owned(),
    };
    Ok(retention::bury(tx, &stone)?)
}

/// Destroys again what has a tombstone and is there all the same: a backup from before its destruction was put back. It is done before
/// anything is served. Returns the references.
///
/// # Errors
/// Those of the database.
pub async fn finish_destructions(app: &Arc<App>) -> Result<Vec<String>, ServiceError> {
    let mut done = Vec::new();
    loop {
        let found = app
            .db
            .read("buried_alive", |connection| Ok::<_, ServiceError>(retention::buried_alive(connection, BATCH)?))
            .await?;
        if found.is_empty() {
            return Ok(done);
        }
        for stone in found {
            let now = app.clock.now();
            let reference = stone.reference.clone();
            app.db
                .write("destroy_again", move |tx| match requests::lock_by_id(tx, &stone.request_id)? {
                    Some(row) if row.destroyed_at.is_none() => destroy(tx, row, now, &stone.reason, stone.destroyed_at),
                    _ => Ok(()),
                })
                .await?;
            tracing::warn!(reference, "a restored database held data that had been destroyed: it was destroyed again");
            done.push(reference);
        }
    }
}

/// Stores tombstones of a list, those that are there already excepted, and notes that the database was put back.
///
/// # Errors
/// Those of the database.
pub async fn bury(app: &Arc<App>, stones: Vec<TombstoneRow>) -> Result<(), ServiceError> {
    let now = app.clock.now();
    app.db
        .write("bury", move |tx| {
            retention::note_restore(tx, crate::domain::almaty::local_date(now), now.naive_utc())?;
            stones.iter().try_for_each(|stone| Ok(retention::bury(tx, stone)?))
        })
        .await
}

/// Notes all files of a request to be deleted after the commit: [`sweep`] deletes them, also when a crash comes between.
fn doom_files(tx: &mut AnyConnection, row: &RequestRow, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let mails = retention::message_ids(tx, &row.id)?;
    retention::doom(tx, MAIL_STORE, &mails, now.naive_utc())?;
    retention::doom(tx, TRACES, std::slice::from_ref(&row.id), now.naive_utc())?;
    let objects = attachments::objects_of(tx, &row.id)?;
    Ok(retention::doom(tx, ATTACHMENT_STORE, &objects, now.naive_utc())?)
}

/// The daily work, at the first call of each local day: destroys what is due, forgets old mails to staff, and takes traces out of the
/// database's files. At every call it deletes files that are still to be deleted. Returns how many requests were destroyed.
///
/// # Errors
/// Those of the database.
pub async fn daily(app: &Arc<App>, stop: &(dyn Fn() -> bool + Sync)) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let today = crate::domain::almaty::local_date(now);
    let mut destroyed = 0;
    if upkeep(app).destroyed_on != Some(today) {
        if let Some(until) = rests_until(app).await? {
            tracing::warn!(%until, "the database was restored: nothing is destroyed before this day, so that legal holds can be set again");
        } else {
            let pass = pass(app, false, stop).await?;
            destroyed = pass.destroyed();
            for operator in &pass.without_profile {
                tracing::warn!(operator, "its profile is gone, so nobody knows how long its closed requests are kept");
            }
        }
        forget_old_mails(app, now).await?;
        if destroyed > 0 {
            tracing::info!(destroyed, "personal data whose term is over was destroyed");
        }
        if stop() {
            return Ok(destroyed);
        }
        let mut upkeep = app.upkeep.write().unwrap_or_else(PoisonError::into_inner);
        upkeep.destroyed_on = Some(today);
        // Also when there was nothing: a process may have been killed between a destruction and this.
        upkeep.scrub_at = Some(now);
    }
    sweep(app).await?;
    if upkeep(app).scrub_at.is_some_and(|at| at <= now) {
        let again = match take_out_traces(app, Scrub::Tables).await {
            Ok(true) => None,
            Ok(false) => Some(now + Duration::seconds(SCRUB_AGAIN_SECONDS)),
            // It holds up writers and wants room for a second copy of the database: not every few seconds, and nothing waits for it.
            Err(error) => {
                tracing::error!(%error, "what was destroyed left traces in the database's files that could not be taken out; it is tried again in an hour");
                Some(now + SCRUB_AFTER_FAILURE)
            }
        };
        app.upkeep.write().unwrap_or_else(PoisonError::into_inner).scrub_at = again;
    }
    Ok(destroyed)
}

/// Takes traces of what was destroyed out of the database's files, as [`crate::storage::Db::scrub`] does. Where no destruction left
/// any in the tables, only the log is cut. `false` when that has to be tried again.
///
/// # Errors
/// Those of the database.
pub async fn take_out_traces(app: &Arc<App>, how: Scrub) -> Result<bool, ServiceError> {
    let now = app.clock.now().naive_utc();
    let traces = app.db.read("traces", |connection| Ok::<_, ServiceError>(retention::has_traces(connection)?)).await?;
    if !traces && how != Scrub::Rewrite {
        return Ok(app.db.scrub(Scrub::Log).await?);
    }
    let done = app.db.scrub(how).await?;
    // Also when the log could not be cut: what the tables held is out of them.
    app.db.write("forget_traces", move |tx| Ok::<_, ServiceError>(retention::forget_traces(tx, now)?)).await?;
    Ok(done)
}

/// Until when nothing is destroyed but what is buried, because the database was put back: it does not know the legal holds that were
/// set since its backup. None when that is over, or never was.
///
/// # Errors
/// Those of the database.
pub async fn rests_until(app: &Arc<App>) -> Result<Option<NaiveDate>, ServiceError> {
    let today = crate::domain::almaty::local_date(app.clock.now());
    let restored = app.db.read("restored_on", |tx| Ok::<_, ServiceError>(retention::restored_on(tx)?)).await?;
    Ok(restored.map(|day| day + REST_AFTER_RESTORE).filter(|until| today < *until))
}

fn upkeep(app: &App) -> crate::app::Upkeep {
    *app.upkeep.read().unwrap_or_else(PoisonError::into_inner)
}

/// Forgets mails to staff that belong to no request, and who got a digest.
async fn forget_old_mails(app: &Arc<App>, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let before = |days: i64| (now - Duration::days(days)).naive_utc();
    let (sent, given_up, digests) = (before(SENT_DAYS), before(GIVEN_UP_DAYS), before(DIGEST_DAYS));
    loop {
        let forgotten = app
            .db
            .write("forget_staff_mails", move |tx| {
                let names = retention::forget_staff_mails(tx, sent, given_up, BATCH)?;
                retention::doom(tx, MAIL_STORE, &names, now.naive_utc())?;
                retention::forget_reminders(tx, DIGEST, digests)?;
                Ok::<_, ServiceError>(names.len())
            })
            .await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}
