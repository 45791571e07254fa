//! Sign-in by the pages: a browser gets one cookie in place of tokens. It names the session and holds while that goes on, so that
//! ending the session, disabling the account or changing a role works with the next page.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::audit::{By, note};
use super::member::{Member, of_session};
use super::{Attempt, factor, lock, open_session, opened};
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::ids::is_id;
use crate::services::error::ServiceError;
use crate::storage::staff;

/// A session of a browser in which nobody did anything for so long is over.
pub const IDLE: Duration = Duration::hours(8);

/// For so long the code of the second factor is waited for once the password was right.
const CODE_WAITS: Duration = Duration::minutes(5);

/// Where a sign-in stands.
#[derive(Debug)]
pub enum Entered {
    /// Done; the value of the cookie.
    In(String),
    /// The password was right. With this ticket the code of the second factor is taken.
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
    let (id, until, seal) = parts(ticket).ok_or(ServiceError::Unauthorized)?;
    let now = app.clock.now();
    if now.timestamp() >= until {
        return Err(ServiceError::Unauthorized);
    }
    let (process, code) = (Arc::clone(app), code.to_owned());
    let attempt = app
        .db
        .write("sign_in_code", move |tx| {
            let row = staff::lock_by_id(tx, &id)?.filter(|row| row.disabled_at.is_none());
            let row = row.ok_or(ServiceError::Unauthorized)?;
            if let Some(seconds) = lock::seconds_left(row.locked_until, now) {
                return Ok(Attempt::Locked(seconds));
            }
            // With another password by now the ticket says nothing any more.
            let holds: bool = sealed(&process, &id, until, &row.password_hash).ct_eq(&seal).into();
            if !holds {
                return Ok(Attempt::Wrong);
            }
            factor::ask(&process, tx, row, Some(&code), now)?.try_map(|mut row| {
                lock::forget(&mut row);
                staff::update(tx, &row)?;
                note(tx, now, "sign_in", &By::Staff(&row.id), &json!({}))?;
                open_session(tx, &row.id, client, now)
            })
        })
        .await?;
    let opened = attempt.into_result().map_err(|_| ServiceError::Unauthorized)?;
    Ok(cookie(app, &opened.session_id))
}

/// The member whose browser has this cookie.
///
/// # Errors
/// `Unauthorized` when it is none of ours, the session is over or nothing was done in it for eight hours, or the account is disabled.
pub async fn member_of_browser(app: &Arc<App>, cookie: &str) -> Result<Member, ServiceError> {
    let (id, seal) = cookie.split_once('.').ok_or(ServiceError::Unauthorized)?;
    let seal = URL_SAFE_NO_PAD.decode(seal).map_err(|_| ServiceError::Unauthorized)?;
    let holds: bool = app.vault.fingerprint("browser session", id.as_bytes()).ct_eq(&seal).into();
    if !holds || !is_id(id) {
        return Err(ServiceError::Unauthorized);
    }
    of_session(app, id.to_owned(), None, Some(IDLE)).await
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
    let until: DateTime<_> = app.clock.now() + CODE_WAITS;
    let seal = sealed(app, &row.id, until.timestamp(), &row.password_hash);
    Ok(format!("{}.{}.{}", row.id, until.timestamp(), URL_SAFE_NO_PAD.encode(seal)))
}

fn sealed(app: &App, id: &str, until: i64, password_hash: &str) -> Vec<u8> {
    app.vault.fingerprint("sign-in ticket", format!("{id}|{until}|{password_hash}").as_bytes())
}

fn parts(ticket: &str) -> Option<(String, i64, Vec<u8>)> {
    let mut parts = ticket.split('.');
    let (id, until, seal) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    (is_id(id) && parts.next().is_none()).then_some(())?;
    Some((id.to_owned(), until, URL_SAFE_NO_PAD.decode(seal).ok()?))
}
