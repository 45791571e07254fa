//! Mails leave the outbox: lease, send, settle. SMTP is never spoken inside a transaction.
//!
//! Delays after a failure that may pass: 1, 2, 5, 10, 30 minutes, then every hour, for 3 days; then the mail is a dead letter. A
//! permanent refusal is a dead letter at once. A worker that is killed between sending and settling leaves a lease that ends after
//! half a minute; the mail then goes once more, with the same Message-ID.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use crate::app::App;
use crate::domain::event::{Actor, EventKind};
use crate::domain::operator::ALL_SERVICES;
use crate::mail::envelope::OutgoingMail;
use crate::mail::transport::{SendFailure, SendOutcome};
use crate::metrics::SecurityEvent;
use crate::services::alerts;
use crate::services::case::{Case, SealedMail, request_key};
use crate::services::error::ServiceError;
use crate::storage::outbox::{self, OutboxRow};
use crate::storage::{AnyConnection, requests};
use crate::vault::Place;

/// A lease holds so long. One send takes at most 18 seconds, and each mail is leased by itself.
const LEASE_SECONDS: i64 = 30;
/// Minutes to wait after the first failures.
const DELAYS: [i64; 5] = [1, 2, 5, 10, 30];

/// Sends the mail that is due next. Returns how many mails were taken up: one, or none.
///
/// One at a time, so that a worker that is told to stop waits for the mail in hand at most.
///
/// # Errors
/// Those of the database.
pub async fn step(app: &Arc<App>, worker_id: &str) -> Result<usize, ServiceError> {
    let Some(mail) = lease_one(app, worker_id).await? else { return Ok(0) };
    match send(app, worker_id, &mail).await {
        Ok(()) => {}
        Err(error @ ServiceError::Unavailable(_)) => return Err(error),
        // One mail that cannot be handled must not hold up the others: its lease ends, and it is tried again.
        Err(error) => {
            tracing::error!(%error, mail = mail.id, "a mail cannot be handled");
            put_off(app, worker_id, mail.id).await?;
        }
    }
    Ok(1)
}

/// A mail that could not be settled waits longer and longer, like one that could not be sent, and is given up in the end.
async fn put_off(app: &Arc<App>, worker_id: &str, id: String) -> Result<(), ServiceError> {
    let (now, token) = (app.clock.now(), worker_id.to_owned());
    app.db
        .write("put_off_mail", move |tx| {
            let Some(mut mail) = outbox::leased(tx, &id, &token)? else { return Ok(()) };
            mail.attempts += 1;
            let next = (now + delay(mail.attempts)).naive_utc();
            if next > mail.give_up_at {
                return lost(tx, &id, &token);
            }
            mail.failure_kind = Some("internal".to_owned());
            mail.lease_token = None;
            mail.lease_until = None;
            mail.next_attempt_at = Some(next);
            outbox::update(tx, &mail)?;
            Ok(())
        })
        .await
}

async fn send(app: &Arc<App>, worker_id: &str, mail: &OutboxRow) -> Result<(), ServiceError> {
    let outcome = match outgoing(app, mail).await? {
        Some(outgoing) => app.transport.send(&outgoing).await,
        // Its key was destroyed: there is nothing left to send.
        None => SendOutcome::Refused { failure: SendFailure::of("destroyed") },
    };
    settle(app, worker_id, mail.id.clone(), outcome).await
}

async fn lease_one(app: &Arc<App>, worker_id: &str) -> Result<Option<OutboxRow>, ServiceError> {
    let now = app.clock.now();
    // A look without a lock first, so that an idle worker writes nothing.
    let due = app
        .db
        .read("mails_due", move |connection| Ok::<_, ServiceError>(outbox::any_due(connection, now.naive_utc())?));
    if !due.await? {
        return Ok(None);
    }
    let until = now + Duration::seconds(LEASE_SECONDS);
    let token = worker_id.to_owned();
    app.db
        .write("lease_mail", move |tx| {
            let mut mails = outbox::lease(tx, now.naive_utc(), until.naive_utc(), &token, 1)?;
            Ok(mails.pop())
        })
        .await
}

/// The mail as it leaves; nothing when it was destroyed.
async fn outgoing(app: &Arc<App>, row: &OutboxRow) -> Result<Option<OutgoingMail>, ServiceError> {
    let opened = match row.request_id.clone() {
        Some(request_id) => open_of_request(app, row, request_id).await?,
        None => open_of_staff(app, row)?,
    };
    let Some(Opened { mail, reference, service }) = opened else { return Ok(None) };
    let operator = app.operator(&row.operator_id);
    Ok(Some(OutgoingMail {
        message_id: row.message_id.clone(),
        date: row.created_at.and_utc(),
        from_address: app.settings.mail_from.clone(),
        from_name: operator.map(|operator| operator.names.get(row.language).to_owned()).unwrap_or_default(),
        reply_to: operator.map(|operator| operator.contact_email(&service).to_owned()),
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        language: row.language.as_str(),
        reference,
    }))
}

