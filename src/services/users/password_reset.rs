//! An administrator gives a member a password that works once: to be changed.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::ids::is_id;
use crate::mail::compose::AccountNews;
use crate::services::error::ServiceError;
use crate::services::password;
use crate::services::sign_in::{By, Member, note};
use crate::services::staff_mail::write_account_mail;
use crate::storage::staff;

/// How long a password that was given out works.
const HOLDS: Duration = Duration::hours(72);

/// A password that was made up, shown this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct TemporaryPassword {
    /// The password, to be handed over in person or by phone.
    pub temporary_password: String,
    /// Until when it can be used, and only to set another.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for TemporaryPassword {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TemporaryPassword").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Replaces the password of a member by one that is made up and has to be changed. Sessions end, and so does a lock. A second
/// factor stays.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator, and at the own account, whose password is changed by knowing it; `NotFound`.
pub async fn reset_password(app: &Arc<App>, admin: &Member, id: &str) -> Result<TemporaryPassword, ServiceError> {
    admin.check_admin()?;
    if !is_id(id) {
        return Err(ServiceError::NotFound);
    }
    if admin.id == id {
        return Err(ServiceError::forbidden());
    }
    let temporary_password = password::generate()?;
    let hash = password::hash(&temporary_password).await?;
    let now = app.clock.now();
    let expires_at = now + HOLDS;
    let (process, admin_id, id) = (Arc::clone(app), admin.id.clone(), id.to_owned());
    app.db
        .write("reset_password", move |tx| {
            let mut row = staff::lock_by_id(tx, &id)?.ok_or(ServiceError::NotFound)?;
            row.password_hash = hash;
            row.password_expires_at = Some(expires_at.naive_utc());
            row.failed_sign_ins = 0;
            row.locked_until = None;
            staff::update(tx, &row)?;
            staff::revoke_sessions(tx, &id, None, now.naive_utc())?;
            note(tx, now, "password_reset", &By::Staff(&admin_id), &json!({"user_id": id}))?;
            write_account_mail(&process, tx, now, &row, AccountNews::PasswordReset)
        })
        .await?;
    app.wake_worker();
    Ok(TemporaryPassword { temporary_password, expires_at })
}
