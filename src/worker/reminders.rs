//! Reminders as a reconciler: it takes no input, looks at what is due, and can run any number of times.
//!
//! The ledger row of a stage and its mails are written in one transaction, and the ledger's key is unique: a stage goes out once,
//! also with several workers and after a crash. After a standstill only the latest stage goes out.

use std::sync::Arc;

use chrono::Duration;

use crate::app::App;
use crate::domain::almaty;
use crate::domain::event::Actor;
use crate::domain::reminder::{Stage, Watched};
use crate::domain::vocabulary::{ClockName, Role, Status};
use crate::mail::compose::{ReminderStage, StaffMail};
use crate::services::case::{Case, watched};
use crate::services::error::{ServiceError, is_duplicate};
use crate::services::requester;
use crate::storage::outbox::{self, ReminderRow};
use crate::storage::staff::StaffRow;
use crate::storage::{AnyConnection, clocks, requests};

/// So many clocks are looked at in one step.
const BATCH: i64 = 200;

/// Looks at every clock that is due for a look. Returns how many were.
///
/// # Errors
/// Those of the database.
pub async fn step(app: &Arc<App>) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let due = app
        .db
        .read("clocks_due", move |connection| {
            Ok::<_, ServiceError>(clocks::due_reminders(connection, now.naive_utc(), BATCH)?)
        })
        .await?;
    for (clock_id, request_id) in &due {
        let process = Arc::clone(app);
        let clock_id_of_failure = clock_id.clone();
        let (clock_id, request_id) = (clock_id.clone(), request_id.clone());
        let looked = app.db.write("remind", move |tx| look(&process, tx, &clock_id, &request_id)).await;
        if let Err(error) = looked {
            put_off(app, clock_id_of_failure, error).await?;
        }
    }
    Ok(due.len())
}

/// One clock that cannot be looked at must not hold up the others: it waits an hour.
async fn put_off(app: &Arc<App>, clock_id: String, error: ServiceError) -> Result<(), ServiceError> {
    if matches!(error, ServiceError::Unavailable(_)) {
        return Err(error);
    }
    tracing::error!(%error, clock = clock_id, "a clock cannot be looked at; it is tried again in an hour");
    let later = (app.clock.now() + Duration::hours(1)).naive_utc();
    app.db.write("put_off", move |tx| Ok(clocks::put_off(tx, &clock_id, later)?)).await
}

fn look(app: &App, tx: &mut AnyConnection, clock_id: &str, request_id: &str) -> Result<(), ServiceError> {
    let mut case = Case::open_by_id(app, tx, request_id, Actor::System)?;
    // Under the lock: another worker may have been here in the meantime.
    let Some(mut row) = clocks::by_id(case.tx, clock_id)? else { return Ok(()) };
    if row.remind_at.is_none_or(|at| at > case.now.naive_utc()) {
        return Ok(());
    }
    let Some(watch) = watched(&row) else {
        row.remind_at = None;
        clocks::update(case.tx, &row)?;
        return Ok(());
    };
    let next = match remind(&mut case, &row.id, row.name, watch) {
        Ok(next) => next,
        Err(RemindError::Calendar(year)) => {
            tracing::error!(year, "the calendar has no such year: a reminder waits until it is there");
            case.now + Duration::hours(6)
        }
        Err(RemindError::Service(error)) => return Err(error),
    };
    row.remind_at = Some(next.naive_utc());
    clocks::update(case.tx, &row)?;
    Ok(())
}

/// Notes for each running clock of a case that the stage which stands now went out, without a mail: for requests that were made
/// up with a past, whose reminders nobody waits for.
///
/// # Errors
/// Those of the database, and a year that the calendar does not have.
pub fn pass_over(case: &mut Case<'_>) -> Result<(), ServiceError> {
    let missing = |error: crate::domain::calendar::YearMissing| ServiceError::Internal(error.to_string());
    let calendar = case.calendar()?;
    for mut row in case.clocks.clone() {
        let Some(watch) = watched(&row) else { continue };
        if let Some(stage) = watch.stage_at(&calendar, case.now).map_err(missing)? {
            let (members, head) = recipients(case, watch, stage)?;
            let ids = members.into_iter().map(|member| member.id).chain(head.then(|| "head".to_owned()));
            for recipient in ids {
                note(case, &row.id, watch, stage, &recipient)?;
            }
        }
        row.remind_at = Some(watch.next_after(&calendar, case.now).map_err(missing)?.naive_utc());
        clocks::update(case.tx, &row)?;
    }
    Ok(())
}

enum RemindError {
    Calendar(i32),
    Service(ServiceError),
}

