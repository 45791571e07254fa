//! The review desk: the queue, search, counts, a request as staff see it, and its history.

mod queue;

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::json;

pub use queue::{Counts, Due, FEW, Page, QueueQuery, SearchForm, SortBy, counts, day_of, list, page_size, search};

use super::actions::standing;
use super::case::request_key;
use super::error::ServiceError;
use super::requester::{load_draft, open_contents};
use super::sign_in::Member;
use super::views::{
    AbsentView, AssigneeView, Beside, DeputyView, EventView, Loaded, StaffView, event_views, staff_view,
};
use crate::app::App;
use crate::domain::almaty::local_date;
use crate::domain::permission::Permission;
use crate::domain::vocabulary::Role;
use crate::ids::new_id;
use crate::storage::requests::RequestRow;
use crate::storage::staff::{AuditRow, note_audit};
use crate::storage::{AnyConnection, absences, attachments, clocks, events, requests, staff};

/// The names of some members.
///
/// # Errors
/// Those of the database.
fn members(connection: &mut AnyConnection, mut ids: Vec<String>) -> Result<Vec<AssigneeView>, ServiceError> {
    ids.sort();
    ids.dedup();
    let rows = staff::by_ids(connection, &ids)?;
    Ok(rows.into_iter().map(|row| AssigneeView { id: row.id, name: row.name, absent: None }).collect())
}

/// Says of assignees, given with the operators of their requests, until when they are away today and who stands in.
///
/// # Errors
/// Those of the database.
fn note_absences(
    connection: &mut AnyConnection,
    today: NaiveDate,
    assignees: &mut [(String, &mut AssigneeView)],
) -> Result<(), ServiceError> {
    let away = absences::away(connection, today)?;
    let deputies: Vec<String> = away.deputies().map(ToOwned::to_owned).collect();
    if deputies.is_empty() {
        return Ok(());
    }
    let names = staff::by_ids(connection, &deputies)?;
    for (operator, assignee) in assignees {
        assignee.absent = away.until(&assignee.id).map(|until| {
            let acting = away.acting(operator, &assignee.id);
            let deputy = names.iter().find(|row| Some(row.id.as_str()) == acting);
            AbsentView { until, deputy: deputy.map(|row| DeputyView { id: row.id.clone(), name: row.name.clone() }) }
        });
    }
    Ok(())
}

/// Writes a line of the audit trail about a member.
///
/// # Errors
/// Those of the database.
pub fn audit(
    app: &App,
    tx: &mut AnyConnection,
    member: &Member,
    action: &str,
    (operator_id, request_id): (Option<String>, Option<String>),
    reason: &str,
    data: &serde_json::Value,
) -> Result<(), ServiceError> {
    let now = app.clock.now();
    note_audit(
        tx,
        &AuditRow {
            id: new_id(now),
            at: now.naive_utc(),
            action: action.to_owned(),
            actor_kind: "staff".to_owned(),
            actor_id: Some(member.id.clone()),
            operator_id,
            request_id,
            reason: Some(reason.to_owned()),
            data: data.to_string(),
            about_id: None,
        },
    )?;
    Ok(())
}

/// A request as this member sees it. A look at personal data writes its audit line in the same transaction.
///
/// # Errors
/// `NotFound` for requests of other operators.
pub async fn view(app: &Arc<App>, member: Member, reference: String) -> Result<StaffView, ServiceError> {
    let process = Arc::clone(app);
    app.db
        .write("staff_view", move |tx| {
            let row = requests::by_reference(tx, &reference)?.ok_or(ServiceError::NotFound)?;
            staff_view_of(&process, tx, &row, &member, "view")
        })
        .await
}

/// Builds the view of a member and notes the look.
///
/// # Errors
/// `NotFound` for requests of other operators.
pub fn staff_view_of(
    app: &App,
    tx: &mut AnyConnection,
    row: &RequestRow,
    member: &Member,
    on: &str,
) -> Result<StaffView, ServiceError> {
    let standing = standing(member, row);
    if !standing.is_member() {
        return Err(ServiceError::NotFound);
    }
    // Of a request whose data was destroyed there is nothing left to open.
    let destroyed = row.destroyed_at.is_some();
    let opens = !destroyed && note_look(app, tx, row, member, on)?;
    let key = if destroyed { None } else { Some(request_key(app, tx, &row.id)?) };
    let contents = key.as_ref().map(|key| open_contents(row, key)).transpose()?;
    let opening = key.as_ref().filter(|_| opens);
    let answer = opening.map(|key| load_draft(tx, &row.id, key)).transpose()?.flatten();
    let people = [&row.assignee_id, &row.recorder_id, &row.verifier_id, &row.proposer_id, &row.approver_id];
    let members = members(tx, people.into_iter().flatten().cloned().collect())?;
    let loaded = Loaded {
        row,
        clocks: &clocks::of_request(tx, &row.id)?,
        events: &[],
        messages: &events::messages_of(tx, &row.id)?,
        attachments: &attachments::of_request(tx, &row.id)?,
    };
    let now = app.clock.now();
    let mut assignee = members.iter().find(|member| Some(&member.id) == row.assignee_id.as_ref()).cloned();
    if let Some(assignee) = &mut assignee {
        note_absences(tx, local_date(now), &mut [(row.operator_id.clone(), assignee)])?;
    }
    let beside = Beside { assignee, loaded, contents: contents.as_ref(), answer, members: &members, standing, now };
    let mut view = staff_view(app, member.language, opening, beside)?;
    let is_own = row.proposer_id.as_deref() == Some(member.id.as_str());
    if is_own && !app.operator(&row.operator_id).is_some_and(|operator| operator.options.single_person_approval) {
        view.actions.retain(|action| *action != "approve");
    }
    Ok(view)
}

