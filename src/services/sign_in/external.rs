//! Sign-in by an external service that speaks OIDC. It proves who somebody is; accounts and roles stay here, and nobody gets
//! an account by it.
//!
//! A browser that begins gets a ticket. State, nonce and the verifier of PKCE are made from it with a key of the deployment, so that
//! the database keeps its hash alone; a ticket is used once, whatever comes of it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::audit::{By, note};
use super::browser::{Entered, cookie};
use super::ticket::Ticket;
use super::{Opened, open_session};
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::domain::vocabulary::EnteredBy;
use crate::ids::is_id;
use crate::mail::compose::AccountNews;
use crate::metrics::SecurityEvent;
use crate::oidc::{Identity, Oidc, OidcError, Secrets};
use crate::services::error::{Refusal, ServiceError};
use crate::services::staff_mail::write_account_mail;
use crate::storage::AnyConnection;
use crate::storage::external::{self as rows, BegunRow, IdentityRow};
use crate::storage::sign_in::totp_of;
use crate::storage::staff::{self, StaffRow};
use crate::vault::{new_token, token_hash};

/// Where the service sends browsers back to.
pub const CALLBACK: &str = "/staff/oidc/callback";
/// How long somebody may take at the service.
const HOLDS: Duration = Duration::minutes(10);
/// The length of a ticket: what is longer or shorter is none.
const TICKET_CHARS: usize = 43;

/// A sign-in that was begun.
pub struct Begun {
    /// For the browser's cookie.
    pub ticket: String,
    /// Where the browser goes.
    pub address: String,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Begun(…)")
    }
}

/// What the browser came back with.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    /// The code to be redeemed.
    pub code: &'a str,
    /// What was sent along.
    pub state: &'a str,
    /// Why there is no code.
    pub error: &'a str,
    /// Who answers (RFC 9207), where that is said.
    pub issuer: &'a str,
}

impl std::fmt::Debug for Returned<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Returned").field("is_error", &!self.error.is_empty()).finish_non_exhaustive()
    }
}

/// What came of somebody whom the service named.
enum Outcome {
    In(Opened),
    CodeNeeded(String),
    /// For a reason that only the audit trail says.
    Refused,
}

fn service(app: &App) -> Result<&Oidc, ServiceError> {
    app.oidc.as_ref().ok_or(ServiceError::NotFound)
}

fn redirect(app: &App) -> String {
    format!("{}{CALLBACK}", app.settings.public_url)
}

/// What belongs to a ticket.
struct OwnSecrets {
    state: String,
    nonce: String,
    verifier: String,
}

impl OwnSecrets {
    fn of(app: &App, ticket: &str) -> Self {
        let made = |what: &str| {
            let place = format!("external sign-in {what}");
            URL_SAFE_NO_PAD.encode(app.vault.fingerprint(&place, ticket.as_bytes()))
        };
        Self { state: made("state"), nonce: made("nonce"), verifier: made("verifier") }
    }

    fn shown(&self) -> Secrets<'_> {
        Secrets { state: &self.state, nonce: &self.nonce, verifier: &self.verifier }
    }
}

/// A refusal that names the service.
fn refusal(oidc: &Oidc, code: &'static str, status: u16) -> ServiceError {
    Refusal::new(code, status).with("name", oidc.name()).into()
}

fn expired(oidc: &Oidc) -> ServiceError {
    refusal(oidc, "external_sign_in_expired", 400)
}

/// Begins a sign-in that leads to the page `next`.
///
/// # Errors
/// `NotFound` without such a service; 503 `external_sign_in_unavailable` when it does not answer.
pub async fn begin_external(app: &Arc<App>, next: &str) -> Result<Begun, ServiceError> {
    let oidc = service(app)?;
    let now = app.clock.now();
    let ticket = new_token()?;
    let secrets = OwnSecrets::of(app, &ticket);
    let address = oidc.address(now, &redirect(app), secrets.shown()).await.map_err(|error| {
        tracing::warn!(%error, "nobody can sign in by the external service");
        refusal(oidc, "external_sign_in_unavailable", 503)
    })?;
    let begun =
        BegunRow { ticket_hash: token_hash(&ticket), expires_at: (now + HOLDS).naive_utc(), next: next.to_owned() };
    app.db.write("begin_external_sign_in", move |tx| Ok::<_, ServiceError>(rows::begin(tx, &begun)?)).await?;
    Ok(Begun { ticket, address })
}

