//! Accounts of the staff, kept by administrators.

mod account;
mod form;
mod grant;
mod password_reset;
mod release;
mod roles;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use validator::Validate;

pub use grant::{Grant, Granted, grant};
pub use password_reset::{TemporaryPassword, reset_password};
pub use roles::RoleAt;

use super::absence::{self, AbsenceView};
use super::error::{Refusal, ServiceError};
use super::idempotency::{IdempotencyKey, earlier_call, remember};
use super::password;
use super::sign_in::{By, Member, note};
use crate::app::App;
use crate::domain::almaty::local_date;
use crate::domain::vocabulary::Language;
use crate::storage::AnyConnection;
use crate::storage::staff::{self, RoleRow, StaffRow};
use account::NewAccount;
use release::{Release, release};
use roles::Roles;

/// A new account, as sent.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserForm {
    /// Mail address, by which they sign in.
    #[validate(custom(function = "form::email"))]
    pub email: String,
    /// As they are shown to colleagues.
    #[validate(custom(function = "form::name"))]
    pub name: String,
    /// The language of mails to them; Russian when absent.
    pub language: Option<Language>,
    /// The first password; when absent one is made up and returned once.
    pub password: Option<String>,
    /// What they may do: roles at operators, or `admin` alone.
    #[validate(custom(function = "form::some_role"), length(max = 100, code = "too_many"))]
    pub roles: Vec<RoleAt>,
}

impl std::fmt::Debug for UserForm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("UserForm").field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// A change of an account, as sent: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Whether the account is shut. Its sessions end at once.
    pub disabled: Option<bool>,
    /// All roles, in place of those that stand.
    #[validate(length(max = 100, code = "too_many"))]
    pub roles: Option<Vec<RoleAt>>,
    /// As they are shown to colleagues.
    #[validate(custom(function = "form::name"))]
    pub name: Option<String>,
    /// The language of mails to them.
    pub language: Option<Language>,
}

/// An account as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserView {
    /// Its id.
    pub id: String,
    /// Mail address in lower case.
    pub email: String,
    /// As they are shown to colleagues.
    pub name: String,
    /// The language of mails to them.
    pub language: Language,
    /// Whether the account is shut.
    pub disabled: bool,
    /// What they may do.
    pub roles: Vec<RoleAt>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The absence that holds today.
    pub absence: Option<AbsenceView>,
}

impl UserView {
    fn new(row: StaffRow, roles: &[RoleRow]) -> Self {
        Self {
            roles: roles::views(row.is_admin, roles.iter().filter(|role| role.staff_id == row.id)),
            id: row.id,
            email: row.email,
            name: row.name,
            language: row.language,
            disabled: row.disabled_at.is_some(),
            created_at: row.created_at.and_utc(),
            absence: None,
        }
    }
}

/// A new account.
#[derive(Clone, Serialize, ToSchema)]
pub struct CreatedUser {
    /// The account.
    #[serde(flatten)]
    pub user: UserView,
    /// The password that was made up, shown this once; absent when one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_password: Option<String>,
}

impl std::fmt::Debug for CreatedUser {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CreatedUser").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A page of accounts.
#[derive(Debug, Clone)]
pub struct UserPage {
    /// The accounts, oldest first.
    pub items: Vec<UserView>,
    /// The id after which the next page begins; none on the last page.
    pub next: Option<String>,
}

/// Whether a text can be the id of an account. What else comes in never reaches the database, which takes no text with
/// a zero byte.
fn is_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::parse_str(text).is_ok()
}

