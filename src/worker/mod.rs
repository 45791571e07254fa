//! What Otinish does by itself: mails leave, reminders go out, old traces are forgotten.
//!
//! Each job is a `step` that does what is due and says how much that was; the loop only waits and calls. A step may run in
//! several processes at once and be killed at any point.

pub mod housekeeping;
pub mod outbox;
pub mod reminders;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::ids::new_id;
use crate::services::error::ServiceError;

/// How long the worker rests when nothing rings.
const REST: Duration = Duration::from_secs(2);

/// Runs everything that is due, once. Returns how much was done.
///
/// # Errors
/// Those of the database; what was done before stays done.
pub async fn step(app: &Arc<App>, worker_id: &str) -> Result<usize, ServiceError> {
    let mut done = reminders::step(app).await?;
    done += reminders::nudge_step(app).await?;
    done += outbox::step(app, worker_id).await?;
    Ok(done)
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

/// The worker's loop: works, rests, and stops when told to, giving back its leases.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let worker_id = new_id(app.clock.now());
    let mut failures: u32 = 0;
    while !*stop.borrow() {
        match step(&app, &worker_id).await {
            Ok(0) => {
                failures = 0;
                if let Err(error) = housekeeping::step(&app).await {
                    tracing::warn!(%error, "housekeeping failed");
                }
                rest(&app, &mut stop, REST).await;
            }
            Ok(_) => failures = 0,
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::warn!(%error, failures, "the worker could not do its work; it tries again");
                rest(&app, &mut stop, REST * failures.min(15)).await;
            }
        }
    }
    if let Err(error) = outbox::give_back(&app, &worker_id).await {
        tracing::warn!(%error, "leases could not be given back; they end by themselves in half a minute");
    }
}

async fn rest(app: &App, stop: &mut watch::Receiver<bool>, how_long: Duration) {
    tokio::select! {
        () = tokio::time::sleep(how_long) => {}
        () = app.work.notified() => {}
        _ = stop.changed() => {}
    }
}
