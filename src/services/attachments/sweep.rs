//! Objects without a row are swept away: a process was killed between the object and its transaction.

use std::sync::{Arc, PoisonError};

use chrono::Duration;
use futures_util::StreamExt;

use crate::app::App;
use crate::services::error::ServiceError;
use crate::storage::attachments::known_objects;

/// So many objects are asked about at once.
const BATCH: usize = 200;
/// No upload takes so long: what is younger may still get its row.
const OLD: Duration = Duration::days(1);

/// Deletes objects without a row that are older than a day; looks at most once a day. Returns how many were deleted.
///
/// # Errors
/// Those of the database and of the store; the next call goes on.
pub async fn sweep(app: &Arc<App>) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let last = *app.files_swept_at.read().unwrap_or_else(PoisonError::into_inner);
    if last.is_some_and(|last| now - last < OLD) {
        return Ok(0);
    }
    let mut all = app.files.list().chunks(BATCH);
    let mut deleted = 0;
    while let Some(batch) = all.next().await {
        let batch: Vec<_> = batch.into_iter().collect::<Result<_, _>>()?;
        let old: Vec<String> = batch.into_iter().filter(|(_, at)| now - at > OLD).map(|(name, _)| name).collect();
        let asked = old.clone();
        let known = app
            .db
            .read("known_objects", move |connection| Ok::<_, ServiceError>(known_objects(connection, &asked)?))
            .await?;
        for orphan in old.iter().filter(|name| !known.contains(name)) {
            app.files.delete(orphan).await?;
            deleted += 1;
        }
    }
    *app.files_swept_at.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
    if deleted > 0 {
        tracing::info!(deleted, "objects without a row were swept away");
    }
    Ok(deleted)
}
