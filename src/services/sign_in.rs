//! Sign-in of the staff: password, access token, refresh token, sign-out.
//!
//! A refused attempt is a fact: its counter and its audit line are committed, and the error is made outside the
//! transaction. Unknown addresses are answered, slowed down and noted as known ones are, so that nobody learns who has an
//! account.

mod audit;
mod browser;
mod external;
mod factor;
mod hold;
mod lock;
mod member;
mod own_password;
mod sessions;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod ticket;
mod totp;

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

pub(crate) use audit::{By, note};
pub use browser::{Entered, IDLE, cookie, enter, enter_code, member_of_browser};
pub use external::{Begun, CALLBACK, Returned, begin_external, enter_external, reset_external};
pub use hold::{Hold, SignInPolicy, policy, set_policy};
pub use member::{MeView, Member, member};
pub use own_password::change_password;
pub use sessions::{SessionView, Sessions, end_other_sessions, end_session, sessions};
pub use totp::{
    RecoveryCodes, TotpSecret, TotpView, begin_totp, confirm_totp, end_totp, renew_recovery_codes, reset_totp,
    reset_totp_of, totp,
};

use super::access_token;
use super::error::{Refusal, ServiceError};
use super::password;
use crate::app::{App, SESSION_DAYS};
use crate::domain::email_address::EmailAddress;
use crate::domain::vocabulary::EnteredBy;
use crate::ids::new_id;
use crate::storage::AnyConnection;
use crate::storage::staff::{self, RefreshTokenRow, SessionRow, StaffRow};
use crate::vault::{new_token, token_hash};

/// The length of a refresh token: what is longer or shorter is none.
const REFRESH_TOKEN_CHARS: usize = 43;

/// What a member gets who signed in.
#[derive(Clone, Serialize, ToSchema)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds for which the access token holds.
    pub expires_in: i64,
    /// Gets the next pair of tokens, once.
    pub refresh_token: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tokens").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// What came of an attempt, committed before the answer is made.
enum Attempt<T> {
    Right(T),
    Wrong,
    /// The password was right, the code of the second factor was not.
    WrongCode,
    /// The password was right, and no code was sent.
    CodeMissing,
    Locked(i64),
}

impl<T> Attempt<T> {
    /// Goes on with what is right.
    fn try_map<U>(self, next: impl FnOnce(T) -> Result<U, ServiceError>) -> Result<Attempt<U>, ServiceError> {
        Ok(match self {
            Self::Right(value) => Attempt::Right(next(value)?),
            Self::Wrong => Attempt::Wrong,
            Self::WrongCode => Attempt::WrongCode,
            Self::CodeMissing => Attempt::CodeMissing,
            Self::Locked(seconds) => Attempt::Locked(seconds),
        })
    }

    fn into_result(self) -> Result<T, ServiceError> {
        match self {
            Self::Right(value) => Ok(value),
            Self::Wrong | Self::WrongCode => Err(ServiceError::Unauthorized),
            Self::CodeMissing => Err(Refusal::new("totp_required", 401).into()),
            Self::Locked(seconds) => Err(lock::refusal(seconds)),
        }
    }
}

/// A session that goes on, with its newest refresh token.
struct Opened {
    staff_id: String,
    session_id: String,
    refresh_token: String,
}

impl Opened {
    fn tokens(self, app: &App, now: DateTime<Utc>) -> Result<Tokens, ServiceError> {
        Ok(Tokens {
            access_token: access_token::issue(app, &self.staff_id, &self.session_id, now)?,
            token_type: "Bearer",
            expires_in: access_token::LIFETIME_SECONDS,
            refresh_token: self.refresh_token,
        })
    }
}

/// Signs a member in.
///
/// # Errors
/// `Unauthorized` for a wrong password, an unknown address, a disabled account and a wrong code alike; 401 `totp_required` when the
/// password is right and the code of the second factor is missing; 429 `rate_limited` with the time to wait while the address is
/// locked, whatever the password.
pub async fn login(app: &Arc<App>, email: &str, password: &str, totp: Option<&str>) -> Result<Tokens, ServiceError> {
    login_from(app, email, password, totp, None).await
}

