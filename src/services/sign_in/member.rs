//! The member behind a token, read anew for every call.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use serde::Serialize;
use utoipa::ToSchema;

use super::hold::{self, Hold};
use super::sessions::touch;
use crate::app::App;
use crate::domain::absence::Away;
use crate::domain::almaty;
use crate::domain::permission::{Permission, Standing};
use crate::domain::vocabulary::{Language, Role};
use crate::ids::is_id;
use crate::services::absence::AbsenceView;
use crate::services::access_token;
use crate::services::error::ServiceError;
use crate::storage::absences;
use crate::storage::staff::{self, RoleRow, SessionRow, StaffRow};

/// A member of the staff who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub id: String,
    /// As they are shown to colleagues.
    pub name: String,
    /// Mail address in lower case.
    pub email: String,
    /// The language of mails to them.
    pub language: Language,
    /// Whether they run the deployment. Then they hold no operator's role.
    pub is_admin: bool,
    /// Their roles by operator, for operators that this deployment serves.
    pub roles: BTreeMap<String, Vec<Role>>,
    /// For whom they stand in today, by operator: these members' requests are theirs too.
    pub stands_in_for: BTreeMap<String, Vec<String>>,
    /// The session in which they are signed in.
    pub session_id: String,
    /// What they have to do before anything else.
    pub hold: Option<Hold>,
}

/// A member as they see themselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeView {
    /// Their id.
    pub id: String,
    /// As they are shown to colleagues.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// The language of mails to them.
    pub language: Language,
    /// Whether they run the deployment.
    pub is_admin: bool,
    /// Their roles by operator.
    pub roles: BTreeMap<String, Vec<Role>>,
    /// The absence that holds today.
    pub absence: Option<AbsenceView>,
}

impl Member {
    fn new(app: &App, row: StaffRow, roles: Vec<RoleRow>, away: &Away, session_id: String) -> Self {
        let mut by_operator: BTreeMap<String, Vec<Role>> = BTreeMap::new();
        // Profiles come from files: of an operator that is gone there is nothing to see any more.
        for role in roles.into_iter().filter(|role| !row.is_admin && app.operator(&role.operator_id).is_some()) {
            by_operator.entry(role.operator_id).or_default().push(role.role);
        }
        let stands_in_for = by_operator
            .keys()
            .map(|operator| (operator.clone(), away.stood_in_by(operator, &row.id)))
            .filter(|(_, members)| !members.is_empty())
            .collect();
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            language: row.language,
            is_admin: row.is_admin,
            roles: by_operator,
            stands_in_for,
            session_id,
            hold: None,
        }
    }

    /// What the member is at an operator, and to a request of it.
    #[must_use]
    pub fn standing(&self, operator_id: &str, assigned: bool) -> Standing {
        Standing::of(self.roles.get(operator_id).map_or(&[], Vec::as_slice), assigned)
    }

    /// Whether a request of an operator that `assignee` has is this member's: their own, or one for which they stand in today.
    #[must_use]
    pub fn has(&self, operator_id: &str, assignee: &str) -> bool {
        let stands_in = |members: &Vec<String>| members.iter().any(|member| member == assignee);
        assignee == self.id || self.stands_in_for.get(operator_id).is_some_and(stands_in)
    }

    /// Themself and everybody for whom they stand in today, at whatever operator.
    #[must_use]
    pub fn own_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.stands_in_for.values().flatten().cloned().collect();
        ids.push(self.id.clone());
        ids.sort();
        ids.dedup();
        ids
    }

    /// Whether the member has `permission` at an operator, be the request assigned to them or not.
    #[must_use]
    pub fn may(&self, operator_id: &str, permission: Permission) -> bool {
        self.standing(operator_id, false).may(permission)
    }

    /// Whether the operator exists for this member.
    #[must_use]
    pub fn is_member_of(&self, operator_id: &str) -> bool {
        self.standing(operator_id, false).is_member()
    }

    /// The operators at which the member has any role.
    #[must_use]
    pub fn operators(&self) -> Vec<String> {
        self.operators_where(Standing::is_member)
    }

    /// The operators at which the member has `permission` for every request, be it assigned to them or not.
    #[must_use]
    pub fn operators_with(&self, permission: Permission) -> Vec<String> {
        self.operators_where(|standing| standing.may(permission))
    }

    fn operators_where(&self, holds: impl Fn(Standing) -> bool) -> Vec<String> {
        self.roles.iter().filter(|(_, roles)| holds(Standing::of(roles, false))).map(|(id, _)| id.clone()).collect()
    }

    /// Refuses whoever has to set another password or a second factor up first.
    ///
    /// # Errors
    /// 403 `password_change_needed` or `totp_enrolment_needed`.
    pub fn check_free(&self) -> Result<(), ServiceError> {
        self.hold.map_or(Ok(()), |hold| Err(hold.refusal()))
    }

    /// Refuses whoever does not run the deployment.
    ///
    /// # Errors
    /// 403 `forbidden`.
    pub fn check_admin(&self) -> Result<(), ServiceError> {
        if self.is_admin { Ok(()) } else { Err(ServiceError::forbidden()) }
    }

    /// The member as they see themselves.
    #[must_use]
    pub fn view(&self, absence: Option<AbsenceView>) -> MeView {
        MeView {
            id: self.id.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            language: self.language,
            is_admin: self.is_admin,
            roles: self.roles.clone(),
            absence,
        }
    }
}

