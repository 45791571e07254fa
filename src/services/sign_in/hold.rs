//! What a member who signed in has to do before anything else, and which roles need a second factor.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::audit::{By, note};
use super::member::Member;
use crate::app::App;
use crate::domain::vocabulary::{EnteredBy, Role};
use crate::services::error::{Refusal, ServiceError};
use crate::storage::staff::StaffRow;
use crate::storage::{self, AnyConnection, sign_in as rows};

/// What has to be done first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The password was given out by an administrator and has to be changed.
    Password,
    /// A role of the member needs a second factor, and none is set up.
    Totp,
}

impl Hold {
    /// 403 `password_change_needed` or `totp_enrolment_needed`.
    #[must_use]
    pub fn refusal(self) -> ServiceError {
        let refusal = match self {
            Self::Password => Refusal::new("password_change_needed", 403),
            Self::Totp => Refusal::new("totp_enrolment_needed", 403),
        };
        refusal.into()
    }
}

/// Which roles need a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInPolicy {
    /// The roles whose members can only set it up until they have.
    pub totp_required_roles: Vec<Role>,
}

/// Whether a role of the member is among `roles`.
pub(super) fn is_required(roles: &[Role], member: &Member) -> bool {
    let is_held = |role: &Role| match role {
        Role::Admin => member.is_admin,
        other => member.roles.values().any(|held| held.contains(other)),
    };
    roles.iter().any(is_held)
}

/// What the member has to do first.
pub(super) fn of(
    connection: &mut AnyConnection,
    row: &StaffRow,
    member: &Member,
    entered_by: EnteredBy,
) -> Result<Option<Hold>, ServiceError> {
    // Whoever came without a password has none to change first.
    if row.password_expires_at.is_some() && entered_by == EnteredBy::Password {
        return Ok(Some(Hold::Password));
    }
    if entered_by == EnteredBy::ExternalTwoFactors || !is_required(&rows::totp_roles(connection)?, member) {
        return Ok(None);
    }
    let is_on = rows::totp_of(connection, &row.id)?.is_some_and(|totp| totp.confirmed_at.is_some());
    Ok((!is_on).then_some(Hold::Totp))
}

/// Shows which roles need a second factor.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator.
pub async fn policy(app: &Arc<App>, member: &Member) -> Result<SignInPolicy, ServiceError> {
    member.check_admin()?;
    let totp_required_roles =
        app.db.read("sign_in_policy", |connection| Ok::<_, ServiceError>(rows::totp_roles(connection)?)).await?;
    Ok(SignInPolicy { totp_required_roles })
}

/// Says which roles need a second factor. Members notice with their next call.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator.
pub async fn set_policy(app: &Arc<App>, member: &Member, policy: SignInPolicy) -> Result<SignInPolicy, ServiceError> {
    member.check_admin()?;
    let mut roles = policy.totp_required_roles;
    roles.sort_by_key(|role| role.as_str());
    roles.dedup();
    let (admin_id, now) = (member.id.clone(), app.clock.now());
    app.db
        .write("set_sign_in_policy", move |tx| {
            storage::follow_one_another(tx, b"policy")?;
            rows::put_totp_roles(tx, &roles)?;
            note(tx, now, "sign_in_policy_changed", &By::Staff(&admin_id), &json!({"totp_required_roles": roles}))?;
            Ok(SignInPolicy { totp_required_roles: roles })
        })
        .await
}
