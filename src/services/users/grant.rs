//! An account from the command line: made, or given one more role.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::account::{DUPLICATE, NewAccount, email_key};
use super::roles::{self, RoleAt, Roles};
use crate::app::App;
use crate::domain::intake::FieldError;
use crate::domain::vocabulary::Language;
use crate::services::error::ServiceError;
use crate::services::password;
use crate::services::sign_in::{By, note};
use crate::storage::AnyConnection;
use crate::storage::staff::{self, StaffRow};

/// What is asked for.
#[derive(Clone)]
pub struct Grant {
    /// Mail address.
    pub email: String,
    /// The name of a new account; one that exists keeps its own.
    pub name: String,
    /// The language of a new account; one that exists keeps its own.
    pub language: Language,
    /// The role to hold, and where.
    pub role: RoleAt,
    /// The password of a new account, or a new one for an account that exists.
    pub password: Option<String>,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Grant").field("role", &self.role).finish_non_exhaustive()
    }
}

/// What came of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Granted {
    /// There is a new account.
    Added {
        /// The password that was made up, when none was given.
        initial_password: Option<String>,
    },
    /// The account was there.
    Kept {
        /// It did not have the role before.
        role_is_new: bool,
        /// Its password was replaced, and its sessions ended.
        password_is_new: bool,
        /// It is disabled, and stays so.
        is_disabled: bool,
    },
}

impl std::fmt::Debug for Granted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Added { .. } => "Added",
            Self::Kept { .. } => "Kept",
        })
    }
}

/// Makes an account with one role, or adds the role to the account of this address.
///
/// # Errors
/// `Invalid` as for [`super::create`]; `admin_stands_alone` at `/roles` also when the account's other roles do not go with
/// the new one.
pub async fn grant(app: &Arc<App>, grant: Grant) -> Result<Granted, ServiceError> {
    let mut mistakes = Vec::new();
    let roles = Roles::check(app, std::slice::from_ref(&grant.role)).unwrap_or_else(|found| {
        mistakes.extend(found);
        Roles::default()
    });
    let mut check = |result: Result<(), ServiceError>| {
        if let Err(ServiceError::Invalid(found)) = result {
            mistakes.extend(found);
        }
    };
    check(email_key(&grant.email).map(|_| ()));
    check(super::form::name_of(&grant.name).map(|_| ()));
    if let Some(password) = &grant.password {
        mistakes.extend(password::check(password, grant.email.trim(), "/password").err());
    }
    if !mistakes.is_empty() {
        return Err(ServiceError::Invalid(mistakes));
    }
    let replaces_password = grant.password.is_some();
    let account = NewAccount::prepare(&grant.email, &grant.name, grant.language, grant.password).await?;
    let (again, roles_again) = (account.clone(), roles.clone());
    let now = app.clock.now();
    let first = app.db.write("grant", move |tx| store(tx, account, &roles, replaces_password, now)).await;
    match first {
        // A server beside this process made the account at the same moment: it is found now.
        Err(ServiceError::Refused(refusal)) if refusal.code == DUPLICATE => {
            app.db.write("grant", move |tx| store(tx, again, &roles_again, replaces_password, now)).await
        }
        other => other,
    }
}

fn store(
    tx: &mut AnyConnection,
    account: NewAccount,
    roles: &Roles,
    replaces_password: bool,
    now: DateTime<Utc>,
) -> Result<Granted, ServiceError> {
    if let Some(found) = staff::by_email(tx, &account.email)? {
        let row = staff::lock_by_id(tx, &found.id)?.ok_or(ServiceError::NotFound)?;
        let hash = replaces_password.then_some(account.password_hash);
        return extend(tx, row, roles, hash, now);
    }
    let initial_password = account.initial_password.clone();
    account.insert(tx, roles, now, &By::CommandLine)?;
    Ok(Granted::Added { initial_password })
}

/// Adds the role, and replaces the password if there is a new one.
fn extend(
    tx: &mut AnyConnection,
    mut row: StaffRow,
    roles: &Roles,
    hash: Option<String>,
    now: DateTime<Utc>,
) -> Result<Granted, ServiceError> {
    let stored = staff::roles_of(tx, std::slice::from_ref(&row.id))?;
    let at: BTreeSet<_> = stored.into_iter().map(|role| (role.operator_id, role.role)).collect();
    let before = Roles { is_admin: row.is_admin, at };
    let after =
        Roles { is_admin: before.is_admin || roles.is_admin, at: before.at.union(&roles.at).cloned().collect() };
    if !after.fit() {
        return Err(ServiceError::Invalid(vec![FieldError::new("/roles", "admin_stands_alone")]));
    }
    let granted = Granted::Kept {
        role_is_new: after != before,
        password_is_new: hash.is_some(),
        is_disabled: row.disabled_at.is_some(),
    };
    let id = row.id.clone();
    row.is_admin = after.is_admin;
    if let Some(hash) = hash {
        row.password_hash = hash;
        row.failed_sign_ins = 0;
        row.locked_until = None;
        row.password_expires_at = None;
        staff::revoke_sessions(tx, &id, None, now.naive_utc())?;
        note(tx, now, "password_changed", &By::CommandLine, &json!({"user_id": id}))?;
    }
    staff::update(tx, &row)?;
    if after != before {
        let rows = after.rows(&id);
        staff::put_roles(tx, &id, &rows)?;
        let data = json!({"user_id": id, "roles": roles::views(after.is_admin, rows.iter())});
        note(tx, now, "user_changed", &By::CommandLine, &data)?;
    }
    Ok(granted)
}
