//! Alerts: somebody tries to get in, or something was damaged.
//!
//! Each case is counted in the database in slots of ten minutes, so that replicas count together. The case that reaches the threshold
//! raises the alert in the same transaction: a row, unique for its kind, operator, subject and day, and a line of the audit trail.
//! The worker mails about rows that nobody was told of; see [`crate::worker`].

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Duration, DurationRound, Utc};
use serde_json::json;

use super::audit_check::{self, Anchor, CheckError};
use super::error::ServiceError;
use super::requester::reference;
use super::sign_in::{By, note};
use crate::app::App;
use crate::domain::alert::AlertKind;
use crate::domain::almaty;
use crate::ids::new_id;
use crate::metrics::SecurityEvent;
use crate::storage::alerts::{self, AlertRow};
use crate::storage::outbox::{self, ReminderRow};
use crate::storage::staff::{self, AuditRow};
use crate::storage::{AnyConnection, requests};

/// Cases are counted in slots of so many minutes.
const SLOT_MINUTES: i64 = 10;
/// Under this name the ledger keeps the daily verification.
const CHECK: &str = "audit_check";

/// A case of something, about a subject: an id or a keyed hash.
pub(crate) struct Case<'a> {
    pub(crate) kind: AlertKind,
    pub(crate) subject: &'a str,
    /// Whom it concerns; nobody in particular when empty.
    pub(crate) operators: &'a [String],
}

/// Counts a case, and raises the alert when it is one too many.
pub(crate) fn count(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    case: &Case<'_>,
) -> Result<(), ServiceError> {
    let slot = now.duration_trunc(Duration::minutes(SLOT_MINUTES)).unwrap_or(now);
    alerts::count(tx, case.kind.as_str(), case.subject, slot.naive_utc())?;
    let threshold = app.settings.alerts.of(case.kind);
    let after = (now - Duration::minutes(threshold.minutes)).naive_utc();
    if alerts::counted(tx, case.kind.as_str(), case.subject, after)? < threshold.cases {
        return Ok(());
    }
    if case.operators.is_empty() {
        return raise(tx, now, case.kind, "", case.subject);
    }
    case.operators.iter().try_for_each(|operator| raise(tx, now, case.kind, operator, case.subject))
}

fn raise(
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    kind: AlertKind,
    operator: &str,
    subject: &str,
) -> Result<(), ServiceError> {
    let row = AlertRow {
        id: new_id(now),
        kind: kind.to_string(),
        operator_id: operator.to_owned(),
        subject: subject.to_owned(),
        day: almaty::local_date(now),
        at: now.naive_utc(),
        told_at: None,
    };
    if !alerts::raise(tx, &row)? {
        return Ok(());
    }
    tracing::warn!(alert = %kind, operator, "an alert was raised");
    let is_account = matches!(kind, AlertKind::FailedSignIns | AlertKind::RefusedLooks);
    let line = AuditRow {
        id: new_id(now),
        at: now.naive_utc(),
        action: "alert_raised".to_owned(),
        actor_kind: "system".to_owned(),
        actor_id: None,
        operator_id: (!operator.is_empty()).then(|| operator.to_owned()),
        request_id: (kind == AlertKind::WrongSecrets).then(|| subject.to_owned()),
        reason: None,
        data: json!({"alert": kind, "id": row.id}).to_string(),
        about_id: is_account.then(|| subject.to_owned()),
    };
    Ok(staff::note_audit(tx, &line)?)
}

/// The operators at which an account has a role.
fn operators_of(app: &App, tx: &mut AnyConnection, account: &str) -> Result<Vec<String>, ServiceError> {
    let roles = staff::roles_of(tx, &[account.to_owned()])?;
    let mut operators: Vec<String> = roles.into_iter().map(|role| role.operator_id).collect();
    operators.retain(|operator| app.operator(operator).is_some());
    operators.dedup();
    Ok(operators)
}

/// A failed sign-in at an account.
pub(crate) fn failed_sign_in(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    account: &str,
) -> Result<(), ServiceError> {
    let operators = operators_of(app, tx, account)?;
    count(app, tx, now, &Case { kind: AlertKind::FailedSignIns, subject: account, operators: &operators })
}