/// The member whom an access token names. Account, session and roles are read from the database each time, so that
/// disabling an account, ending a session or changing a role works with the next call.
///
/// # Errors
/// `Unauthorized` when the token does not hold, the session is over, or the account is disabled.
pub async fn member(app: &Arc<App>, token: &str) -> Result<Member, ServiceError> {
    let claims = access_token::verify(app, token)?;
    // No text with a zero byte reaches the database.
    if !is_id(&claims.sid) {
        return Err(ServiceError::Unauthorized);
    }
    of_session(app, claims.sid, Some(claims.sub), None, true).await
}

/// The member of a session that goes on; one of `staff_id`, where that is known, and used within `idle`, where that is asked. What is no
/// use of it, as a page that looks for news by itself, does not make it go on longer.
///
/// # Errors
/// `Unauthorized` when there is none, or the account is disabled.
pub(super) async fn of_session(
    app: &Arc<App>,
    session_id: String,
    staff_id: Option<String>,
    idle: Option<Duration>,
    is_use: bool,
) -> Result<Member, ServiceError> {
    let now = app.clock.now().naive_utc();
    let process = Arc::clone(app);
    let is_idle = move |session: &SessionRow| {
        idle.is_some_and(|idle| session.last_used_at.unwrap_or(session.created_at) + idle <= now)
    };
    let (member, last_used_at) = app
        .db
        .read("member", move |connection| {
            let session = staff::session(connection, &session_id)?
                .filter(|session| staff_id.as_ref().is_none_or(|id| session.staff_id == *id))
                .filter(|session| session.revoked_at.is_none() && session.expires_at > now && !is_idle(session))
                .ok_or(ServiceError::Unauthorized)?;
            let row = staff::by_id(connection, &session.staff_id)?
                .filter(|row| row.disabled_at.is_none())
                .ok_or(ServiceError::Unauthorized)?;
            let roles = staff::roles_of(connection, std::slice::from_ref(&row.id))?;
            let away = absences::away(connection, almaty::local_date(now.and_utc()))?;
            let mut member = Member::new(&process, row.clone(), roles, &away, session.id);
            member.hold = hold::of(connection, &row, &member, session.entered_by)?;
            Ok::<_, ServiceError>((member, session.last_used_at))
        })
        .await?;
    if is_use {
        touch(app, &member.session_id, last_used_at, now).await;
    }
    Ok(member)
}
