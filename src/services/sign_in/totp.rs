//! The second factor of a member: set up, confirmed, turned off, reset by an administrator.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::audit::{By, note};
use super::hold::is_required;
use super::member::Member;
use super::{Attempt, factor, lock, settle};
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::ids::is_id;
use crate::mail::compose::AccountNews;
use crate::services::error::{Refusal, ServiceError};
use crate::services::password;
use crate::services::staff_mail::write_account_mail;
use crate::storage::AnyConnection;
use crate::storage::sign_in::{self as rows, TotpRow};
use crate::storage::staff::{self, StaffRow};

/// How long a secret waits to be confirmed.
const PENDING: Duration = Duration::minutes(30);

/// The second factor as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TotpView {
    /// Whether a code is asked for at sign-in.
    pub enabled: bool,
    /// Whether one of the member's roles needs it.
    pub required: bool,
    /// How many recovery codes are left.
    pub recovery_codes_left: usize,
}

/// A new secret, shown this once. It counts when a code of it was shown.
#[derive(Clone, Serialize, ToSchema)]
pub struct TotpSecret {
    /// The secret in base32, to type in.
    pub secret: String,
    /// The same as a link for authenticator apps.
    pub otpauth_uri: String,
    /// The link as a QR code: an SVG picture.
    pub qr_svg: String,
}

/// Recovery codes, shown this once. Each signs in once in place of a code of the app.
#[derive(Clone, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// The codes; case, spaces and the dash do not count.
    pub recovery_codes: Vec<String>,
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TotpSecret(…)")
    }
}

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RecoveryCodes(…)")
    }
}

/// The refusals that say which field was wrong.
fn by_field<T>(attempt: Attempt<T>) -> Result<T, ServiceError> {
    match attempt {
        Attempt::Wrong => Err(ServiceError::field("/password", "wrong_password")),
        Attempt::WrongCode | Attempt::CodeMissing => Err(ServiceError::field("/code", "wrong_totp")),
        other => other.into_result(),
    }
}

/// The account of a member, and whether `given` is its password.
async fn with_password(app: &Arc<App>, member: &Member, given: &str) -> Result<(StaffRow, bool), ServiceError> {
    let id = member.id.clone();
    let seen = app
        .db
        .read("totp_account", move |connection| Ok::<_, ServiceError>(staff::by_id(connection, &id)?))
        .await?
        .filter(|row| row.disabled_at.is_none())
        .ok_or(ServiceError::Unauthorized)?;
    if let Some(seconds) = lock::seconds_left(seen.locked_until, app.clock.now()) {
        return Err(lock::refusal(seconds));
    }
    let right = password::matches(given, Some(&seen.password_hash)).await?;
    Ok((seen, right))
}

/// Shows whether the second factor is on.
///
/// # Errors
/// Those of the database.
pub async fn totp(app: &Arc<App>, member: &Member) -> Result<TotpView, ServiceError> {
    let member = member.clone();
    app.db
        .read("totp", move |connection| {
            let row = rows::totp_of(connection, &member.id)?;
            Ok(TotpView {
                enabled: row.is_some_and(|row| row.confirmed_at.is_some()),
                required: is_required(&rows::totp_roles(connection)?, &member),
                recovery_codes_left: rows::unused_codes(connection, &member.id)?.len(),
            })
        })
        .await
}