/// Lists accounts, oldest first, after the one with the id `after`; from the start when that is empty.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator; 422 `invalid_cursor` when `after` is no id.
pub async fn list(
    app: &Arc<App>,
    member: &Member,
    after: Option<String>,
    limit: usize,
) -> Result<UserPage, ServiceError> {
    member.check_admin()?;
    let after = after.filter(|after| !after.is_empty());
    if after.as_deref().is_some_and(|after| !is_id(after)) {
        return Err(ServiceError::field("/query/cursor", "invalid_cursor"));
    }
    let today = local_date(app.clock.now());
    app.db
        .read("list_users", move |connection| {
            // One more than asked for tells whether there is a next page.
            let rows = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
            let mut rows = staff::page(connection, after.as_deref(), rows)?;
            let has_more = rows.len() > limit;
            rows.truncate(limit);
            let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
            let roles = staff::roles_of(connection, &ids)?;
            let mut items: Vec<UserView> = rows.into_iter().map(|row| UserView::new(row, &roles)).collect();
            note_absences(connection, today, &mut items)?;
            let next = items.last().filter(|_| has_more).map(|user| user.id.clone());
            Ok(UserPage { items, next })
        })
        .await
}

/// One account.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator; `NotFound`.
pub async fn one(app: &Arc<App>, member: &Member, id: &str) -> Result<UserView, ServiceError> {
    member.check_admin()?;
    if !is_id(id) {
        return Err(ServiceError::NotFound);
    }
    let id = id.to_owned();
    app.db
        .read("user", move |connection| {
            let row = staff::by_id(connection, &id)?.ok_or(ServiceError::NotFound)?;
            let roles = staff::roles_of(connection, std::slice::from_ref(&id))?;
            Ok(UserView::new(row, &roles))
        })
        .await
}

/// Makes an account.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator; 422 with each field; 409 `duplicate_user` when the address has an
/// account.
pub async fn create(app: &Arc<App>, member: &Member, form: UserForm) -> Result<CreatedUser, ServiceError> {
    create_once(app, member, form, None).await.map(|(user, _)| user)
}

/// The same under an `Idempotency-Key`: a call that was answered before gives the account again, without a password that was made
/// up, since that is not kept. Also says whether it was answered before.
///
/// # Errors
/// As [`create`], and `idempotency_conflict` for a key that came with another body.
pub async fn create_once(
    app: &Arc<App>,
    member: &Member,
    form: UserForm,
    idempotency: Option<IdempotencyKey>,
) -> Result<(CreatedUser, bool), ServiceError> {
    member.check_admin()?;
    let mut mistakes = form::mistakes(form.validate());
    let roles = Roles::check(app, &form.roles).unwrap_or_else(|found| {
        mistakes.extend(found);
        Roles::default()
    });
    if let Some(password) = &form.password {
        mistakes.extend(password::check(password, form.email.trim(), "/password").err());
    }
    if !mistakes.is_empty() {
        return Err(ServiceError::Invalid(mistakes));
    }
    let new =
        NewAccount::prepare(&form.email, &form.name, form.language.unwrap_or(Language::Ru), form.password).await?;
    let now = app.clock.now();
    let admin_id = member.id.clone();
    app.db
        .write("create_user", move |tx| {
            let earlier = match earlier_call(tx, idempotency.as_ref(), now)? {
                Some(id) => staff::by_id(tx, &id)?,
                None => None,
            };
            let (row, initial_password, replayed) = if let Some(row) = earlier {
                (row, None, true)
            } else {
                let initial_password = new.initial_password.clone();
                (new.insert(tx, &roles, now, &By::Staff(&admin_id))?, initial_password, false)
            };
            if let (Some(idempotency), false) = (&idempotency, replayed) {
                remember(tx, idempotency, &row.id, now)?;
            }
            let roles = staff::roles_of(tx, std::slice::from_ref(&row.id))?;
            Ok((CreatedUser { user: UserView::new(row, &roles), initial_password }, replayed))
        })
        .await
}