impl From<ServiceError> for RemindError {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<crate::domain::calendar::YearMissing> for RemindError {
    fn from(missing: crate::domain::calendar::YearMissing) -> Self {
        Self::Calendar(missing.year)
    }
}

/// Sends the stage that stands now, unless it went out, and says when the next comes.
fn remind(
    case: &mut Case<'_>,
    clock_id: &str,
    name: ClockName,
    watch: Watched,
) -> Result<chrono::DateTime<chrono::Utc>, RemindError> {
    let calendar = case.calendar()?;
    let stage = watch.stage_at(&calendar, case.now)?;
    let next = watch.next_after(&calendar, case.now)?;
    if let Some(stage) = stage
        && !outbox::was_reminded(case.tx, clock_id, watch.due_on, &stage.key()).map_err(ServiceError::from)?
    {
        send(case, clock_id, name, watch, stage)?;
    }
    Ok(next)
}

fn send(
    case: &mut Case<'_>,
    clock_id: &str,
    name: ClockName,
    watch: Watched,
    stage: Stage,
) -> Result<(), ServiceError> {
    let (members, head) = recipients(case, watch, stage)?;
    let link = case.staff_link();
    let waiting_for_approval = case.row.status == Status::Approval;
    let unassigned = case.row.assignee_id.is_none();
    let mail = match stage {
        Stage::Overdue { working_days, .. } => {
            StaffMail::Overdue { link: &link, clock: name, due_on: watch.due_on, working_days_over: working_days }
        }
        before => StaffMail::Reminder {
            link: &link,
            clock: name,
            due_on: watch.due_on,
            stage: stage_of(before),
            waiting_for_approval,
            unassigned,
        },
    };
    let label = if stage.is_overdue() { "overdue" } else { "reminder" };
    for member in &members {
        if note(case, clock_id, watch, stage, &member.id)? {
            case.mail_member(label, member, &mail)?;
        }
    }
    if head && note(case, clock_id, watch, stage, "head")? {
        case.mail_head(label, &mail)?;
    }
    Ok(())
}

fn stage_of(stage: Stage) -> ReminderStage {
    match stage {
        Stage::DaysBefore(days) => ReminderStage::DaysBefore(days),
        Stage::WorkingDayBefore => ReminderStage::WorkingDayBefore,
        Stage::AtOnce => ReminderStage::AtOnce,
        Stage::LastDayAfternoon => ReminderStage::LastDayAfternoon,
        Stage::LastDayMorning | Stage::Overdue { .. } => ReminderStage::LastDayMorning,
    }
}

/// Whoever is away is replaced by who stands in. Before the due time: the assignee, or every DPO where there is none or the request waits for approval. Overdue: the assignee and
/// the DPOs, and the head contact when it is grave. Without any DPO the head contact stands in.
fn recipients(case: &mut Case<'_>, watch: Watched, stage: Stage) -> Result<(Vec<StaffRow>, bool), ServiceError> {
    let dpos = case.present(&[Role::Dpo])?;
    let assignee = case.assignee()?;
    let no_dpo = dpos.is_empty();
    let mut members: Vec<StaffRow> = Vec::new();
    let to_dpos = stage.is_overdue() || assignee.is_none() || case.row.status == Status::Approval;
    if stage.is_overdue() || case.row.status != Status::Approval {
        members.extend(assignee);
    }
    if to_dpos {
        members.extend(dpos);
    }
    members.sort_by(|left, right| left.id.cmp(&right.id));
    members.dedup_by(|left, right| left.id == right.id);
    Ok((members, (to_dpos && no_dpo) || watch.concerns_the_head(stage)))
}

fn note(
    case: &mut Case<'_>,
    clock_id: &str,
    watch: Watched,
    stage: Stage,
    recipient: &str,
) -> Result<bool, ServiceError> {
    let row = ReminderRow {
        subject_id: clock_id.to_owned(),
        due_on: watch.due_on,
        stage: stage.key(),
        recipient: recipient.to_owned(),
        at: case.now.naive_utc(),
    };
    match outbox::note_reminder(case.tx, &row) {
        Ok(()) => Ok(true),
        Err(error) if is_duplicate(&error) => {
            tracing::warn!("a reminder was noted twice; the transaction is given up");
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Reminds requesters who have not proven their address. Returns how many requests were looked at.
///
/// # Errors
/// Those of the database.
pub async fn nudge_step(app: &Arc<App>) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let due = app
        .db
        .read("nudges_due", move |connection| {
            Ok::<_, ServiceError>(requests::due_nudges(connection, now.naive_utc(), BATCH)?)
        })
        .await?;
    for request_id in &due {
        let process = Arc::clone(app);
        let request_id = request_id.clone();
        let waiting = request_id.clone();
        let nudged = app
            .db
            .write("nudge", move |tx| {
                let mut case = Case::open_by_id(&process, tx, &request_id, Actor::System)?;
                if case.row.next_nudge_at.is_none_or(|at| at > case.now.naive_utc()) {
                    return Ok(());
                }
                if requester::nudge(&mut case)? {
                    let stage = if case.row.next_nudge_at.is_some() { "confirm_1" } else { "confirm_3" };
                    let row = ReminderRow {
                        subject_id: case.row.id.clone(),
                        due_on: almaty::local_date(case.row.recorded_at.and_utc()),
                        stage: stage.to_owned(),
                        recipient: "requester".to_owned(),
                        at: case.now.naive_utc(),
                    };
                    outbox::note_reminder(case.tx, &row)?;
                }
                case.save(false)?;
                Ok::<_, ServiceError>(())
            })
            .await;
        match nudged {
            Ok(()) => {}
            Err(error @ ServiceError::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::error!(%error, request = waiting, "a requester cannot be reminded; it is tried again in an hour");
                let later = (now + Duration::hours(1)).naive_utc();
                let put_off =
                    move |tx: &mut AnyConnection| Ok::<_, ServiceError>(requests::put_off_nudge(tx, &waiting, later)?);
                app.db.write("put_off_nudge", put_off).await?;
            }
        }
    }
    Ok(due.len())
}