/// The same, with the family of the client for the list of sessions.
///
/// # Errors
/// As [`login`].
pub async fn login_from(
    app: &Arc<App>,
    email: &str,
    password: &str,
    totp: Option<&str>,
    client: Option<String>,
) -> Result<Tokens, ServiceError> {
    opened(app, email, password, totp, client).await?.tokens(app, app.clock.now())
}

async fn opened(
    app: &Arc<App>,
    email: &str,
    password: &str,
    totp: Option<&str>,
    client: Option<String>,
) -> Result<Opened, ServiceError> {
    // Text that is no address has no account; the empty key finds none.
    let key = EmailAddress::parse(email).map(|email| email.key()).unwrap_or_default();
    let account = app
        .db
        .read("sign_in_account", move |connection| Ok::<_, ServiceError>(staff::by_email(connection, &key)?))
        .await?;
    match account {
        Some(row) => login_known(app, row, password, totp, client).await,
        None => login_unknown(app, email, password).await,
    }
}

async fn login_known(
    app: &Arc<App>,
    seen: StaffRow,
    password: &str,
    totp: Option<&str>,
    client: Option<String>,
) -> Result<Opened, ServiceError> {
    if let Some(seconds) = lock::seconds_left(seen.locked_until, app.clock.now()) {
        return Err(lock::refusal(seconds));
    }
    let right = password::matches(password, Some(&seen.password_hash)).await?;
    let now = app.clock.now();
    let (process, totp) = (Arc::clone(app), totp.map(ToOwned::to_owned));
    let attempt = app
        .db
        .write("sign_in", move |tx| {
            let row = match settle(&process, tx, &seen, right, now)? {
                Attempt::Right(row) => row,
                other => return other.try_map(|_| Err(ServiceError::Unauthorized)),
            };
            factor::ask(&process, tx, row, totp.as_deref(), now)?.try_map(|mut row| {
                lock::forget(&mut row);
                staff::update(tx, &row)?;
                note(tx, now, "sign_in", &By::Staff(&row.id), &json!({}))?;
                open_session(tx, &row.id, EnteredBy::Password, client, now)
            })
        })
        .await?;
    attempt.into_result()
}

/// Judges an attempt against the account as it stands now, locked: of two parallel guesses the second sees the count
/// that the first left. A failure is counted and noted here.
fn settle(
    app: &App,
    tx: &mut AnyConnection,
    seen: &StaffRow,
    right: bool,
    now: DateTime<Utc>,
) -> Result<Attempt<StaffRow>, ServiceError> {
    let mut row = staff::lock_by_id(tx, &seen.id)?.ok_or(ServiceError::Unauthorized)?;
    if let Some(seconds) = lock::seconds_left(row.locked_until, now) {
        return Ok(Attempt::Locked(seconds));
    }
    let is_over = row.password_expires_at.is_some_and(|until| until <= now.naive_utc());
    // A password that was changed meanwhile was not the one that was checked.
    if right && !is_over && row.disabled_at.is_none() && row.password_hash == seen.password_hash {
        return Ok(Attempt::Right(row));
    }
    factor::count_failure(app, tx, &mut row, now)?;
    Ok(Attempt::Wrong)
}

async fn login_unknown(app: &Arc<App>, email: &str, password: &str) -> Result<Opened, ServiceError> {
    let key = lock::unknown_key(app, email);
    if let Some(seconds) = lock::unknown_seconds_left(app, &key, app.clock.now()) {
        return Err(lock::refusal(seconds));
    }
    password::matches(password, None).await?;
    let now = app.clock.now();
    let failures = match lock::raise_unknown(app, key, now) {
        Ok(failures) => failures,
        Err(seconds) => return Err(lock::refusal(seconds)),
    };
    let process = Arc::clone(app);
    app.db.write("sign_in_unknown", move |tx| lock::note_failure(&process, tx, now, None, failures)).await?;
    Err(ServiceError::Unauthorized)
}

