//! Absences of members: marked with dates and a deputy, ended early, listed. What follows from them is derived: see
//! [`crate::domain::absence`].

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::desk::Page;
use super::error::{Refusal, ServiceError};
use super::idempotency::{IdempotencyKey, earlier_call, remember};
use super::sign_in::{By, Member, note};
use super::staff_mail::write_desk_mail;
use super::views::DeputyView;
use crate::app::App;
use crate::domain::almaty::local_date;
use crate::domain::intake::FieldError;
use crate::domain::permission::Permission;
use crate::domain::vocabulary::Role;
use crate::ids::{is_id, new_id};
use crate::mail::compose::DeskMail;
use crate::storage::absences::{self, AbsenceRow};
use crate::storage::staff::{self, RoleRow, StaffRow};
use crate::storage::{AnyConnection, queue};

/// An absence lasts so many days at most, and begins at most so many days from today.
const MOST_DAYS: i64 = 366;

/// The days on which a member is away, as sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceForm {
    /// The first local day; it may be over.
    pub from: NaiveDate,
    /// The last local day: today or later, and at most 366 days with the first one.
    pub until: NaiveDate,
    /// Who stands in: agent or DPO at every operator at which the member is one of these.
    pub deputy_id: String,
}

/// The days on which a member is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbsenceView {
    /// Its id.
    pub id: String,
    /// The first local day.
    pub from: NaiveDate,
    /// The last local day.
    pub until: NaiveDate,
    /// Who was named to stand in.
    pub deputy: DeputyView,
    /// When it was marked.
    pub created_at: DateTime<Utc>,
    /// When it was ended before its last day.
    pub ended_at: Option<DateTime<Utc>>,
}

