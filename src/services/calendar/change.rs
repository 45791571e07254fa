//! Administrators change the calendar: one day at a time, with its source, and a look first at which clocks would move.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::catch_up::catch_up;
use super::forms::{CalendarChange, DayForm, MovedClock, checked};
use super::look;
use super::recount::{Cause, Plan, RecountError, RequestPlan};
use super::revisions::{Brought, Change, name_of, store};
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::event::Actor;
use crate::domain::intake::FieldError;
use crate::domain::vocabulary::Localized;
use crate::services::error::{Refusal, ServiceError};
use crate::services::sign_in::{By, Member, note};
use crate::storage::AnyConnection;
use crate::storage::calendar as rows;

/// So many moved clocks are listed in one answer.
const MAX_LISTED: usize = 10_000;
/// A change that others keep overtaking is tried so often before it is counted, too, where nobody can overtake it.
const TRIES: usize = 3;

/// Changes a day, or looks at what that would move.
///
/// The new revision, the open clocks, their events and the mails about nearer days are one transaction.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator; 422 for a day outside the calendar, a name or source that is missing; 409
/// `calendar_changed` when another revision is in force than the one that was looked at.
pub async fn put_day(
    app: &Arc<App>,
    member: &Member,
    date: NaiveDate,
    form: DayForm,
    dry_run: bool,
) -> Result<CalendarChange, ServiceError> {
    member.check_admin()?;
    let (name, source) = checked(&form)?;
    let actor = Actor::Staff(member.id.clone());
    let wanted = Wanted { date, working: form.working, name, source, base_revision: form.base_revision, dry_run };
    for _ in 0..TRIES {
        let process = Arc::clone(app);
        let (wanted, actor) = (wanted.clone(), actor.clone());
        // What moves is counted beside the writers; the transaction only checks and writes it.
        let tried = app.db.read("count_calendar", move |connection| wanted.count(&process, connection, actor)).await?;
        let counted = match tried {
            Counted::Answer(answer) => return Ok(answer),
            Counted::ToWrite(counted) => counted,
        };
        let process = Arc::clone(app);
        let by = member.id.clone();
        match app.db.write("change_calendar", move |tx| counted.write(&process, tx, &by)).await {
            Ok(Some(answer)) => {
                finish(app).await;
                return Ok(answer);
            }
            Ok(None) => {}
            // Two who waited for each other: the database let this one go.
            Err(ServiceError::Unavailable(cause)) => tracing::info!(cause, "a changed day is tried again"),
            Err(error) => return Err(error),
        }
    }
    let process = Arc::clone(app);
    let by = member.id.clone();
    let insist = move |tx: &mut AnyConnection| wanted.insist(&process, tx, actor, &by);
    let answer = app.db.write("change_calendar", insist).await?;
    finish(app).await;
    Ok(answer)
}

/// The change is in force. What is interrupted here, the worker ends.
async fn finish(app: &Arc<App>) {
    if let Err(error) = catch_up(app).await {
        tracing::warn!(%error, "open clocks still wait to be counted by the new calendar; the worker goes on");
    }
    app.wake_worker();
}

/// A change of a day as it was asked for.
#[derive(Clone)]
struct Wanted {
    date: NaiveDate,
    working: bool,
    name: Option<Localized>,
    source: String,
    base_revision: Option<String>,
    dry_run: bool,
}

enum Counted {
    Answer(CalendarChange),
    ToWrite(Box<ToWrite>),
}

/// A change that was counted on the revision with the number `base`.
struct ToWrite {
    base: i64,
    calendar: Calendar,
    days: Vec<NaiveDate>,
    actor: Actor,
    now: DateTime<Utc>,
    plan: Plan,
    answer: CalendarChange,
}