/// Makes a secret for a member who knows the password; an earlier one that waits is dropped.
///
/// # Errors
/// 409 `totp_on` when there is one already; 422 `wrong_password` at `/password`, which counts as a failed sign-in; 429
/// `rate_limited` while the account is locked.
pub async fn begin_totp(app: &Arc<App>, member: &Member, password: &str) -> Result<TotpSecret, ServiceError> {
    let (seen, right) = with_password(app, member, password).await?;
    let fault = |_| ServiceError::Internal("a second factor could not be shown".to_owned());
    let totp = factor::new_secret(&seen.email)?;
    let otpauth_uri = totp.to_url().map_err(fault)?;
    let picture = QrCode::new(otpauth_uri.as_bytes())
        .map_err(|_| ServiceError::Internal("a QR code could not be made".to_owned()))?;
    let qr_svg = picture.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    let secret = totp.secret().to_base32();
    let now = app.clock.now();
    let master = app.vault.active_master_key_id();
    let sealed = factor::seal(app, &seen.id, &totp)?;
    let process = Arc::clone(app);
    let attempt = app
        .db
        .write("begin_totp", move |tx| {
            settle(&process, tx, &seen, right, now)?.try_map(|row| {
                if rows::totp_of(tx, &row.id)?.is_some_and(|totp| totp.confirmed_at.is_some()) {
                    return Err(ServiceError::from(Refusal::new("totp_on", 409)));
                }
                crate::services::keys::hold(tx, &master)?;
                let created_at = now.naive_utc();
                let pending = TotpRow { staff_id: row.id, sealed, created_at, confirmed_at: None, last_step: 0 };
                rows::put_totp(tx, &pending)?;
                note(tx, now, "totp_begun", &By::Staff(&pending.staff_id), &json!({}))
            })
        })
        .await?;
    by_field(attempt)?;
    Ok(TotpSecret { secret, otpauth_uri, qr_svg })
}

/// Turns the second factor on by a code of the new secret. The member's other sessions end.
///
/// # Errors
/// 409 `totp_not_begun` when no secret waits, or for over half an hour; 422 `wrong_totp` at `/code`, which counts as a failed
/// sign-in; 429 `rate_limited` while the account is locked.
pub async fn confirm_totp(app: &Arc<App>, member: &Member, code: &str) -> Result<RecoveryCodes, ServiceError> {
    let (process, member, code) = (Arc::clone(app), member.clone(), factor::plain(code).unwrap_or_default());
    let now = app.clock.now();
    let attempt = app
        .db
        .write("confirm_totp", move |tx| {
            let account = staff::lock_by_id(tx, &member.id)?.filter(|row| row.disabled_at.is_none());
            let mut row = account.ok_or(ServiceError::Unauthorized)?;
            if let Some(seconds) = lock::seconds_left(row.locked_until, now) {
                return Ok(Attempt::Locked(seconds));
            }
            let mut totp =
                rows::totp_of(tx, &row.id)?.ok_or_else(|| ServiceError::from(Refusal::new("totp_not_begun", 409)))?;
            if totp.confirmed_at.is_some() {
                return Err(ServiceError::from(Refusal::new("totp_on", 409)));
            }
            if totp.created_at + PENDING <= now.naive_utc() {
                return Err(ServiceError::from(Refusal::new("totp_not_begun", 409)));
            }
            let Some(step) = factor::step_of(&process, &totp, &code, now)? else {
                factor::count_failure(&process, tx, &mut row, now)?;
                return Ok(Attempt::WrongCode);
            };
            totp.confirmed_at = Some(now.naive_utc());
            totp.last_step = step;
            rows::put_totp(tx, &totp)?;
            let recovery_codes = factor::renew_codes(&process, tx, &row.id, now)?;
            staff::revoke_sessions(tx, &row.id, Some(&member.session_id), now.naive_utc())?;
            note(tx, now, "totp_on", &By::Staff(&row.id), &json!({}))?;
            write_account_mail(&process, tx, now, &row, AccountNews::TotpOn)?;
            Ok(Attempt::Right(RecoveryCodes { recovery_codes }))
        })
        .await?;
    app.wake_worker();
    by_field(attempt)
}

/// Does something that needs both factors: `next` runs once they are proven.
async fn with_both<T: Send + 'static>(
    app: &Arc<App>,
    member: &Member,
    password: &str,
    code: &str,
    next: impl FnOnce(&App, &mut AnyConnection, StaffRow, DateTime<Utc>) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    let (seen, right) = with_password(app, member, password).await?;
    let (process, code, now) = (Arc::clone(app), code.to_owned(), app.clock.now());
    let attempt = app
        .db
        .write("both_factors", move |tx| {
            if rows::totp_of(tx, &seen.id)?.is_none_or(|totp| totp.confirmed_at.is_none()) {
                return Err(ServiceError::from(Refusal::new("totp_off", 409)));
            }
            let row = match settle(&process, tx, &seen, right, now)?.try_map(Ok)? {
                Attempt::Right(row) => row,
                other => return other.try_map(|_| Err(ServiceError::Unauthorized)),
            };
            factor::ask(&process, tx, row, Some(&code), now)?.try_map(|row| next(&process, tx, row, now))
        })
        .await?;
    app.wake_worker();
    by_field(attempt)
}

