//! The morning digest: at 09:00 of each working day every agent and DPO is told what waits for them, if anything does.
//!
//! The ledger has one line for each member and day, written in one transaction with the mail, also where there was nothing to
//! tell. So a digest goes out once, with several workers and after a crash; after a standstill only that of the day goes out.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};

use crate::app::App;
use crate::domain::absence::Away;
use crate::domain::almaty;
use crate::domain::operator::Operator;
use crate::domain::vocabulary::Role;
use crate::mail::compose::{DeskMail, Digest, DigestPart, DigestSection, Line, Part, compose_desk};
use crate::services::calendar;
use crate::services::error::ServiceError;
use crate::services::staff_mail::write_to_member;
use crate::storage::digest::{self, Found, Wanted};
use crate::storage::outbox::{self, ReminderRow};
use crate::storage::staff::{self, StaffRow};
use crate::storage::{AnyConnection, absences};

/// Under this name the ledger keeps digests, and the outbox their mails.
pub const DIGEST: &str = "digest";
/// The hour at which it goes out, local time.
const HOUR: u32 = 9;
/// So many requests of each part are named.
const NAMED: i64 = 10;
/// Mails to colleagues that were given up are counted for so many days after they were made.
const STAFF_MAILS_DAYS: i64 = 7;

/// Writes the digests that are due. Returns how many members were looked at. When all are done for the day, this process does not
/// ask the database again before the next morning.
///
/// # Errors
/// Those of the database.
pub async fn step(app: &Arc<App>) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let today = almaty::local_date(now);
    let morning = almaty::at_local(today, HOUR, 0);
    if now < morning || *app.digest_day.read().unwrap_or_else(PoisonError::into_inner) == Some(today) {
        return Ok(0);
    }
    let mut looked_at = 0;
    if is_working(app, today).await? {
        let members = app.db.read("digests_due", move |connection| {
            let before = morning.naive_utc();
            Ok::<_, ServiceError>(digest::members_without(connection, DIGEST, today, DIGEST, before)?)
        });
        for member in members.await? {
            let id = member.id.clone();
            match tell(app, member, today, now).await {
                Ok(()) => looked_at += 1,
                Err(error @ ServiceError::Unavailable(_)) => return Err(error),
                // One digest that cannot be made must not hold up the others, nor be tried every few seconds.
                Err(error) => {
                    tracing::error!(%error, member = id, "a morning digest cannot be made; it is left out today");
                }
            }
        }
    }
    *app.digest_day.write().unwrap_or_else(PoisonError::into_inner) = Some(today);
    Ok(looked_at)
}

/// By the calendar in force: another process may have changed this very day.
async fn is_working(app: &Arc<App>, today: NaiveDate) -> Result<bool, ServiceError> {
    Ok(calendar::latest(app).await?.is_working(today).unwrap_or_else(|missing| {
        tracing::error!(year = missing.year, "the calendar has no such year: there is no morning digest");
        false
    }))
}

async fn tell(app: &Arc<App>, member: StaffRow, today: NaiveDate, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let process = Arc::clone(app);
    let reader = member.clone();
    // Read before the write transaction, which would hold up others while it counts.
    let sections = app.db.read("digest", move |connection| sections(&process, connection, &reader, today, now)).await?;
    let process = Arc::clone(app);
    app.db
        .write("send_digest", move |tx| {
            let row = ReminderRow {
                subject_id: DIGEST.to_owned(),
                due_on: today,
                stage: DIGEST.to_owned(),
                recipient: member.id.clone(),
                at: now.naive_utc(),
            };
            // Another worker may have been faster.
            if outbox::note_reminder_once(tx, &row)? {
                send(&process, tx, now, &member, today, sections)?;
            }
            Ok(())
        })
        .await
}

fn send(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    member: &StaffRow,
    on: NaiveDate,
    sections: Vec<(String, DigestSection)>,
) -> Result<(), ServiceError> {
    let Some((operator_id, _)) = sections.first() else { return Ok(()) };
    let operator_id = operator_id.clone();
    let digest = Digest { on, sections: sections.into_iter().map(|(_, section)| section).collect() };
    let names: Vec<&str> = digest.sections.iter().map(|section| section.operator_name.as_str()).collect();
    let link = format!("{}/staff", app.settings.public_url);
    let mail = DeskMail::Digest(&digest);
    let composed = compose_desk(&app.texts, member.language, &member.name, &names.join(", "), &link, &mail);
    write_to_member(app, tx, now, &operator_id, member, DIGEST, composed)
}