/// Changes an account. Members notice with their next call. Disabling it, or taking away the last role with which its member works
/// requests of an operator, releases their open requests to the queue.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator; `NotFound`; 422 with each field; 409 `last_admin` when nobody would be
/// left to administer.
pub async fn change(app: &Arc<App>, member: &Member, id: &str, patch: UserPatch) -> Result<UserView, ServiceError> {
    member.check_admin()?;
    let mut mistakes = form::mistakes(patch.validate());
    let roles =
        patch.roles.as_ref().and_then(|roles| Roles::check(app, roles).map_err(|found| mistakes.extend(found)).ok());
    if !mistakes.is_empty() {
        return Err(ServiceError::Invalid(mistakes));
    }
    if !is_id(id) {
        return Err(ServiceError::NotFound);
    }
    let id = id.to_owned();
    let admin_id = member.id.clone();
    let process = Arc::clone(app);
    let view =
        app.db.write("change_user", move |tx| apply(&process, tx, &admin_id, &id, &patch, roles.as_ref())).await?;
    app.wake_worker();
    Ok(view)
}

fn apply(
    app: &App,
    tx: &mut AnyConnection,
    admin_id: &str,
    id: &str,
    patch: &UserPatch,
    roles: Option<&Roles>,
) -> Result<UserView, ServiceError> {
    let now = app.clock.now();
    // All who are locked first, and in the same order: two administrators cannot both step down at once.
    let admins = staff::lock_admins(tx)?;
    let mut row = staff::lock_by_id(tx, id)?.ok_or(ServiceError::NotFound)?;
    let before = row.clone();
    if let Some(disabled) = patch.disabled {
        row.disabled_at = disabled.then(|| row.disabled_at.unwrap_or(now.naive_utc()));
    }
    if let Some(name) = &patch.name {
        row.name = form::name_of(name)?;
    }
    row.language = patch.language.unwrap_or(row.language);
    row.is_admin = roles.map_or(row.is_admin, |roles| roles.is_admin);
    let is_left_out = !row.is_admin || row.disabled_at.is_some();
    if is_left_out && admins.iter().all(|admin| admin == id) && !admins.is_empty() {
        return Err(Refusal::new("last_admin", 409).into());
    }
    let stood = staff::roles_of(tx, std::slice::from_ref(&row.id))?;
    staff::update(tx, &row)?;
    if let Some(roles) = roles {
        staff::put_roles(tx, id, &roles.rows(id))?;
    }
    let disabled = row.disabled_at.is_some() && before.disabled_at.is_none();
    if disabled {
        staff::revoke_sessions(tx, id, None, now.naive_utc())?;
    }
    let stand = staff::roles_of(tx, std::slice::from_ref(&row.id))?;
    let released = release(app, tx, now, admin_id, &row, &Release::of(disabled, &stood, &stand))?;
    let mut view = UserView::new(row, &stand);
    note_absences(tx, local_date(now), std::slice::from_mut(&mut view))?;
    note(tx, now, "user_changed", &By::Staff(admin_id), &changes(patch, &before, &view, released))?;
    Ok(view)
}

/// Says of accounts whose members are away today until when, and who stands in.
fn note_absences(connection: &mut AnyConnection, today: NaiveDate, users: &mut [UserView]) -> Result<(), ServiceError> {
    for (who, absence) in absence::current(connection, today)? {
        if let Some(user) = users.iter_mut().find(|user| user.id == who) {
            user.absence = Some(absence);
        }
    }
    Ok(())
}

/// What the audit trail says of a change: names are named, not quoted.
fn changes(patch: &UserPatch, before: &StaffRow, after: &UserView, released: i64) -> serde_json::Value {
    let changed = [
        ("disabled", before.disabled_at.is_some() != after.disabled, json!(after.disabled)),
        ("roles", patch.roles.is_some(), json!(after.roles)),
        ("language", before.language != after.language, json!(after.language)),
        ("renamed", before.name != after.name, json!(true)),
        ("released", released > 0, json!(released)),
    ];
    let changed = changed.into_iter().filter(|(_, is_new, _)| *is_new).map(|(name, _, value)| (name.to_owned(), value));
    std::iter::once(("user_id".to_owned(), json!(after.id))).chain(changed).collect()
}