/// Ends a sign-in with which a browser came back: who entered, and the page that it leads to.
///
/// # Errors
/// `NotFound` without such a service; refusals `external_sign_in_expired` (another browser's, used, or too old), `…_cancelled`,
/// `…_refused` (what the service says does not hold), `…_unknown` (no account that fits), `…_unavailable`.
pub async fn enter_external(
    app: &Arc<App>,
    ticket: &str,
    returned: Returned<'_>,
    client: Option<String>,
) -> Result<(Entered, String), ServiceError> {
    let oidc = service(app)?;
    if ticket.len() != TICKET_CHARS {
        return Err(expired(oidc));
    }
    let secrets = OwnSecrets::of(app, ticket);
    let is_its: bool = secrets.state.as_bytes().ct_eq(returned.state.as_bytes()).into();
    if !is_its {
        return Err(expired(oidc));
    }
    let (now, hash) = (app.clock.now(), token_hash(ticket));
    let taken =
        app.db.write("take_external_sign_in", move |tx| Ok::<_, ServiceError>(rows::take(tx, &hash, now.naive_utc())?));
    let next = taken.await?.ok_or_else(|| expired(oidc))?;
    if returned.error == "access_denied" {
        return Err(refusal(oidc, "external_sign_in_cancelled", 400));
    }
    let identity = match named(app, oidc, returned, &secrets).await {
        Ok(identity) => identity,
        Err(error) => return Err(not_named(app, oidc, error).await?),
    };
    let process = Arc::clone(app);
    let outcome = app.db.write("external_sign_in", move |tx| settle(&process, tx, &identity, client, now)).await?;
    match outcome {
        Outcome::In(opened) => {
            app.wake_worker();
            Ok((Entered::In(cookie(app, &opened.session_id)), next))
        }
        Outcome::CodeNeeded(ticket) => Ok((Entered::CodeNeeded(ticket), next)),
        Outcome::Refused => Err(refusal(oidc, "external_sign_in_unknown", 403)),
    }
}

async fn named(app: &App, oidc: &Oidc, returned: Returned<'_>, secrets: &OwnSecrets) -> Result<Identity, OidcError> {
    if !returned.issuer.is_empty() && returned.issuer != oidc.issuer() {
        return Err(OidcError::Refused("issuer"));
    }
    if !returned.error.is_empty() || returned.code.is_empty() {
        return Err(OidcError::Refused("service"));
    }
    oidc.redeem(app.clock.now(), returned.code, &redirect(app), secrets.shown()).await
}

/// Notes why nobody was named; the answer to that.
async fn not_named(app: &Arc<App>, oidc: &Oidc, error: OidcError) -> Result<ServiceError, ServiceError> {
    tracing::warn!(%error, "a sign-in by the external service came to nothing");
    let reason = match error {
        OidcError::Unavailable(_) => return Ok(refusal(oidc, "external_sign_in_unavailable", 503)),
        OidcError::Refused(reason) => reason,
    };
    let (process, now) = (Arc::clone(app), app.clock.now());
    app.db.write("external_sign_in_refused", move |tx| refused(&process, tx, now, None, reason).map(|_| ())).await?;
    Ok(refusal(oidc, "external_sign_in_refused", 403))
}

fn refused(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    account: Option<&str>,
    reason: &str,
) -> Result<Outcome, ServiceError> {
    app.metrics.count(SecurityEvent::FailedSignIn);
    note(tx, now, "external_sign_in_refused", &By::Stranger(account), &json!({"reason": reason}))?;
    Ok(Outcome::Refused)
}

