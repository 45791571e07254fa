//! Mails about alerts: at most one a day for each kind and operator, to its DPOs, or to its head contact where there is none; to the
//! administrators about what concerns the whole deployment.
//!
//! The ledger has a line for each kind, operator and day, written in one transaction with the mails and with the mark on the alerts
//! that they tell of: whatever is killed in between, each alert is told once. One that comes after the mail of its day waits for the
//! next day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use crate::app::App;
use crate::domain::alert::AlertKind;
use crate::domain::almaty;
use crate::domain::vocabulary::Role;
use crate::mail::compose::{AlertFacts, DeskMail};
use crate::services::error::ServiceError;
use crate::services::staff_mail::{write_desk_mail, write_to_head};
use crate::storage::alerts::{self, AlertRow};
use crate::storage::outbox::{self, ReminderRow};
use crate::storage::{self, AnyConnection, staff};

/// Alerts that nobody could be told of for so long are left to the audit trail.
const TOLD_WITHIN_DAYS: i64 = 7;

/// Writes the mails that are due. Returns how many kinds were told of.
///
/// # Errors
/// Those of the database.
pub async fn step(app: &Arc<App>) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let process = Arc::clone(app);
    let waiting = app.db.read("alerts_due", move |connection| due(&process, connection, now)).await?;
    let mut told = 0;
    for (kind, operator) in waiting.into_keys() {
        let process = Arc::clone(app);
        if app.db.write("tell_alert", move |tx| tell(&process, tx, now, kind, &operator)).await? {
            told += 1;
        }
    }
    Ok(told)
}

type ByKind = BTreeMap<(AlertKind, String), Vec<AlertRow>>;

/// Alerts that nobody was told of, of kinds and operators that had no mail today, where there is anybody to tell.
fn due(app: &App, connection: &mut AnyConnection, now: DateTime<Utc>) -> Result<ByKind, ServiceError> {
    let mut due = ByKind::new();
    for row in alerts::untold(connection, (now - Duration::days(TOLD_WITHIN_DAYS)).naive_utc())? {
        if let Some(kind) = AlertKind::parse(&row.kind) {
            due.entry((kind, row.operator_id.clone())).or_default().push(row);
        }
    }
    let (today, all) = (almaty::local_date(now), std::mem::take(&mut due));
    for ((kind, operator), rows) in all {
        let has_reader = if operator.is_empty() {
            !staff::admins(connection)?.is_empty()
        } else {
            app.operator(&operator).is_some()
        };
        if has_reader && !outbox::was_reminded(connection, &subject(&operator), today, kind.as_str())? {
            due.insert((kind, operator), rows);
        }
    }
    Ok(due)
}

/// Under this name the ledger keeps the mails of an operator.
fn subject(operator: &str) -> String {
    format!("alert:{operator}")
}

fn tell(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    kind: AlertKind,
    operator: &str,
) -> Result<bool, ServiceError> {
    storage::follow_one_another(tx, b"alerts")?;
    let Some(rows) = due(app, tx, now)?.remove(&(kind, operator.to_owned())) else { return Ok(false) };
    let ledger = ReminderRow {
        subject_id: subject(operator),
        due_on: almaty::local_date(now),
        stage: kind.to_string(),
        recipient: "all".to_owned(),
        at: now.naive_utc(),
    };
    // Another worker may have been faster.
    if !outbox::note_reminder_once(tx, &ledger)? {
        return Ok(false);
    }
    let first = rows.first().map_or(now, |row| row.at.and_utc());
    let facts = AlertFacts { kind, count: rows.len(), first };
    let mail = DeskMail::Alert(&facts);
    if operator.is_empty() {
        // Administrators have no operator: it goes out in the name of the first one, like other mails to them.
        let sender = app.operators.iter().next().map(|operator| operator.id.clone()).unwrap_or_default();
        for admin in staff::admins(tx)? {
            write_desk_mail(app, tx, now, &sender, &admin, "alert", &mail)?;
        }
    } else {
        let dpos = staff::with_role(tx, operator, &[Role::Dpo])?;
        if dpos.is_empty() {
            write_to_head(app, tx, now, operator, "alert", &mail)?;
        }
        for dpo in dpos {
            write_desk_mail(app, tx, now, operator, &dpo, "alert", &mail)?;
        }
    }
    let ids: Vec<String> = rows.into_iter().map(|row| row.id).collect();
    alerts::note_told(tx, &ids, now.naive_utc())?;
    Ok(true)
}
