//! What Otinish does by itself: mails leave, reminders go out, data whose term is over is destroyed, old traces are forgotten.
//!
//! Each job is a `step` that does what is due and says how much that was; the loop only waits and calls. A step may run in
//! several processes at once and be killed at any point.

pub mod alerts;
pub mod checkpoint;
pub mod digest;
pub mod housekeeping;
pub mod outbox;
pub mod post;
pub mod reminders;
pub mod turns;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::app::App;
use crate::ids::new_id;
use crate::services;
use crate::services::error::ServiceError;
use crate::services::{attachments, calendar, keys, retention};

/// How long the worker rests when nothing rings.
const REST: Duration = Duration::from_secs(2);

/// Runs everything that is due, once. Returns how much was done.
///
/// # Errors
/// Those of the database; what was done before stays done.
pub async fn step(app: &Arc<App>, worker_id: &str) -> Result<usize, ServiceError> {
    let urgent = clock_step(app).await? + mail_step(app, worker_id).await?;
    let scanned = attachments::scan_step(app).await?;
    Ok(urgent + scanned + upkeep_step(app, &|| false).await?)
}

/// Runs steps until nothing is left to do; for tests and for the command line.
///
/// # Errors
/// As [`step`].
pub async fn run_until_idle(app: &Arc<App>) -> Result<usize, ServiceError> {
    let worker_id = new_id(app.clock.now());
    let mut all = 0;
    loop {
        match step(app, &worker_id).await? {
            0 => return Ok(all),
            done => all += done,
        }
    }
}

/// The worker's loops: clocks, mails, scans and upkeep go side by side, so that neither a mail server or a virus scanner that hangs
/// nor much data to destroy holds up a reminder. Each works, rests, and stops when told to; leases are given back.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    let worker_id = new_id(app.clock.now());
    let (clocks, mails, scans) = (stop.clone(), stop.clone(), stop.clone());
    tokio::join!(
        run_clocks(&app, clocks),
        run_mails(&app, mails, &worker_id),
        run_scans(&app, scans),
        run_upkeep(&app, stop)
    );
    if let Err(error) = outbox::give_back(&app, &worker_id).await {
        tracing::warn!(%error, "leases could not be given back; they end by themselves in half a minute");
    }
}

async fn run_clocks(app: &Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut failures = 0;
    while !*stop.borrow() {
        let done = clock_step(app).await;
        if matches!(done, Ok(0))
            && let Err(error) = housekeeping::step(app).await
        {
            tracing::warn!(%error, "housekeeping failed");
        }
        if matches!(done, Ok(count) if count > 0) {
            app.mail_bell.notify_one();
        }
        let Some(pause) = pause(&done, &mut failures) else { continue };
        rest(&app.clock_bell, &mut stop, pause).await;
    }
}

async fn run_mails(app: &Arc<App>, mut stop: watch::Receiver<bool>, worker_id: &str) {
    let mut failures = 0;
    while !*stop.borrow() {
        let done = mail_step(app, worker_id).await;
        let Some(pause) = pause(&done, &mut failures) else { continue };
        rest(&app.mail_bell, &mut stop, pause).await;
    }
}

async fn run_scans(app: &Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut failures = 0;
    while !*stop.borrow() {
        let done = attachments::scan_step(app).await;
        let Some(pause) = pause(&done, &mut failures) else { continue };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn run_upkeep(app: &Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut failures = 0;
    while !*stop.borrow() {
        let stopped = stop.clone();
        let done = upkeep_step(app, &|| *stopped.borrow()).await;
        if let Err(error) = attachments::sweep(app).await {
            tracing::warn!(%error, "objects without a row could not be swept away");
        }
        let Some(pause) = pause(&done, &mut failures) else { continue };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// How long to rest after a step: not at all while there is work, longer and longer while it fails.
fn pause(done: &Result<usize, ServiceError>, failures: &mut u32) -> Option<Duration> {
    match done {
        Ok(count) => {
            *failures = 0;
            (*count == 0).then_some(REST)
        }
        Err(error) => {
            *failures = failures.saturating_add(1);
            tracing::warn!(%error, failures, "the worker could not do its work; it tries again");
            Some(REST * (*failures).min(15))
        }
    }
}

async fn clock_step(app: &Arc<App>) -> Result<usize, ServiceError> {
    // First of all: no clock is looked at that still stands by an older calendar.
    let recounted = calendar::catch_up(app).await?;
    let clocks = reminders::step(app).await? + reminders::nudge_step(app).await?;
    let told = post::step(app).await? + digest::step(app).await? + alerts::step(app).await?;
    // Last of all: nothing that people wait for stands behind these.
    let late = checkpoint::step(app).await? + keys::rewrap_step(app).await?;
    turns::note(app, "clocks").await?;
    Ok(recounted + clocks + told + late)
}

async fn mail_step(app: &Arc<App>, worker_id: &str) -> Result<usize, ServiceError> {
    let sent = outbox::step(app, worker_id).await?;
    turns::note(app, "mails").await?;
    Ok(sent)
}

/// Work that nobody waits for. It ends early when `stop` says so.
async fn upkeep_step(app: &Arc<App>, stop: &(dyn Fn() -> bool + Sync)) -> Result<usize, ServiceError> {
    let done = retention::daily(app, stop).await?;
    let is_damaged = services::alerts::daily_check(app).await?;
    turns::note(app, "upkeep").await?;
    Ok(done + usize::from(is_damaged))
}

async fn rest(bell: &Notify, stop: &mut watch::Receiver<bool>, how_long: Duration) {
    tokio::select! {
        () = tokio::time::sleep(how_long) => {}
        () = bell.notified() => {}
        _ = stop.changed() => {}
    }
}
