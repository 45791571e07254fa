//! A member changes their password.

use std::sync::Arc;

use serde_json::json;

use super::audit::{By, note};
use super::member::Member;
use super::{Attempt, lock, settle};
use crate::app::App;
use crate::services::error::ServiceError;
use crate::services::password;
use crate::storage::staff;

/// Changes the password of a member who knows the current one, and ends their other sessions.
///
/// # Errors
/// 422 for a new password that is too weak or the same (`password_unchanged`) (at `/new_password`) and for a wrong current one (`wrong_password` at
/// `/current_password`), which counts as a failed sign-in; 429 `rate_limited` while the account is locked; `Unauthorized`
/// when it was disabled meanwhile.
pub async fn change_password(app: &Arc<App>, member: &Member, current: &str, new: &str) -> Result<(), ServiceError> {
    password::check(new, &member.email, "/new_password").map_err(|error| ServiceError::Invalid(vec![error]))?;
    let id = member.id.clone();
    let seen = app
        .db
        .read("password_account", move |connection| Ok::<_, ServiceError>(staff::by_id(connection, &id)?))
        .await?
        .filter(|row| row.disabled_at.is_none())
        .ok_or(ServiceError::Unauthorized)?;
    if let Some(seconds) = lock::seconds_left(seen.locked_until, app.clock.now()) {
        return Err(lock::refusal(seconds));
    }
    let right = password::matches(current, Some(&seen.password_hash)).await?;
    if right && current == new {
        return Err(ServiceError::field("/new_password", "password_unchanged"));
    }
    let hash = if right { password::hash(new).await? } else { String::new() };
    let now = app.clock.now();
    let session_id = member.session_id.clone();
    let process = Arc::clone(app);
    let attempt = app
        .db
        .write("change_password", move |tx| {
            settle(&process, tx, &seen, right, now)?.try_map(|mut row| {
                lock::forget(&mut row);
                row.password_hash = hash;
                row.password_expires_at = None;
                staff::update(tx, &row)?;
                staff::revoke_sessions(tx, &row.id, Some(&session_id), now.naive_utc())?;
                note(tx, now, "password_changed", &By::Staff(&row.id), &json!({"user_id": row.id}))
            })
        })
        .await?;
    match attempt {
        Attempt::Wrong => Err(ServiceError::field("/current_password", "wrong_password")),
        other => other.into_result(),
    }
}
