//! Proposing, approving and carrying out an answer.

use chrono::NaiveDate;
use serde_json::json;

use super::{CompleteForm, grants};
use crate::domain::almaty;
use crate::domain::event::EventKind;
use crate::domain::lifecycle::{Action, is_carried_out};
use crate::domain::vocabulary::{Blocking, ClockName, Kind, Outcome, Violation};
use crate::mail::compose::RequesterMail;
use crate::services::answer::{self, Draft, Proposal};
use crate::services::case::Case;
use crate::services::error::{Refusal, ServiceError};
use crate::services::requester::{TextForm, checked_text};
use crate::services::sign_in::Member;
use crate::storage::events::{self, AnswerRow};
use crate::vault::Place;

/// Proposes an answer.
pub(super) fn propose(case: &mut Case<'_>, member: &Member, proposal: &Proposal) -> Result<(), ServiceError> {
    let identity_confirmed = case.row.identity_confirmed_at.is_some() || email_was_enough(case);
    let refusal = proposal.outcome == Outcome::Refused;
    case.go("propose", Action::Propose { refusal, identity_confirmed })?;
    let rules = case.app.rules.by_id(&case.row.rule_set);
    let rules = rules.ok_or_else(|| ServiceError::Internal("the request's rule set is gone".to_owned()))?;
    let draft = answer::check(case.row.kind, rules, proposal).map_err(ServiceError::Invalid)?;
    if blocks_without_reason(case, proposal.outcome) {
        return Err(ServiceError::field("/outcome", "outcome_not_allowed"));
    }
    case.row.return_status = None;
    put_draft(case, member, proposal.outcome, &draft)
}

/// A block cannot be granted after the violation that it rests on was not confirmed.
fn blocks_without_reason(case: &Case<'_>, outcome: Outcome) -> bool {
    case.row.kind == Kind::Blocking && grants(outcome) && case.row.violation == Violation::Dismissed
}

/// Where the profile says that a proven address is enough, the request came to the review by it.
pub(super) fn email_was_enough(case: &Case<'_>) -> bool {
    case.row.email_confirmed_at.is_some() && crate::services::requester::email_is_enough(case.operator, &case.row)
}

/// Seals the draft and makes `member` its proposer.
pub(super) fn put_draft(
    case: &mut Case<'_>,
    member: &Member,
    outcome: Outcome,
    draft: &Draft,
) -> Result<(), ServiceError> {
    let sealed = case.key.seal_json(&Place::new("answers", &case.row.id, "draft"), draft)?;
    events::put_answer(
        case.tx,
        &AnswerRow {
            request_id: case.row.id.clone(),
            outcome,
            proposed_at: case.now.naive_utc(),
            proposer_id: member.id.clone(),
            sealed: Some(sealed),
        },
    )?;
    case.row.outcome = Some(outcome);
    case.row.proposer_id = Some(member.id.clone());
    let of_items = draft.decisions.iter().flat_map(|decision| &decision.grounds);
    let mut grounds: Vec<&str> = Vec::new();
    for ground in draft.grounds.iter().chain(of_items) {
        if !grounds.contains(&ground.code.as_str()) {
            grounds.push(&ground.code);
        }
    }
    case.record(EventKind::AnswerProposed, json!({"outcome": outcome, "grounds": grounds}), None)
}

/// The second pair of eyes approves. A block for the time of the check ends here: it is lifted or becomes final.
pub(super) fn approve(case: &mut Case<'_>, member: &Member) -> Result<(), ServiceError> {
    let outcome = case.row.outcome.ok_or_else(|| ServiceError::invalid_transition(case.row.status, "approve"))?;
    // Taking data out of public sources is something to carry out, whatever the kind.
    let to_carry_out = is_carried_out(case.row.kind, outcome) || (case.row.published && grants(outcome));
    case.go("approve", Action::Approve { to_carry_out })?;
    let own = case.row.proposer_id.as_deref() == Some(member.id.as_str());
    if own && !case.operator.options.single_person_approval {
        return Err(Refusal::new("four_eyes", 403).into());
    }
    // The proven address that was enough may have been put right since.
    if outcome != Outcome::Refused && case.row.identity_confirmed_at.is_none() && !email_was_enough(case) {
        return Err(Refusal::new("identity_unproven", 409).into());
    }
    if case.row.blocking == Blocking::Provisional
        && !matches!(case.row.violation, Violation::Confirmed | Violation::Dismissed)
    {
        return Err(Refusal::new("violation_undecided", 409).into());
    }
    if blocks_without_reason(case, outcome) {
        return Err(ServiceError::invalid_transition(case.row.status, "approve"));
    }
    case.row.approver_id = Some(member.id.clone());
    case.record(EventKind::Approved, json!({"outcome": outcome}), None)?;
    case.meet_clock(ClockName::DeletionDecision, "approve");
    if grants(outcome) && case.row.kind == Kind::Correction && case.row.documents_at.is_none() {
        super::sorting::waive_documents(case)?;
    }
    if grants(outcome) && case.row.kind == Kind::Deletion {
        case.start_clock(ClockName::Destruction, case.now)?;
    }
    end_provisional_block(case)?;
    if !to_carry_out {
        finish(case, outcome)?;
    }
    Ok(())
}

