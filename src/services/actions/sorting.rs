//! Taking, asking, noting: what brings a request to where it belongs.

use serde_json::json;

use super::{AssignForm, ConsumerForm, DocumentsForm, ReasonForm};
use crate::domain::event::EventKind;
use crate::domain::lifecycle::Action;
use crate::domain::permission::{Permission, Standing};
use crate::domain::vocabulary::{Blocking, ClockName, ClockState, Kind, Role, Status};
use crate::mail::compose::{RequesterMail, StaffMail};
use crate::services::case::Case;
use crate::services::error::{Refusal, ServiceError};
use crate::services::requester::{TextForm, cancel_case, checked_text, take_message};
use crate::services::sign_in::Member;
use crate::storage::{post, staff};

/// Assigns the request. Whoever takes one that somebody else has just taken is told who.
pub(super) fn assign(
    case: &mut Case<'_>,
    member: &Member,
    standing: Standing,
    form: &AssignForm,
) -> Result<bool, ServiceError> {
    let oversees = standing.may(Permission::Oversee);
    let wanted = match form.assignee.as_deref() {
        Some("me") => Some(member.id.clone()),
        other => other.map(ToOwned::to_owned),
    };
    if case.row.assignee_id == wanted {
        return Ok(false);
    }
    if !oversees {
        if let Some(current) = case.row.assignee_id.clone().filter(|_| !standing.assigned) {
            let who = staff::by_id(case.tx, &current)?;
            let name = who.map(|who| who.name).unwrap_or_default();
            let assignee = json!({"id": current, "name": name});
            return Err(Refusal::new("already_assigned", 409).with("who", name).extra("assignee", assignee).into());
        }
        if wanted.as_ref().is_some_and(|id| *id != member.id) {
            return Err(ServiceError::forbidden());
        }
    }
    let assignee = wanted.as_deref().map(|id| fit_member(case, id)).transpose()?;
    let before = case.row.assignee_id.clone();
    case.row.assignee_id.clone_from(&wanted);
    case.record(EventKind::Assigned, json!({"from": before, "to": wanted}), None)?;
    if assignee.is_some_and(|assignee| assignee.id != member.id && !form.quietly) {
        let link = case.staff_link();
        // Who stands in hears of it when the assignee is away.
        for acting in case.responsible()?.into_iter().filter(|acting| acting.id != member.id) {
            case.mail_member("assigned", &acting, &StaffMail::Assigned { link: &link, by: &member.name })?;
        }
    }
    Ok(true)
}

/// A member who may work requests of this operator and whose account is not disabled.
fn fit_member(case: &mut Case<'_>, id: &str) -> Result<staff::StaffRow, ServiceError> {
    let members = staff::with_role(case.tx, &case.row.operator_id, &[Role::Agent, Role::Dpo])?;
    members
        .into_iter()
        .find(|member| member.id == id)
        .ok_or_else(|| ServiceError::field("/assignee", "not_one_of").map_args("allowed", "me, null, id"))
}

/// Asks the requester something; where the request was is remembered.
pub(super) fn ask(case: &mut Case<'_>, form: &TextForm) -> Result<(), ServiceError> {
    let text = checked_text("/text", &form.text)?;
    let from = case.row.status;
    case.go("ask", Action::Ask)?;
    case.row.return_status = Some(from);
    if case.row.kind == Kind::Correction {
        case.meet_clock(ClockName::DocumentRequest, "ask");
    }
    let message = case.add_message("question", &text)?;
    case.record(EventKind::QuestionAsked, json!({"message": message}), None)?;
    let link = case.requester_link()?;
    case.mail_requester("question", &RequesterMail::Question { link: &link })?;
    Ok(())
}

/// Records a reply that came another way.
pub(super) fn reply(case: &mut Case<'_>, form: &TextForm) -> Result<(), ServiceError> {
    let text = checked_text("/text", &form.text)?;
    if case.row.status != Status::Clarification {
        return Err(ServiceError::invalid_transition(case.row.status, "reply"));
    }
    take_message(case, &text)?;
    Ok(())
}

/// Begins the work.
pub(super) fn start(case: &mut Case<'_>) -> Result<(), ServiceError> {
    case.go("start", Action::Start)?;
    case.record(EventKind::WorkStarted, json!({}), None)?;
    let link = case.requester_link()?;
    case.mail_requester("work_started", &RequesterMail::WorkStarted { link: &link })?;
    Ok(())
}

/// Closes the request on the requester's word.
pub(super) fn cancel(case: &mut Case<'_>, form: &ReasonForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    cancel_case(case, Some(&reason))
}

