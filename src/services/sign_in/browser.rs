//! Sign-in by the pages: a browser gets one cookie in place of tokens. It names the session and holds while that goes on, so that
//! ending the session, disabling the account or changing a role works with the next page.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use subtle::ConstantTimeEq;

use super::external::finish;
use super::member::{Member, of_session};
use super::ticket::Ticket;
use super::{Attempt, factor, lock, opened};
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::domain::vocabulary::EnteredBy;
use crate::ids::is_id;
use crate::services::error::ServiceError;
use crate::storage::staff;

/// A session of a browser in which nobody did anything for so long is over.
pub const IDLE: Duration = Duration::hours(8);

/// Where a sign-in stands.
#[derive(Debug)]
pub enum Entered {
    /// Done; the value of the cookie.
    In(String),
    /// The first factor was right. With this ticket the code of the second factor is taken.
    CodeNeeded(String),
}

/// Takes mail address and password.
///
/// # Errors
/// As [`super::login`], but for the missing code of a second factor.
pub async fn enter(
    app: &Arc<App>,
    email: &str,
    password: &str,
    client: Option<String>,
) -> Result<Entered, ServiceError> {
    match opened(app, email, password, None, client).await {
        Ok(opened) => Ok(Entered::In(cookie(app, &opened.session_id))),
        Err(ServiceError::Refused(refusal)) if refusal.code == "totp_required" => {
            Ok(Entered::CodeNeeded(ticket(app, email).await?))
        }
        Err(error) => Err(error),
    }
}

/// Takes the code of the second factor; the value of the cookie.
///
/// # Errors
/// `Unauthorized` for a ticket that does not hold any more and for a wrong code, which counts as a failed sign-in; 429
/// `rate_limited` while the account is locked.
pub async fn enter_code(
    app: &Arc<App>,
    ticket: &str,
    code: &str,
    client: Option<String>,
) -> Result<String, ServiceError> {
    let now = app.clock.now();
    let ticket = Ticket::read(ticket, now).ok_or(ServiceError::Unauthorized)?;
    let (process, code) = (Arc::clone(app), code.to_owned());
    let attempt = app
        .db
        .write("sign_in_code", move |tx| {
            let row = staff::lock_by_id(tx, &ticket.staff_id)?.filter(|row| row.disabled_at.is_none());
            let row = row.ok_or(ServiceError::Unauthorized)?;
            if let Some(seconds) = lock::seconds_left(row.locked_until, now) {
                return Ok(Attempt::Locked(seconds));
            }
            if !ticket.is_genuine(&process, &row) {
                return Ok(Attempt::Wrong);
            }
            factor::ask(&process, tx, row, Some(&code), now)?.try_map(|mut row| {
                lock::forget(&mut row);
                staff::update(tx, &row)?;
                finish(&process, tx, &row, (ticket.entered_by, ticket.subject), client, now)
            })
        })
        .await?;
    // How long an account is locked is said, as at the first step.
    let opened = attempt.into_result().map_err(|error| match error {
        ServiceError::Refused(refusal) if refusal.status == 429 => ServiceError::Refused(refusal),
        _ => ServiceError::Unauthorized,
    })?;
    Ok(cookie(app, &opened.session_id))
}

/// The member whose browser has this cookie. `is_use` is false for what a page asks by itself: that is nothing that somebody did.
///
/// # Errors
/// `Unauthorized` when it is none of ours, the session is over or nothing was done in it for eight hours, or the account is disabled.
pub async fn member_of_browser(app: &Arc<App>, cookie: &str, is_use: bool) -> Result<Member, ServiceError> {
    let (id, seal) = cookie.split_once('.').ok_or(ServiceError::Unauthorized)?;
    let seal = URL_SAFE_NO_PAD.decode(seal).map_err(|_| ServiceError::Unauthorized)?;
    let holds: bool = app.vault.fingerprint("browser session", id.as_bytes()).ct_eq(&seal).into();
    if !holds || !is_id(id) {
        return Err(ServiceError::Unauthorized);
    }
    of_session(app, id.to_owned(), None, Some(IDLE), is_use).await
}

/// The cookie that names a session.
#[must_use]
pub fn cookie(app: &App, session_id: &str) -> String {
    let seal = app.vault.fingerprint("browser session", session_id.as_bytes());
    format!("{session_id}.{}", URL_SAFE_NO_PAD.encode(seal))
}

async fn ticket(app: &Arc<App>, email: &str) -> Result<String, ServiceError> {
    let key = EmailAddress::parse(email).map(|email| email.key()).unwrap_or_default();
    let row = app
        .db
        .read("sign_in_ticket", move |connection| Ok::<_, ServiceError>(staff::by_email(connection, &key)?))
        .await?
        .ok_or(ServiceError::Unauthorized)?;
    Ok(Ticket::issue(app, &row, EnteredBy::Password, None, app.clock.now()))
}