fn views(connection: &mut AnyConnection, rows: Vec<AbsenceRow>) -> Result<Vec<AbsenceView>, ServiceError> {
    let deputies: Vec<String> = rows.iter().map(|row| row.deputy_id.clone()).collect();
    let names = staff::by_ids(connection, &deputies)?;
    let view = |row: AbsenceRow| {
        let name = names.iter().find(|member| member.id == row.deputy_id).map(|member| member.name.clone());
        AbsenceView {
            id: row.id,
            from: row.from_on,
            until: row.until_on,
            deputy: DeputyView { id: row.deputy_id, name: name.unwrap_or_default() },
            created_at: row.created_at.and_utc(),
            ended_at: row.ended_at.map(|at| at.and_utc()),
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

fn view(connection: &mut AnyConnection, row: AbsenceRow) -> Result<AbsenceView, ServiceError> {
    views(connection, vec![row])?.pop().ok_or(ServiceError::NotFound)
}

/// The absences that hold on a local day, each with the member who is away.
///
/// # Errors
/// Those of the database.
pub fn current(connection: &mut AnyConnection, today: NaiveDate) -> Result<Vec<(String, AbsenceView)>, ServiceError> {
    let rows = absences::on(connection, today)?;
    let who: Vec<String> = rows.iter().map(|row| row.staff_id.clone()).collect();
    Ok(who.into_iter().zip(views(connection, rows)?).collect())
}

/// The absence of a member that holds today.
///
/// # Errors
/// Those of the database.
pub async fn current_of(app: &Arc<App>, member: &Member) -> Result<Option<AbsenceView>, ServiceError> {
    let (id, today) = (member.id.clone(), local_date(app.clock.now()));
    let all = app.db.read("current_absence", move |connection| current(connection, today)).await?;
    Ok(all.into_iter().find(|(who, _)| *who == id).map(|(_, absence)| absence))
}

/// A page of the absences of a member, newest first; over and ended ones too. `cursor` is where the last page ended.
///
/// # Errors
/// `NotFound` and 403 `forbidden` as for [`mark`]; 422 `invalid_cursor` when `cursor` is no id.
pub async fn list(
    app: &Arc<App>,
    member: Member,
    staff_id: String,
    cursor: Option<String>,
    limit: usize,
) -> Result<Page<AbsenceView>, ServiceError> {
    let before = cursor.filter(|cursor| !cursor.is_empty());
    if before.as_deref().is_some_and(|before| !is_id(before)) {
        return Err(ServiceError::field("/query/cursor", "invalid_cursor"));
    }
    app.db
        .read("absences", move |connection| {
            let whom = whom(connection, &member, &staff_id)?;
            // One more than asked for tells whether there is a next page.
            let most = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
            let mut rows = absences::of_staff(connection, &whom.id, before.as_deref(), most)?;
            let has_more = rows.len() > limit;
            rows.truncate(limit);
            let next_cursor = rows.last().filter(|_| has_more).map(|row| row.id.clone());
            Ok(Page { items: views(connection, rows)?, next_cursor })
        })
        .await
}

/// Marks a member as absent, and tells the deputy. Under an `Idempotency-Key` a call that was answered before gives the absence
/// again. Also says whether it was answered before.
///
/// # Errors
/// `Invalid` for dates that cannot be and for a deputy who is not fit; 409 `absence_overlaps`; `forbidden` for whoever is neither
/// the member, nor an administrator, nor a DPO of every operator at which the member works requests; `NotFound` for a DPO who
/// shares no operator with the member; `idempotency_conflict` for a key that came with another body.
pub async fn mark(
    app: &Arc<App>,
    member: Member,
    staff_id: String,
    form: AbsenceForm,
    idempotency: Option<IdempotencyKey>,
) -> Result<(AbsenceView, bool), ServiceError> {
    let process = Arc::clone(app);
    let answer = app
        .db
        .write("mark_absence", move |tx| put(&process, tx, &member, &staff_id, &form, idempotency.as_ref()))
        .await?;
    app.wake_worker();
    Ok(answer)
}

fn put(
    app: &App,
    tx: &mut AnyConnection,
    member: &Member,
    staff_id: &str,
    form: &AbsenceForm,
    idempotency: Option<&IdempotencyKey>,
) -> Result<(AbsenceView, bool), ServiceError> {
    let now = app.clock.now();
    let earlier = earlier_call(tx, idempotency, now)?;
    // Under the lock two absences of one member cannot overlap, and nobody gives the member another role meanwhile.
    if is_id(staff_id) {
        staff::lock_by_id(tx, staff_id)?;
    }
    let absent = whom(tx, member, staff_id)?;
    if let Some(id) = earlier
        && let Some(row) = absences::by_id(tx, &id)?
    {
        return Ok((view(tx, row)?, true));
    }
    check_days(form, local_date(now))?;
    let (deputy, operators) = fit_deputy(tx, &absent, &form.deputy_id)?;
    if absences::overlaps(tx, &absent.id, form.from, form.until)? {
        return Err(Refusal::new("absence_overlaps", 409).into());
    }
    let row = AbsenceRow {
        id: new_id(now),
        staff_id: absent.id.clone(),
        deputy_id: deputy.id.clone(),
        from_on: form.from,
        until_on: form.until,
        created_at: now.naive_utc(),
        created_by: member.id.clone(),
        ended_at: None,
    };
    absences::insert(tx, &row)?;
    if let Some(idempotency) = idempotency {
        remember(tx, idempotency, &row.id, now)?;
    }
    let data = json!({
        "user_id": absent.id, "absence": row.id, "deputy_id": deputy.id, "from": form.from, "until": form.until,
    });
    note(tx, now, "absence_marked", &By::Staff(&member.id), &data)?;
    tell(app, tx, &absent, &deputy, &row, operators.first())?;
    Ok((view(tx, row)?, false))
}

/// Ends an absence before its last day. A second time it does nothing.
///
/// # Errors
/// As [`list`]; `NotFound` when the member has no such absence.
pub async fn end(app: &Arc<App>, member: Member, staff_id: String, absence_id: String) -> Result<(), ServiceError> {
    let now = app.clock.now();
    app.db
        .write("end_absence", move |tx| {
            let absent = whom(tx, &member, &staff_id)?;
            let found = if is_id(&absence_id) { absences::by_id(tx, &absence_id)? } else { None };
            let row = found.filter(|row| row.staff_id == absent.id).ok_or(ServiceError::NotFound)?;
            // What is over by itself needs no end.
            if row.until_on >= local_date(now) && absences::end(tx, &row.id, now.naive_utc())? {
                let data = json!({"user_id": absent.id, "absence": row.id});
                note(tx, now, "absence_ended", &By::Staff(&member.id), &data)?;
            }
            Ok(())
        })
        .await
}

/// The member whose absences are meant, if the caller may see and change them. A deputy opens personal data at every operator at
/// which the member works requests, so whoever names one for somebody else oversees all of these.
fn whom(connection: &mut AnyConnection, member: &Member, staff_id: &str) -> Result<StaffRow, ServiceError> {
    let oversees = member.operators_with(Permission::Oversee);
    if staff_id != member.id && !member.is_admin && oversees.is_empty() {
        return Err(ServiceError::forbidden());
    }
    if !is_id(staff_id) {
        return Err(ServiceError::NotFound);
    }
    let row = staff::by_id(connection, staff_id)?.ok_or(ServiceError::NotFound)?;
    if staff_id == member.id || member.is_admin {
        return Ok(row);
    }
    let roles = staff::roles_of(connection, std::slice::from_ref(&row.id))?;
    if !roles.iter().any(|role| member.is_member_of(&role.operator_id)) {
        return Err(ServiceError::NotFound);
    }
    let is_overseen = |role: &RoleRow| oversees.contains(&role.operator_id);
    if roles.iter().filter(|role| works(role)).all(is_overseen) && roles.iter().any(is_overseen) {
        Ok(row)
    } else {
        Err(ServiceError::forbidden())
    }
}

/// Whether requests are worked with a role.
fn works(role: &RoleRow) -> bool {
    matches!(role.role, Role::Agent | Role::Dpo)
}

fn check_days(form: &AbsenceForm, today: NaiveDate) -> Result<(), ServiceError> {
    let latest = today.checked_add_days(Days::new(MOST_DAYS.unsigned_abs())).unwrap_or(today);
    let earliest = today.checked_sub_days(Days::new(MOST_DAYS.unsigned_abs())).unwrap_or(today);
    let mut mistakes = Vec::new();
    if form.from > latest {
        mistakes.push(FieldError::new("/from", "date_too_late"));
    } else if form.from < earliest {
        mistakes.push(FieldError::new("/from", "date_too_early"));
    }
    if form.until < form.from || form.until < today {
        mistakes.push(FieldError::new("/until", "date_too_early"));
    } else if (form.until - form.from).num_days() >= MOST_DAYS {
        mistakes.push(FieldError::new("/until", "date_too_late"));
    }
    if mistakes.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(mistakes)) }
}

/// The deputy, and the operators at which they stand in.
fn fit_deputy(
    tx: &mut AnyConnection,
    absent: &StaffRow,
    deputy_id: &str,
) -> Result<(StaffRow, Vec<String>), ServiceError> {
    let unfit = || ServiceError::field("/deputy_id", "deputy_unfit");
    if !is_id(deputy_id) || deputy_id == absent.id {
        return Err(unfit());
    }
    let deputy = staff::by_id(tx, deputy_id)?.filter(|row| row.disabled_at.is_none()).ok_or_else(unfit)?;
    let roles = staff::roles_of(tx, &[absent.id.clone(), deputy.id.clone()])?;
    let at = |id: &str| -> Vec<String> {
        let mut operators: Vec<String> = roles
            .iter()
            .filter(|role| works(role))
            .filter(|role| role.staff_id == id)
            .map(|role| role.operator_id.clone())
            .collect();
        operators.dedup();
        operators
    };
    let (needed, held) = (at(&absent.id), at(&deputy.id));
    if needed.is_empty() || needed.iter().any(|operator| !held.contains(operator)) {
        return Err(unfit());
    }
    Ok((deputy, needed))
}

fn tell(
    app: &App,
    tx: &mut AnyConnection,
    absent: &StaffRow,
    deputy: &StaffRow,
    row: &AbsenceRow,
    operator: Option<&String>,
) -> Result<(), ServiceError> {
    let Some(operator) = operator else { return Ok(()) };
    let operators: Vec<String> = app.operators.iter().map(|operator| operator.id.clone()).collect();
    let open = i64::try_from(queue::open_of(tx, &operators, &absent.id)?.len()).unwrap_or(i64::MAX);
    let mail = DeskMail::StandIn { who: &absent.name, from: row.from_on, until: row.until_on, open };
    write_desk_mail(app, tx, app.clock.now(), operator, deputy, "stand_in", &mail)
}