fn open_session(
    tx: &mut AnyConnection,
    staff_id: &str,
    entered_by: EnteredBy,
    client: Option<String>,
    now: DateTime<Utc>,
) -> Result<Opened, ServiceError> {
    let session = SessionRow {
        id: new_id(now),
        staff_id: staff_id.to_owned(),
        created_at: now.naive_utc(),
        expires_at: (now + Duration::days(SESSION_DAYS)).naive_utc(),
        revoked_at: None,
        last_used_at: Some(now.naive_utc()),
        client,
        entered_by,
    };
    staff::insert_session(tx, &session)?;
    let refresh_token = add_refresh_token(tx, &session.id, now)?;
    Ok(Opened { staff_id: session.staff_id, session_id: session.id, refresh_token })
}

fn add_refresh_token(tx: &mut AnyConnection, session_id: &str, now: DateTime<Utc>) -> Result<String, ServiceError> {
    let token = new_token()?;
    let row = RefreshTokenRow {
        token_hash: token_hash(&token),
        session_id: session_id.to_owned(),
        created_at: now.naive_utc(),
        used_at: None,
    };
    staff::insert_refresh_token(tx, &row)?;
    Ok(token)
}

/// Gives the next pair of tokens for a refresh token, which is used up. There is no grace: a token that comes a second
/// time was copied by somebody, and since nobody can tell by whom, the whole session ends.
///
/// # Errors
/// `Unauthorized` when the token is unknown or used, the session is over, or the account is disabled.
pub async fn refresh(app: &Arc<App>, refresh_token: &str) -> Result<Tokens, ServiceError> {
    if refresh_token.len() != REFRESH_TOKEN_CHARS {
        return Err(ServiceError::Unauthorized);
    }
    let hash = token_hash(refresh_token);
    let now = app.clock.now();
    let attempt = app.db.write("refresh", move |tx| next_tokens(tx, &hash, now)).await?;
    attempt.into_result()?.tokens(app, now)
}

fn next_tokens(tx: &mut AnyConnection, hash: &[u8], now: DateTime<Utc>) -> Result<Attempt<Opened>, ServiceError> {
    let Some(token) = staff::refresh_token(tx, hash)? else { return Ok(Attempt::Wrong) };
    // Of two parallel calls one gets through here; the other waits, and then finds the token used.
    let is_first = staff::use_refresh_token(tx, hash, now.naive_utc())?;
    let Some(session) = staff::session(tx, &token.session_id)? else { return Ok(Attempt::Wrong) };
    if session.revoked_at.is_some() || session.expires_at <= now.naive_utc() {
        return Ok(Attempt::Wrong);
    }
    if !is_first {
        staff::revoke_session(tx, &session.id, now.naive_utc())?;
        note(tx, now, "refresh_reused", &By::Stranger(Some(&session.staff_id)), &json!({"session_id": session.id}))?;
        return Ok(Attempt::Wrong);
    }
    if staff::by_id(tx, &session.staff_id)?.is_none_or(|row| row.disabled_at.is_some()) {
        return Ok(Attempt::Wrong);
    }
    let refresh_token = add_refresh_token(tx, &session.id, now)?;
    Ok(Attempt::Right(Opened { staff_id: session.staff_id, session_id: session.id, refresh_token }))
}

/// Ends the session of a refresh token, whether that is used up or not. A second time, or with a token that is none, it
/// does nothing.
///
/// # Errors
/// Those of the database.
pub async fn logout(app: &Arc<App>, refresh_token: &str) -> Result<(), ServiceError> {
    if refresh_token.len() != REFRESH_TOKEN_CHARS {
        return Ok(());
    }
    let hash = token_hash(refresh_token);
    let now = app.clock.now();
    app.db
        .write("sign_out", move |tx| {
            let Some(token) = staff::refresh_token(tx, &hash)? else { return Ok(()) };
            let Some(session) = staff::session(tx, &token.session_id)? else { return Ok(()) };
            if session.revoked_at.is_some() {
                return Ok(());
            }
            staff::revoke_session(tx, &session.id, now.naive_utc())?;
            note(tx, now, "sign_out", &By::Staff(&session.staff_id), &json!({"session_id": session.id}))
        })
        .await
}