/// Whether the member may open personal data; if so, the look is noted with its reason.
///
/// # Errors
/// Those of the database.
pub(super) fn note_look(
    app: &App,
    tx: &mut AnyConnection,
    row: &RequestRow,
    member: &Member,
    on: &str,
) -> Result<bool, ServiceError> {
    note_look_with(app, tx, row, member, &json!({"on": on}))
}

/// The same with more that is known of the look.
///
/// # Errors
/// Those of the database.
pub(super) fn note_look_with(
    app: &App,
    tx: &mut AnyConnection,
    row: &RequestRow,
    member: &Member,
    look: &serde_json::Value,
) -> Result<bool, ServiceError> {
    let standing = standing(member, row);
    let opens = standing.may(Permission::OpenPersonalData);
    if opens {
        let reason = match standing.assigned {
            true if row.assignee_id.as_deref() == Some(member.id.as_str()) => "assignment",
            true => "deputy",
            false => "role",
        };
        let about = (Some(row.operator_id.clone()), Some(row.id.clone()));
        audit(app, tx, member, "open_request", about, reason, look)?;
    }
    Ok(opens)
}

/// The full history of a request, oldest first; masked as the view is.
///
/// # Errors
/// `NotFound` for requests of other operators.
pub async fn history(app: &Arc<App>, member: Member, reference: String) -> Result<Page<EventView>, ServiceError> {
    let process = Arc::clone(app);
    app.db
        .write("staff_events", move |tx| {
            let row = requests::by_reference(tx, &reference)?.ok_or(ServiceError::NotFound)?;
            if !standing(&member, &row).is_member() {
                return Err(ServiceError::NotFound);
            }
            let opens = row.destroyed_at.is_none() && note_look(&process, tx, &row, &member, "events")?;
            let key = if opens { Some(request_key(&process, tx, &row.id)?) } else { None };
            let rows = events::of_request(tx, &row.id)?;
            Ok(Page { items: event_views(&process, member.language, &rows, key.as_ref())?, next_cursor: None })
        })
        .await
}

/// Who can have requests of an operator: its agents and DPOs whose accounts are open, by name.
///
/// # Errors
/// `NotFound` for operators at which the member has no role.
pub async fn colleagues(app: &Arc<App>, member: &Member, operator: &str) -> Result<Vec<AssigneeView>, ServiceError> {
    if !member.is_member_of(operator) {
        return Err(ServiceError::NotFound);
    }
    let operator = operator.to_owned();
    app.db
        .read("colleagues", move |connection| {
            let mut rows = staff::with_role(connection, &operator, &[Role::Agent, Role::Dpo])?;
            rows.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
            Ok(rows.into_iter().map(|row| AssigneeView { id: row.id, name: row.name, absent: None }).collect())
        })
        .await
}

/// The version of a request now; nobody looks at its contents by that.
///
/// # Errors
/// `NotFound` for requests of other operators.
pub async fn version(app: &Arc<App>, member: &Member, reference: &str) -> Result<i64, ServiceError> {
    let (member, reference) = (member.clone(), reference.to_owned());
    app.db
        .read("version", move |connection| {
            let row = requests::by_reference(connection, &reference)?.ok_or(ServiceError::NotFound)?;
            if standing(&member, &row).is_member() { Ok(row.version) } else { Err(ServiceError::NotFound) }
        })
        .await
}

/// Whether the request exists for this member at all.
///
/// # Errors
/// `NotFound` for requests of other operators.
pub async fn check_member(app: &Arc<App>, member: &Member, reference: &str) -> Result<(), ServiceError> {
    let (member, reference) = (member.clone(), reference.to_owned());
    app.db
        .read("check_member", move |connection| {
            let row = requests::by_reference(connection, &reference)?.ok_or(ServiceError::NotFound)?;
            if standing(&member, &row).is_member() { Ok(()) } else { Err(ServiceError::NotFound) }
        })
        .await
}