/// Finds the account of whom the service named: by the subject, and the first time by the proven address.
fn settle(
    app: &App,
    tx: &mut AnyConnection,
    identity: &Identity,
    client: Option<String>,
    now: DateTime<Utc>,
) -> Result<Outcome, ServiceError> {
    let issuer = service(app)?.issuer().to_owned();
    let known = rows::staff_of(tx, &issuer, &identity.subject)?;
    let found = match (&known, &identity.email) {
        (Some(id), _) => Some(id.clone()),
        (None, Some(email)) => {
            let key = EmailAddress::parse(email).map(|email| email.key()).unwrap_or_default();
            staff::by_email(tx, &key)?.map(|row| row.id)
        }
        (None, None) => return refused(app, tx, now, None, "address_unproven"),
    };
    // Whoever binds or resets an account holds its lock, so what is looked at from here on stays.
    let Some(row) = found.map(|id| staff::lock_by_id(tx, &id)).transpose()?.flatten() else {
        return refused(app, tx, now, None, "unknown_member");
    };
    if row.disabled_at.is_some() {
        return refused(app, tx, now, Some(&row.id), "disabled");
    }
    let bound = rows::subject_of(tx, &issuer, &row.id)?;
    if bound.as_ref().is_some_and(|subject| *subject != identity.subject) || (known.is_some() && bound.is_none()) {
        return refused(app, tx, now, Some(&row.id), "other_subject");
    }
    let has_code = totp_of(tx, &row.id)?.is_some_and(|totp| totp.confirmed_at.is_some());
    let subject = bound.is_none().then(|| identity.subject.clone());
    if has_code && !identity.second_factor {
        // Nothing is bound before the code is right.
        return Ok(Outcome::CodeNeeded(Ticket::issue(app, &row, EnteredBy::External, subject, now)));
    }
    let entered_by = if identity.second_factor { EnteredBy::ExternalTwoFactors } else { EnteredBy::External };
    finish(app, tx, &row, (entered_by, subject), client, now).map(Outcome::In)
}

/// Opens the session of somebody who proved all that is asked for, and binds the account where it is not yet.
pub(super) fn finish(
    app: &App,
    tx: &mut AnyConnection,
    row: &StaffRow,
    (entered_by, subject): (EnteredBy, Option<String>),
    client: Option<String>,
    now: DateTime<Utc>,
) -> Result<Opened, ServiceError> {
    if let (Some(subject), Some(oidc)) = (subject, app.oidc.as_ref()) {
        let issuer = oidc.issuer().to_owned();
        if rows::subject_of(tx, &issuer, &row.id)?.is_none() {
            let bound_at = now.naive_utc();
            rows::bind(tx, &IdentityRow { issuer, subject, staff_id: row.id.clone(), bound_at })?;
            note(tx, now, "external_identity_bound", &By::Staff(&row.id), &json!({"user_id": row.id}))?;
            write_account_mail(app, tx, now, row, AccountNews::ExternalBound)?;
        }
    }
    let data = if entered_by == EnteredBy::Password { json!({}) } else { json!({"by": entered_by}) };
    note(tx, now, "sign_in", &By::Staff(&row.id), &data)?;
    open_session(tx, &row.id, entered_by, client, now)
}

/// Forgets who a member is at the external service, and ends their sessions. With the next sign-in there the account is bound anew, by
/// the proven address.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator, and at the own account; `NotFound`.
pub async fn reset_external(app: &Arc<App>, admin: &super::Member, id: &str) -> Result<(), ServiceError> {
    admin.check_admin()?;
    if !is_id(id) {
        return Err(ServiceError::NotFound);
    }
    if admin.id == id {
        return Err(ServiceError::forbidden());
    }
    let (admin_id, id, now) = (admin.id.clone(), id.to_owned(), app.clock.now());
    app.db
        .write("reset_external", move |tx| {
            staff::lock_by_id(tx, &id)?.ok_or(ServiceError::NotFound)?;
            if rows::unbind(tx, &id)? {
                staff::revoke_sessions(tx, &id, None, now.naive_utc())?;
                note(tx, now, "external_identity_reset", &By::Staff(&admin_id), &json!({"user_id": id}))?;
            }
            Ok(())
        })
        .await
}