/// A keyed hash of a network address that changes every day: enough to count by, too little to follow somebody.
fn site(app: &App, address: IpAddr, now: DateTime<Utc>) -> String {
    let text = format!("{} {address}", almaty::local_date(now));
    let hash = app.vault.fingerprint("alert address", text.as_bytes());
    hash.iter().take(12).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// A failed sign-in from an address, at whatever account.
///
/// # Errors
/// Those of the database.
pub async fn failed_sign_in_from(app: &Arc<App>, address: IpAddr) -> Result<(), ServiceError> {
    let (process, now) = (Arc::clone(app), app.clock.now());
    let subject = site(app, address, now);
    let work = move |tx: &mut AnyConnection| {
        count(&process, tx, now, &Case { kind: AlertKind::FailedSignInsFrom, subject: &subject, operators: &[] })
    };
    app.db.write("failed_sign_in_from", work).await
}

/// Somebody showed a wrong secret for what they call a reference.
///
/// # Errors
/// Those of the database.
pub async fn wrong_secret(app: &Arc<App>, typed: &str, address: IpAddr) -> Result<(), ServiceError> {
    let (process, now, named) = (Arc::clone(app), app.clock.now(), reference(typed).ok());
    let subject = site(app, address, now);
    let work = move |tx: &mut AnyConnection| {
        let found = named.map(|named| requests::by_reference(tx, &named)).transpose()?.flatten();
        if let Some(row) = found {
            let operators = [row.operator_id];
            count(&process, tx, now, &Case { kind: AlertKind::WrongSecrets, subject: &row.id, operators: &operators })?;
        }
        count(&process, tx, now, &Case { kind: AlertKind::WrongSecretsFrom, subject: &subject, operators: &[] })
    };
    app.db.write("wrong_secret", work).await
}

/// A member asked for personal data and was refused. `route` is a pattern, never a path.
///
/// # Errors
/// Those of the database.
pub async fn refused_look(app: &Arc<App>, member: String, route: String, status: u16) -> Result<(), ServiceError> {
    app.metrics.count(SecurityEvent::RefusedLook);
    let (process, now) = (Arc::clone(app), app.clock.now());
    let work = move |tx: &mut AnyConnection| {
        note(tx, now, "look_refused", &By::Staff(&member), &json!({"route": route, "status": status}))?;
        let operators = operators_of(&process, tx, &member)?;
        count(&process, tx, now, &Case { kind: AlertKind::RefusedLooks, subject: &member, operators: &operators })
    };
    app.db.write("refused_look", work).await
}

/// A mail was given up. Alerts do not count: one that cannot be delivered must not raise the next.
pub(crate) fn dead_mail(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    mail: &outbox::OutboxRow,
) -> Result<(), ServiceError> {
    if mail.mail == "alert" {
        return Ok(());
    }
    let operators = [mail.operator_id.clone()];
    count(app, tx, now, &Case { kind: AlertKind::DeadMails, subject: &mail.operator_id, operators: &operators })
}

/// Verifies all histories, the audit trail and the checkpoints, once a day. Says whether damage was found.
///
/// # Errors
/// Those of the database. A folder of checkpoints that cannot be read is an alert as well: who can damage the audit could do that.
pub async fn daily_check(app: &Arc<App>) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    let today = almaty::local_date(now);
    if *app.checked_on.read().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(today) {
        return Ok(false);
    }
    let process = Arc::clone(app);
    let checked = app.db.read("audit_check", move |connection| {
        if outbox::was_reminded(connection, CHECK, today, CHECK)? {
            return Ok(None);
        }
        let keys = process.vault.audit_public_keys();
        let anchor = Anchor { folder: &process.settings.audit_dir, keys: &keys, now };
        match audit_check::run(connection, anchor) {
            Ok(report) => Ok(Some(Some(report))),
            Err(CheckError::Storage(error)) => Err(ServiceError::from(error)),
            Err(error @ CheckError::Folder(_)) => {
                tracing::error!(%error, "the audit could not be verified; it is tried again tomorrow");
                Ok(Some(None))
            }
        }
    });
    let mut is_damaged = false;
    if let Some(report) = checked.await? {
        is_damaged = report.as_ref().is_none_or(|report| report.damages > 0);
        let process = Arc::clone(app);
        // The day is noted with what was found: a process that is killed before leaves the day to the next.
        app.db.write("audit_checked", move |tx| settle_check(&process, tx, now, report.as_ref())).await?;
    }
    *app.checked_on.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(today);
    Ok(is_damaged)
}

fn settle_check(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    report: Option<&audit_check::Report>,
) -> Result<(), ServiceError> {
    let due_on = almaty::local_date(now);
    let text = || CHECK.to_owned();
    let row =
        ReminderRow { subject_id: text(), due_on, stage: text(), recipient: "all".to_owned(), at: now.naive_utc() };
    if !outbox::note_reminder_once(tx, &row)? {
        return Ok(());
    }
    let Some(report) = report else {
        app.metrics.count(SecurityEvent::BrokenChain);
        return raise(tx, now, AlertKind::BrokenChain, "", "folder");
    };
    for finding in &report.findings {
        app.metrics.count(SecurityEvent::BrokenChain);
        tracing::error!(damage = %finding.damage, subject = finding.subject, "the audit is damaged: run otinish audit verify");
        let of_request = if finding.subject == "request" { requests::by_reference(tx, &finding.name)? } else { None };
        match of_request {
            Some(row) => raise(tx, now, AlertKind::BrokenChain, &row.operator_id, "requests")?,
            None => raise(tx, now, AlertKind::BrokenChain, "", finding.subject)?,
        }
    }
    Ok(())
}
