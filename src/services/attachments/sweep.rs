//! Objects without a row are swept away: a process was killed between the object and its transaction. What has not the name of an
//! object of Otinish is somebody else's, whatever the settings say, and stays.

use std::sync::{Arc, PoisonError};

use chrono::Duration;
use futures_util::StreamExt;

use crate::app::App;
use crate::services::error::ServiceError;
use crate::storage::attachments::known_objects;

/// Letters of a token: 32 random bytes in base64url.
const TOKEN_LENGTH: usize = 43;
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
        let is_old_and_ours = |(name, at): &(String, _)| now - *at > OLD && is_ours(name);
        let old: Vec<String> = batch.into_iter().filter(is_old_and_ours).map(|(name, _)| name).collect();
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

/// Whether an object has the name of a token, as those of files have, or that of a check of the store.
fn is_ours(name: &str) -> bool {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_plain(name) && (name.len() == TOKEN_LENGTH || name.starts_with("check-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::new_token;

    #[test]
    fn names_of_objects_are_known_and_those_of_everything_else_are_not() {
        for _ in 0..100 {
            assert!(is_ours(&new_token().unwrap()));
        }
        assert!(is_ours("check-0123456789abcdef"));
        let others = ["keyring.json", "otinish.db", "audit/2026-11-23.json", "mail/0001.eml", "backup.tar", ""];
        for other in others {
            assert!(!is_ours(other), "{other}");
        }
        assert!(!is_ours(&format!("audit/{}", new_token().unwrap())));
    }
}