fn end_provisional_block(case: &mut Case<'_>) -> Result<(), ServiceError> {
    if case.row.blocking != Blocking::Provisional {
        return Ok(());
    }
    if case.row.violation == Violation::Dismissed {
        return super::blocking::lift(case, "approve", None);
    }
    case.row.blocking = Blocking::Final;
    case.meet_clock(ClockName::Blocking, "approve");
    case.void_clock(ClockName::Unblocking, "approve");
    case.record(EventKind::BlockFinal, json!({}), None)?;
    let link = case.requester_link()?;
    case.mail_requester("block_set", &RequesterMail::BlockSet { link: &link, provisional: false })?;
    Ok(())
}

/// The request is answered: the mail that says so delivers the answer.
fn finish(case: &mut Case<'_>, outcome: Outcome) -> Result<(), ServiceError> {
    case.row.answered_at = Some(case.now.naive_utc());
    case.record(EventKind::Answered, json!({"outcome": outcome}), None)?;
    let link = case.requester_link()?;
    case.mail_requester("answer_ready", &RequesterMail::AnswerReady { link: &link })?;
    Ok(())
}

/// The DPO wants the proposal changed.
pub(super) fn send_back(case: &mut Case<'_>, form: &TextForm) -> Result<(), ServiceError> {
    let text = checked_text("/text", &form.text)?;
    let identity_confirmed = case.row.identity_confirmed_at.is_some() || email_was_enough(case);
    case.go("send_back", Action::SendBack { identity_confirmed })?;
    case.row.outcome = None;
    case.row.proposer_id = None;
    case.record(EventKind::SentBack, json!({}), Some(&text))
}

/// What was granted turned out to be impossible.
pub(super) fn reopen(case: &mut Case<'_>, form: &TextForm) -> Result<(), ServiceError> {
    let text = checked_text("/text", &form.text)?;
    case.go("reopen", Action::Reopen)?;
    case.row.outcome = None;
    case.row.proposer_id = None;
    case.row.approver_id = None;
    case.record(EventKind::Reopened, json!({}), Some(&text))
}

/// The local day of the approval: nothing is carried out before it.
fn approved_on(case: &mut Case<'_>) -> Result<NaiveDate, ServiceError> {
    let approval = EventKind::Approved.as_str();
    let events = events::of_request(case.tx, &case.row.id)?;
    let last = events.iter().rev().find(|event| event.kind == approval);
    Ok(almaty::local_date(last.map_or(case.row.received_at, |event| event.at).and_utc()))
}

/// What was granted was carried out. A block freezes change and destruction too, so carrying those out lifts it.
pub(super) fn complete(case: &mut Case<'_>, form: &CompleteForm) -> Result<(), ServiceError> {
    let text = checked_text("/text", &form.text)?;
    let today = almaty::local_date(case.now);
    let done_on = form.done_on.unwrap_or(today);
    if done_on > today {
        return Err(ServiceError::field("/done_on", "date_in_future"));
    }
    if done_on < approved_on(case)? {
        return Err(ServiceError::field("/done_on", "date_too_early"));
    }
    let outcome = case.row.outcome.ok_or_else(|| ServiceError::invalid_transition(case.row.status, "complete"))?;
    case.go("complete", Action::Complete)?;
    case.meet_by_completion(if done_on == today { case.now } else { almaty::at_local(done_on, 23, 59) });
    case.record(EventKind::Completed, json!({"done_on": done_on}), Some(&text))?;
    match case.row.kind {
        Kind::Correction | Kind::Deletion if case.row.blocking != Blocking::None => {
            super::blocking::lift(case, "complete", None)?;
        }
        Kind::Blocking if case.row.blocking != Blocking::Final => {
            case.row.blocking = Blocking::Final;
            case.meet_clock(ClockName::Blocking, "complete");
            case.record(EventKind::BlockFinal, json!({}), None)?;
            let link = case.requester_link()?;
            case.mail_requester("block_set", &RequesterMail::BlockSet { link: &link, provisional: false })?;
        }
        _ => {}
    }
    finish(case, outcome)
}
