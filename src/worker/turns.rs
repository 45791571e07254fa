//! Notes that the worker is at work, so that figures and people see when no worker runs, or one that can do nothing.

use std::sync::{Arc, PoisonError};

use chrono::Duration;

use crate::app::App;
use crate::services::error::ServiceError;
use crate::storage::turns;

/// It is noted so often at most: an idle worker should hardly write.
const EVERY_SECONDS: i64 = 60;

/// Notes that a job did its turn without a failure.
///
/// # Errors
/// Those of the database.
pub async fn note(app: &Arc<App>, job: &'static str) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let noted_at = app.turns.lock().unwrap_or_else(PoisonError::into_inner).get(job).copied();
    if noted_at.is_some_and(|at| (now - at).abs() < Duration::seconds(EVERY_SECONDS)) {
        return Ok(());
    }
    app.db.write("worker_turn", move |tx| Ok::<_, ServiceError>(turns::note(tx, job, now.naive_utc())?)).await?;
    app.turns.lock().unwrap_or_else(PoisonError::into_inner).insert(job, now);
    Ok(())
}
