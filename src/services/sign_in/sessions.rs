//! The sessions of a member, and ending them.

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::audit::{By, note};
use super::member::Member;
use crate::app::App;
use crate::domain::vocabulary::EnteredBy;
use crate::ids::is_id;
use crate::services::error::ServiceError;
use crate::storage::sign_in as rows;
use crate::storage::staff::{self, SessionRow};

/// So exact is it kept when a session was used last: not every call shall write.
const TOUCH_EVERY: Duration = Duration::minutes(5);

/// One sign-in that goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// When the member signed in.
    pub created_at: DateTime<Utc>,
    /// When it was used last, to five minutes.
    pub last_used_at: DateTime<Utc>,
    /// Browser and system, such as `Firefox, Windows`; `other` when they are not known.
    pub client: String,
    /// How the member signed in.
    pub by: EnteredBy,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The sessions of a member.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sessions {
    /// The newest first.
    pub items: Vec<SessionView>,
}

/// Lists the sessions that go on.
///
/// # Errors
/// Those of the database.
pub async fn sessions(app: &Arc<App>, member: &Member) -> Result<Sessions, ServiceError> {
    let (id, current, now) = (member.id.clone(), member.session_id.clone(), app.clock.now().naive_utc());
    let rows =
        app.db.read("sessions", move |connection| Ok::<_, ServiceError>(rows::sessions_of(connection, &id, now)?));
    let view = |row: SessionRow| SessionView {
        current: row.id == current,
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.unwrap_or(row.created_at).and_utc(),
        by: row.entered_by,
        client: row.client.unwrap_or_else(|| "other".to_owned()),
        id: row.id,
    };
    Ok(Sessions { items: rows.await?.into_iter().map(view).collect() })
}

/// Ends one of the member's sessions, the current one too.
///
/// # Errors
/// `NotFound` when the member has no such session that goes on.
pub async fn end_session(app: &Arc<App>, member: &Member, id: &str) -> Result<(), ServiceError> {
    if !is_id(id) {
        return Err(ServiceError::NotFound);
    }
    let (member_id, id, now) = (member.id.clone(), id.to_owned(), app.clock.now());
    app.db
        .write("end_session", move |tx| {
            staff::session(tx, &id)?
                .filter(|session| session.staff_id == member_id)
                .filter(|session| session.revoked_at.is_none() && session.expires_at > now.naive_utc())
                .ok_or(ServiceError::NotFound)?;
            staff::revoke_session(tx, &id, now.naive_utc())?;
            note(tx, now, "session_ended", &By::Staff(&member_id), &json!({"session_id": id}))
        })
        .await
}

/// Ends all of the member's sessions but the current one.
///
/// # Errors
/// Those of the database.
pub async fn end_other_sessions(app: &Arc<App>, member: &Member) -> Result<(), ServiceError> {
    let (member, now) = (member.clone(), app.clock.now());
    app.db
        .write("end_sessions", move |tx| {
            let ended = rows::sessions_of(tx, &member.id, now.naive_utc())?.len().saturating_sub(1);
            staff::revoke_sessions(tx, &member.id, Some(&member.session_id), now.naive_utc())?;
            note(tx, now, "sessions_ended", &By::Staff(&member.id), &json!({"count": ended}))
        })
        .await
}

/// Notes that a session was used, unless that was noted a moment ago. A failure is logged: nobody shall be shut out by it.
pub(super) async fn touch(app: &Arc<App>, id: &str, last_used_at: Option<NaiveDateTime>, now: NaiveDateTime) {
    if last_used_at.is_some_and(|last| now < last + TOUCH_EVERY) {
        return;
    }
    let id = id.to_owned();
    let touched = app.db.write("touch_session", move |tx| Ok::<_, ServiceError>(rows::touch_session(tx, &id, now)?));
    if let Err(error) = touched.await {
        tracing::warn!(%error, "the use of a session was not noted");
    }
}