/// Turns the second factor off. The member's other sessions end.
///
/// # Errors
/// 409 `totp_off` when it is off; 422 `wrong_password` at `/password` or `wrong_totp` at `/code`, which count as failed sign-ins;
/// 429 `rate_limited` while the account is locked.
pub async fn end_totp(app: &Arc<App>, member: &Member, password: &str, code: &str) -> Result<(), ServiceError> {
    let session_id = member.session_id.clone();
    with_both(app, member, password, code, move |app, tx, row, now| {
        rows::delete_totp(tx, &row.id)?;
        staff::revoke_sessions(tx, &row.id, Some(&session_id), now.naive_utc())?;
        note(tx, now, "totp_off", &By::Staff(&row.id), &json!({}))?;
        write_account_mail(app, tx, now, &row, AccountNews::TotpOff)
    })
    .await
}

/// Gives new recovery codes in place of those that stand.
///
/// # Errors
/// As [`end_totp`].
pub async fn renew_recovery_codes(
    app: &Arc<App>,
    member: &Member,
    password: &str,
    code: &str,
) -> Result<RecoveryCodes, ServiceError> {
    with_both(app, member, password, code, |app, tx, row, now| {
        let recovery_codes = factor::renew_codes(app, tx, &row.id, now)?;
        note(tx, now, "recovery_codes_renewed", &By::Staff(&row.id), &json!({}))?;
        Ok(RecoveryCodes { recovery_codes })
    })
    .await
}

/// Takes the second factor of a member away, who lost it, and ends their sessions. For one's own there is [`end_totp`].
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator, and at the own account; `NotFound`; 409 `totp_off` when it is off.
pub async fn reset_totp(app: &Arc<App>, admin: &Member, id: &str) -> Result<(), ServiceError> {
    admin.check_admin()?;
    if !is_id(id) {
        return Err(ServiceError::NotFound);
    }
    if admin.id == id {
        return Err(ServiceError::forbidden());
    }
    let (process, admin_id, id, now) = (Arc::clone(app), admin.id.clone(), id.to_owned(), app.clock.now());
    app.db.write("reset_totp", move |tx| take_away(&process, tx, &id, now, &By::Staff(&admin_id))).await?;
    app.wake_worker();
    Ok(())
}

/// The same from the command line, for an administrator who has no colleague to do it.
///
/// # Errors
/// `NotFound` when the address has no account; 409 `totp_off` when the second factor is off.
pub async fn reset_totp_of(app: &Arc<App>, email: &str) -> Result<(), ServiceError> {
    let key = EmailAddress::parse(email).map_err(|_| ServiceError::NotFound)?.key();
    let (process, now) = (Arc::clone(app), app.clock.now());
    app.db
        .write("reset_totp", move |tx| {
            let account = staff::by_email(tx, &key)?.ok_or(ServiceError::NotFound)?;
            take_away(&process, tx, &account.id, now, &By::CommandLine)
        })
        .await?;
    app.wake_worker();
    Ok(())
}

fn take_away(app: &App, tx: &mut AnyConnection, id: &str, now: DateTime<Utc>, by: &By<'_>) -> Result<(), ServiceError> {
    let row = staff::lock_by_id(tx, id)?.ok_or(ServiceError::NotFound)?;
    if !rows::delete_totp(tx, id)? {
        return Err(ServiceError::from(Refusal::new("totp_off", 409)));
    }
    staff::revoke_sessions(tx, id, None, now.naive_utc())?;
    note(tx, now, "totp_reset", by, &json!({"user_id": id}))?;
    write_account_mail(app, tx, now, &row, AccountNews::TotpReset)
}