/// A mail that was opened, and what is known of its request, if it has one.
struct Opened {
    mail: SealedMail,
    reference: Option<String>,
    service: String,
}

async fn open_of_request(app: &Arc<App>, row: &OutboxRow, request_id: String) -> Result<Option<Opened>, ServiceError> {
    let Some(sealed) = row.sealed.clone() else { return Ok(None) };
    let process = Arc::clone(app);
    let id = row.id.clone();
    app.db
        .read("open_mail", move |connection| match request_key(&process, connection, &request_id) {
            Ok(key) => {
                let mail: SealedMail = key.open_json(&Place::new("outbox", &id, "mail"), &sealed)?;
                let row = requests::by_id(connection, &request_id)?;
                Ok(row.map(|row| Opened { mail, reference: Some(row.reference), service: row.service }))
            }
            Err(ServiceError::NotFound) => Ok(None),
            Err(error) => Err(error),
        })
        .await
}

fn open_of_staff(app: &App, row: &OutboxRow) -> Result<Option<Opened>, ServiceError> {
    let Some(sealed) = row.sealed.as_deref() else { return Ok(None) };
    match app.vault.open_staff_mail(&Place::new("outbox", &row.id, "mail"), sealed) {
        Ok(mail) => Ok(Some(Opened { mail, reference: None, service: ALL_SERVICES.to_owned() })),
        // As with a mail about a request.
        Err(error) => Err(ServiceError::Internal(error.to_string())),
    }
}

async fn settle(app: &Arc<App>, worker_id: &str, id: String, outcome: SendOutcome) -> Result<(), ServiceError> {
    let process = Arc::clone(app);
    let token = worker_id.to_owned();
    app.db
        .write("settle_mail", move |tx| {
            // The request is locked before the mail, as everywhere.
            let Some(found) = outbox::by_id(tx, &id)? else { return Ok(()) };
            let mut case = match &found.request_id {
                Some(request) => match Case::open_by_id(&process, tx, request, Actor::System) {
                    Err(ServiceError::NotFound) => return lost(tx, &id, &token),
                    opened => opened?,
                },
                None => return settle_of_staff(&process, tx, &id, &token, &outcome),
            };
            let Some(mut mail) = taken_back(case.tx, &id, &token)? else { return Ok(()) };
            let changed = match outcome {
                SendOutcome::Accepted => accepted(&mut case, &mut mail)?,
                SendOutcome::Retry { failure } => retry(&mut case, &mut mail, &failure)?,
                SendOutcome::Refused { failure } => dead(&mut case, &mut mail, &failure)?,
            };
            outbox::update(case.tx, &mail)?;
            if changed {
                case.save(false)?;
            }
            Ok::<_, ServiceError>(())
        })
        .await
}

/// The mail after an attempt, its lease given back; nothing when the lease ended and another worker has the mail.
fn taken_back(tx: &mut AnyConnection, id: &str, token: &str) -> Result<Option<OutboxRow>, ServiceError> {
    let mut mail = outbox::leased(tx, id, token)?;
    if let Some(mail) = &mut mail {
        mail.lease_token = None;
        mail.lease_until = None;
        mail.attempts += 1;
    }
    Ok(mail)
}

/// A mail about no request has no history to write to: when it is given up, the outbox shows it, and nobody is mailed about it.
fn settle_of_staff(
    app: &App,
    tx: &mut AnyConnection,
    id: &str,
    token: &str,
    outcome: &SendOutcome,
) -> Result<(), ServiceError> {
    let Some(mut mail) = taken_back(tx, id, token)? else { return Ok(()) };
    let now = app.clock.now();
    match outcome {
        SendOutcome::Accepted => note_sent(&mut mail, now),
        SendOutcome::Retry { failure } if waits_again(&mut mail, now, failure) => {}
        SendOutcome::Retry { failure } | SendOutcome::Refused { failure } => {
            note_dead(app, &mut mail, failure);
            alerts::dead_mail(app, tx, now, &mail)?;
        }
    }
    outbox::update(tx, &mail)?;
    Ok(())
}

fn note_sent(mail: &mut OutboxRow, now: DateTime<Utc>) {
    outbox::SENT.clone_into(&mut mail.state);
    mail.sent_at = Some(now.naive_utc());
    mail.next_attempt_at = None;
    mail.failure_kind = None;
    mail.smtp_code = None;
    mail.smtp_enhanced = None;
}