/// It is no request: spam, or a test.
pub(super) fn dismiss(case: &mut Case<'_>, form: &ReasonForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    case.go("dismiss", Action::Dismiss)?;
    case.record(EventKind::Dismissed, json!({}), Some(&reason))?;
    // First the block: while there is one, the clock of lifting it stays open.
    if case.row.blocking == Blocking::Provisional {
        case.row.blocking = Blocking::None;
        case.meet_clock(ClockName::Unblocking, "dismiss");
        case.record(EventKind::BlockLifted, json!({"by": "dismiss"}), None)?;
    }
    case.void_open_clocks("dismiss");
    // What was no request gets no letter.
    Ok(post::withdraw(case.tx, &case.row.id)?)
}

/// The documents of a correction arrived: its clock starts. It runs already when more of them arrive, when they arrive after it was
/// decided to do without them, or when they turn out to have come earlier than was recorded; it never ends later for that.
pub(super) fn documents_received(case: &mut Case<'_>, form: &DocumentsForm) -> Result<(), ServiceError> {
    let at = form.received_at.unwrap_or(case.now);
    if at > case.now {
        return Err(ServiceError::field("/received_at", "date_in_future"));
    }
    if at < case.row.received_at.and_utc() {
        return Err(ServiceError::field("/received_at", "date_too_early"));
    }
    if case.row.kind == Kind::Correction && case.row.documents_at.is_some() {
        return more_documents(case, at);
    }
    documents(case, "documents_received", at)?;
    case.record(EventKind::DocumentsReceived, json!({"received_at": at}), None)
}

/// A file arrived at a correction that waits for documents: its clock starts (Law No. 94-V, art. 25(2)(8), one working day). Files of
/// other requests, and further ones, start nothing; staff can put the day right by `documents_received`.
///
/// # Errors
/// Those of the vault and of the database.
pub fn document_arrived(case: &mut Case<'_>, attachment: &str) -> Result<(), ServiceError> {
    if case.row.kind != Kind::Correction || case.row.documents_at.is_some() {
        return Ok(());
    }
    documents(case, "documents_received", case.now)?;
    case.record(EventKind::DocumentsReceived, json!({"received_at": case.now, "attachment": attachment}), None)
}

fn more_documents(case: &mut Case<'_>, at: chrono::DateTime<chrono::Utc>) -> Result<(), ServiceError> {
    let known = case.row.documents_at;
    if known == Some(at.naive_utc()) && !case.row.documents_waived {
        return Err(ServiceError::invalid_transition(case.row.status, "documents_received"));
    }
    if case.row.documents_waived || known.is_some_and(|known| at.naive_utc() < known) {
        case.row.documents_at = Some(at.naive_utc());
    }
    case.row.documents_waived = false;
    case.record(
        EventKind::DocumentsReceived,
        json!({"received_at": at, "before": known.map(|at| at.and_utc())}),
        None,
    )?;
    let running = case.clock(ClockName::Correction).filter(|clock| clock.state == ClockState::Running).cloned();
    let later = running.filter(|clock| clock.started_at.is_some_and(|started| at.naive_utc() < started));
    if let Some(moved) = later.map(|clock| case.count_anew(clock, Some(at))).transpose()?.flatten() {
        let data = json!({"clock": moved.clock, "from": moved.from, "to": moved.to, "by": "documents_received"});
        case.record(EventKind::ClockRecounted, data, None)?;
    }
    Ok(())
}

/// The correction can be decided without documents: its clock starts now.
pub(super) fn waive_documents(case: &mut Case<'_>) -> Result<(), ServiceError> {
    documents(case, "waive_documents", case.now)?;
    case.row.documents_waived = true;
    case.record(EventKind::DocumentsWaived, json!({}), None)
}

fn documents(case: &mut Case<'_>, by: &str, at: chrono::DateTime<chrono::Utc>) -> Result<(), ServiceError> {
    if case.row.kind != Kind::Correction || case.row.documents_at.is_some() {
        return Err(ServiceError::invalid_transition(case.row.status, by));
    }
    case.row.documents_at = Some(at.naive_utc());
    case.meet_clock(ClockName::DocumentRequest, by);
    case.start_clock(ClockName::Correction, at)
}

/// Marks a claim as a consumer's, or takes the mark away.
pub(super) fn mark_consumer(case: &mut Case<'_>, form: &ConsumerForm) -> Result<(), ServiceError> {
    if case.row.kind != Kind::Claim || case.row.consumer == form.consumer {
        return Err(ServiceError::invalid_transition(case.row.status, "mark_consumer"));
    }
    case.row.consumer = form.consumer;
    if form.consumer {
        case.start_clock(ClockName::ConsumerClaim, case.row.received_at.and_utc())?;
    } else {
        case.void_clock(ClockName::ConsumerClaim, "mark_consumer");
    }
    case.record(EventKind::ConsumerMarked, json!({"consumer": form.consumer}), None)
}

/// Keeps a note among staff.
pub(super) fn note(case: &mut Case<'_>, form: &TextForm) -> Result<(), ServiceError> {
    let text = checked_text("/text", &form.text)?;
    let message = case.add_message("note", &text)?;
    case.record(EventKind::NoteAdded, json!({"message": message}), None)
}