impl Wanted {
    fn count(&self, app: &App, connection: &mut AnyConnection, actor: Actor) -> Result<Counted, ServiceError> {
        let (base, before) = look(app, connection)?;
        if self.base_revision.as_deref().is_some_and(|seen| seen != before.revision()) {
            return Err(Refusal::new("calendar_changed", 409).extra("revision", before.revision()).into());
        }
        let (change, revision) = (self.change(0), name_of(connection, &before, base + 1)?);
        let after = change.lay_over(&before, &self.source, revision).map_err(|missing| year_missing(missing.year))?;
        let entry = after.entry(self.date).cloned();
        if entry.as_ref().is_some_and(|entry| entry.name.first_blank().is_some()) {
            return Err(ServiceError::field("/name", "required"));
        }
        let changed = before.entry(self.date) != after.entry(self.date);
        // Also where only the name is new: the explanations of the clocks say it.
        let days = if changed { vec![self.date] } else { Vec::new() };
        let now = app.clock.now();
        let cause = Cause {
            app,
            calendar: &after,
            days: &days,
            actor: &actor,
            source: &self.source,
            now,
            leaves_what_it_cannot_count: false,
        };
        let plan = cause.plan(connection, None).map_err(recount_failed)?;
        let answer = CalendarChange {
            revision: if self.dry_run || !changed { before.revision() } else { after.revision() }.to_owned(),
            date: self.date,
            working: self.working,
            name: entry.map(|entry| entry.name),
            source: self.source.clone(),
            dry_run: self.dry_run,
            changed,
            moved: Vec::new(),
            moved_clocks: 0,
            moved_requests: 0,
            nearer: 0,
        };
        if self.dry_run || !changed {
            return Ok(Counted::Answer(with_moves(answer, &plan.requests)));
        }
        Ok(Counted::ToWrite(Box::new(ToWrite { base, calendar: after, days, actor, now, plan, answer })))
    }

    /// Counts and writes in one transaction.
    fn insist(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        actor: Actor,
        by: &str,
    ) -> Result<CalendarChange, ServiceError> {
        rows::begin_change(tx)?;
        match self.count(app, tx, actor)? {
            Counted::Answer(answer) => Ok(answer),
            Counted::ToWrite(counted) => counted
                .write(app, tx, by)?
                .ok_or_else(|| ServiceError::Internal("the calendar changed under its lock".to_owned())),
        }
    }

    fn change(&self, moved_clocks: usize) -> Change {
        Change::Day { date: self.date, working: self.working, name: self.name.clone(), moved_clocks }
    }
}

impl ToWrite {
    /// Writes the change; nothing when another revision came in between.
    fn write(self, app: &App, tx: &mut AnyConnection, by: &str) -> Result<Option<CalendarChange>, ServiceError> {
        let Self { base, calendar, days, actor, now, plan, answer } = self;
        rows::begin_change(tx)?;
        if rows::newest(tx)? != base {
            return Ok(None);
        }
        let source = answer.source.clone();
        let cause = Cause {
            app,
            calendar: &calendar,
            days: &days,
            actor: &actor,
            source: &source,
            now,
            leaves_what_it_cannot_count: false,
        };
        let at_once = app.recount_at_once.load(Ordering::Relaxed);
        let recounted = !tx.has_single_writer() || plan.requests.len() <= at_once;
        let answer = if recounted {
            with_moves(answer, &cause.write(tx, plan).map_err(recount_failed)?)
        } else {
            let answer = with_moves(answer, &plan.requests);
            cause.begin(tx, plan, at_once).map_err(recount_failed)?;
            answer
        };
        let change = Change::Day {
            date: answer.date,
            working: answer.working,
            name: answer.name.clone(),
            moved_clocks: answer.moved_clocks,
        };
        let brought = Brought { by: Some(by), source: &source, digest: None, change: &change, now, recounted };
        store(tx, base + 1, &calendar, &brought)?;
        let data = json!({
            "revision": calendar.revision(), "date": answer.date, "working": answer.working, "source": source,
            "moved_clocks": answer.moved_clocks, "moved_requests": answer.moved_requests,
        });
        note(tx, now, "calendar_changed", &By::Staff(by), &data)?;
        Ok(Some(answer))
    }
}

fn with_moves(mut answer: CalendarChange, requests: &[RequestPlan]) -> CalendarChange {
    for request in requests {
        answer.moved_requests += usize::from(!request.moves.is_empty());
        for moved in &request.moves {
            answer.moved_clocks += 1;
            answer.nearer += usize::from(moved.to < moved.from);
            if answer.moved.len() < MAX_LISTED {
                answer.moved.push(MovedClock {
                    reference: request.reference.clone(),
                    operator: request.operator_id.clone(),
                    kind: request.kind,
                    clock: moved.clock,
                    from: moved.from,
                    to: moved.to,
                });
            }
        }
    }
    answer
}

fn year_missing(year: i32) -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new("/date", "date_not_in_calendar").with("year", year)])
}

pub(super) fn recount_failed(error: RecountError) -> ServiceError {
    match error {
        RecountError::Year(missing) => year_missing(missing.year),
        RecountError::Service(error) => error,
    }
}