/// What waits for the member at each operator where anything does.
fn sections(
    app: &App,
    connection: &mut AnyConnection,
    member: &StaffRow,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<(String, DigestSection)>, ServiceError> {
    let away = absences::away(connection, today)?;
    let mut roles: BTreeMap<String, Vec<Role>> = BTreeMap::new();
    for row in staff::roles_of(connection, std::slice::from_ref(&member.id))? {
        roles.entry(row.operator_id).or_default().push(row.role);
    }
    let mut sections = Vec::new();
    for (operator_id, roles) in roles {
        let Some(operator) = app.operator(&operator_id) else { continue };
        if is_told_instead(connection, &away, &operator_id, &member.id, roles.contains(&Role::Dpo))? {
            continue;
        }
        let reader = Reader { app, operator, member, roles: &roles, away: &away, today, now };
        let parts = reader.parts(connection)?;
        if !parts.is_empty() {
            let operator_name = operator.names.get(member.language).to_owned();
            sections.push((operator_id, DigestSection { operator_name, parts }));
        }
    }
    Ok(sections)
}

/// Whether a member is away and somebody else is told in their place. For a DPO that is only another DPO: what is shown to whoever
/// oversees requests would otherwise be told to nobody.
fn is_told_instead(
    connection: &mut AnyConnection,
    away: &Away,
    operator_id: &str,
    member_id: &str,
    oversees: bool,
) -> Result<bool, ServiceError> {
    let Some(acting) = away.acting(operator_id, member_id).filter(|acting| *acting != member_id) else {
        return Ok(false);
    };
    if !oversees {
        return Ok(true);
    }
    let dpos = staff::with_role(connection, operator_id, &[Role::Dpo])?;
    Ok(dpos.iter().any(|dpo| dpo.id == acting))
}

/// A member at one operator.
struct Reader<'a> {
    app: &'a App,
    operator: &'a Operator,
    member: &'a StaffRow,
    roles: &'a [Role],
    away: &'a Away,
    today: NaiveDate,
    now: DateTime<Utc>,
}

impl Reader<'_> {
    fn parts(&self, connection: &mut AnyConnection) -> Result<Vec<DigestPart>, ServiceError> {
        let oversees = self.roles.contains(&Role::Dpo);
        if !oversees && !self.roles.contains(&Role::Agent) {
            return Ok(Vec::new());
        }
        // Requests of colleagues for whom the member stands in are the member's too.
        let mut own = self.away.stood_in_by(&self.operator.id, &self.member.id);
        own.push(self.member.id.clone());
        let now = self.now.naive_utc();
        let week = self.today.checked_add_days(Days::new(6)).unwrap_or(self.today);
        let mut parts = Vec::new();
        let mut add = |part: Part, wanted: &Wanted<'_>, unless: i64| -> Result<i64, ServiceError> {
            let found = digest::find(connection, &self.operator.id, wanted, NAMED)?;
            let count = found.count;
            // The same requests again would say nothing new.
            if count > unless {
                parts.push(self.part(part, found));
            }
            Ok(count)
        };
        let due_today = add(Part::DueToday, &Wanted::Due(&own, self.today, self.today), 0)?;
        add(Part::DueWeek, &Wanted::Due(&own, self.today, week), due_today)?;
        let overdue = add(Part::Overdue, &Wanted::Overdue(Some(&own), now), 0)?;
        if oversees {
            add(Part::OverdueAll, &Wanted::Overdue(None, now), overdue)?;
        }
        add(Part::Unassigned, &Wanted::Unassigned, 0)?;
        if oversees {
            let single = self.operator.options.single_person_approval;
            let not_by = (!single).then_some(self.member.id.as_str());
            add(Part::Approval, &Wanted::Approval { not_by }, 0)?;
        }
        add(Part::DeadMails, &Wanted::DeadMails((!oversees).then_some(own.as_slice())), 0)?;
        if oversees {
            add(Part::ToPost, &Wanted::ToPost, 0)?;
            let since = (self.now - Duration::days(STAFF_MAILS_DAYS)).naive_utc();
            let count = digest::dead_staff_mails(connection, &self.operator.id, since)?;
            if count > 0 {
                parts.push(DigestPart { part: Part::DeadStaffMails, count, lines: Vec::new() });
            }
        }
        Ok(parts)
    }

    fn part(&self, part: Part, found: Found) -> DigestPart {
        let line = |(reference, kind, due_on): (String, _, _)| {
            let link = format!("{}/staff/requests/{reference}", self.app.settings.public_url);
            Line { reference, kind, due_on, link }
        };
        DigestPart { part, count: found.count, lines: found.first.into_iter().map(line).collect() }
    }
}
