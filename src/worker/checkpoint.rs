//! The checkpoint of the day, at the first look after midnight in Almaty or after a standstill.

use std::sync::{Arc, PoisonError};

use chrono::Duration;

use crate::app::App;
use crate::domain::almaty;
use crate::services::checkpoints::{complete_files, make_due};
use crate::services::error::ServiceError;

/// Within a day the database is asked again after so long: another process may have made one whose file is not here yet.
const LOOK_AGAIN_MINUTES: i64 = 10;

/// Makes what is due and completes the folder of files. Returns how many checkpoints were made.
///
/// # Errors
/// Those of the database. A file that cannot be written is told in the log and tried again: the rest of the work must not wait for it.
pub async fn step(app: &Arc<App>) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let looked_at = *app.checkpoints.looked_at.read().unwrap_or_else(PoisonError::into_inner);
    let again = looked_at.is_none_or(|at| {
        almaty::local_date(at) != almaty::local_date(now) || (now - at).abs() >= Duration::minutes(LOOK_AGAIN_MINUTES)
    });
    if !again {
        return Ok(0);
    }
    let made = match make_due(app).await {
        Err(ServiceError::Internal(error)) => {
            tracing::error!(error, "a checkpoint of the audit could not be made; it is tried again");
            0
        }
        made => made?,
    };
    *app.checkpoints.looked_at.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
    let known = *app.checkpoints.files.read().unwrap_or_else(PoisonError::into_inner);
    match complete_files(app, known).await {
        Ok(newest) => *app.checkpoints.files.write().unwrap_or_else(PoisonError::into_inner) = newest,
        Err(error) => tracing::error!(%error, "the file of a checkpoint could not be written; it is tried again"),
    }
    Ok(made)
}