fn note_dead(app: &App, mail: &mut OutboxRow, failure: &SendFailure) {
    app.metrics.count(SecurityEvent::DeadMail);
    note_failure(mail, failure);
    outbox::DEAD.clone_into(&mut mail.state);
    mail.next_attempt_at = None;
    tracing::warn!(mail = mail.id, attempts = mail.attempts, failure = %failure, "a mail is a dead letter");
}

/// Lets the mail wait for its next attempt; `false` when it was tried for long enough.
fn waits_again(mail: &mut OutboxRow, now: DateTime<Utc>, failure: &SendFailure) -> bool {
    let next = (now + delay(mail.attempts)).naive_utc();
    if next > mail.give_up_at {
        return false;
    }
    note_failure(mail, failure);
    mail.next_attempt_at = Some(next);
    tracing::info!(mail = mail.id, attempts = mail.attempts, failure = %failure, "a mail has to wait");
    true
}

/// The mail's request can no longer be opened, for its key was destroyed: the mail ends as a dead letter that nobody can send.
fn lost(tx: &mut AnyConnection, id: &str, token: &str) -> Result<(), ServiceError> {
    let Some(mut mail) = outbox::leased(tx, id, token)? else { return Ok(()) };
    mail.lease_token = None;
    mail.lease_until = None;
    mail.next_attempt_at = None;
    mail.failure_kind = Some("destroyed".to_owned());
    outbox::DEAD.clone_into(&mut mail.state);
    outbox::update(tx, &mail)?;
    Ok(())
}

/// The mail server took the mail. An answer is delivered by that. Returns whether the case changed.
///
/// # Errors
/// Those of the database.
pub fn accepted(case: &mut Case<'_>, mail: &mut OutboxRow) -> Result<bool, ServiceError> {
    note_sent(mail, case.now);
    if !mail.delivers_answer {
        return Ok(false);
    }
    // Under the id of the first of its kind, so that a later failure of any of them finds what was met.
    let met = case.meet_by_delivery(mail.resent_from.as_ref().unwrap_or(&mail.id));
    case.record(EventKind::AnswerDelivered, json!({"by": "email", "mail": mail.id, "clocks": met}), None)?;
    Ok(true)
}

fn retry(case: &mut Case<'_>, mail: &mut OutboxRow, failure: &SendFailure) -> Result<bool, ServiceError> {
    if waits_again(mail, case.now, failure) { Ok(false) } else { dead(case, mail, failure) }
}

/// The time to wait after so many attempts.
fn delay(attempts: i32) -> Duration {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or_default();
    DELAYS.get(place).map_or_else(|| Duration::hours(1), |minutes| Duration::minutes(*minutes))
}

fn note_failure(mail: &mut OutboxRow, failure: &SendFailure) {
    mail.failure_kind = Some(failure.kind.to_owned());
    mail.smtp_code = failure.code.map(i32::from);
    mail.smtp_enhanced.clone_from(&failure.enhanced);
}

/// A dead letter: kept, shown to staff, and the DPOs hear of it at once. What its delivery had met runs again.
fn dead(case: &mut Case<'_>, mail: &mut OutboxRow, failure: &SendFailure) -> Result<bool, ServiceError> {
    note_dead(case.app, mail, failure);
    alerts::dead_mail(case.app, case.tx, case.now, mail)?;
    let data = json!({
        "mail": mail.id, "name": mail.mail, "to": mail.recipient_kind, "smtp_code": mail.smtp_code,
        "smtp_enhanced": mail.smtp_enhanced, "failure": mail.failure_kind,
    });
    case.record(EventKind::MailDead, data, None)?;
    let reopened = case.reopen_delivery(&mail.resent_from.clone().unwrap_or_else(|| mail.id.clone()))?;
    if !reopened.is_empty() {
        case.record(EventKind::ClockReopened, json!({"clocks": reopened, "mail": mail.id}), None)?;
    }
    // A failed mail about a failed mail would go round in circles.
    if mail.mail != "mail_failed" {
        case.alert_mail_failed(mail)?;
    }
    Ok(true)
}

/// Gives back the leases of a worker that stops, so that another need not wait for their end.
///
/// # Errors
/// Those of the database.
pub async fn give_back(app: &Arc<App>, worker_id: &str) -> Result<(), ServiceError> {
    let token = worker_id.to_owned();
    app.db
        .write("return_leases", move |tx| {
            outbox::return_leases(tx, &token)?;
            Ok(())
        })
        .await
}
