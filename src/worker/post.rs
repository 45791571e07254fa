//! Reminders of letters that lie there: on the morning of each working day after they were made, until they are posted. One mail a
//! day and recipient for a request, however many lie there; after a standstill one mail, not one for each day.

use std::sync::Arc;

use chrono::Duration;

use crate::app::App;
use crate::domain::calendar::YearMissing;
use crate::domain::event::Actor;
use crate::domain::{almaty, morning};
use crate::mail::compose::StaffMail;
use crate::services::case::Case;
use crate::services::error::ServiceError;
use crate::storage::outbox::{self, OutboxRow, ReminderRow};
use crate::storage::{AnyConnection, post};

/// So many requests are looked at in one step.
const BATCH: i64 = 200;
/// The name of these reminders in the ledger.
const STAGE: &str = "to_post";

/// Looks at every request with letters of which somebody is to be reminded. Returns how many there were.
///
/// # Errors
/// Those of the database.
pub async fn step(app: &Arc<App>) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let due = app
        .db
        .read("letters_due", move |connection| Ok::<_, ServiceError>(post::due(connection, now.naive_utc(), BATCH)?))
        .await?;
    for request_id in &due {
        let (process, id) = (Arc::clone(app), request_id.clone());
        match app.db.write("remind_to_post", move |tx| look(&process, tx, &id)).await {
            Ok(()) => {}
            Err(error @ ServiceError::Unavailable(_)) => return Err(error),
            // One request that cannot be looked at must not hold up the others.
            Err(error) => {
                tracing::error!(%error, request = request_id, "letters cannot be looked at; they are again in an hour");
                let (id, later) = (request_id.clone(), (now + Duration::hours(1)).naive_utc());
                app.db
                    .write("put_off_letters", move |tx| Ok::<_, ServiceError>(post::put_off(tx, &id, Some(later))?))
                    .await?;
            }
        }
    }
    Ok(due.len())
}

fn look(app: &App, tx: &mut AnyConnection, request_id: &str) -> Result<(), ServiceError> {
    let mut case = match Case::open_by_id(app, tx, request_id, Actor::System) {
        Ok(case) => case,
        // Its key was destroyed, or its operator is no longer served: there is nothing left to print. Should the operator come
        // back, somebody who opens the outbox sees the item.
        Err(ServiceError::NotFound) => return Ok(post::put_off(tx, request_id, None)?),
        Err(error) => return Err(error),
    };
    // Under the lock: another worker may have been here in the meantime.
    let lying = post::lying(case.tx, request_id)?;
    let now = case.now.naive_utc();
    if !lying.iter().any(|item| item.remind_at.is_some_and(|at| at <= now)) {
        return Ok(());
    }
    let next = match reconcile(&mut case, &lying)? {
        Ok(next) => next,
        Err(missing) => {
            tracing::error!(year = missing.year, "the calendar has no such year: a reminder waits until it is there");
            case.now + Duration::hours(6)
        }
    };
    post::put_off(case.tx, request_id, Some(next.naive_utc()))?;
    Ok(())
}

/// Reminds, unless that was done today or it is too early, and says when to look again.
fn reconcile(
    case: &mut Case<'_>,
    lying: &[OutboxRow],
) -> Result<Result<chrono::DateTime<chrono::Utc>, YearMissing>, ServiceError> {
    let Some(oldest) = lying.iter().map(|item| item.created_at.and_utc()).min() else { return Ok(Ok(case.now)) };
    let calendar = &case.calendar()?;
    let times = morning::of_next_day(calendar, oldest)
        .and_then(|first| Ok((first, morning::last_by(calendar, case.now)?, morning::next_after(calendar, case.now)?)));
    let (first, day, next) = match times {
        Ok(times) => times,
        Err(missing) => return Ok(Err(missing)),
    };
    if first > case.now {
        return Ok(Ok(first));
    }
    let link = case.staff_link();
    let items = u32::try_from(lying.len()).unwrap_or(u32::MAX);
    let mail = StaffMail::ToPost { link: &link, items, since: almaty::local_date(oldest) };
    let (subject_id, at) = (case.row.id.clone(), case.now.naive_utc());
    let reminded = post::reminded(case.tx, &subject_id, day, STAGE)?;
    let members = case.responsible()?;
    let note = |recipient: &str| ReminderRow {
        subject_id: subject_id.clone(),
        due_on: day,
        stage: STAGE.to_owned(),
        recipient: recipient.to_owned(),
        at,
    };
    for member in members.iter().filter(|member| !reminded.contains(&member.id)) {
        outbox::note_reminder(case.tx, &note(&member.id))?;
        case.mail_member("to_post", member, &mail)?;
    }
    // Without anybody responsible the head contact stands in, as for deadlines.
    if members.is_empty() && !reminded.iter().any(|recipient| recipient == "head") {
        outbox::note_reminder(case.tx, &note("head"))?;
        case.mail_head("to_post", &mail)?;
    }
    Ok(Ok(next))
}
