//! Blocking beside the status, and what is known of a violation (Law 94-V art. 25(2)(8)).

use serde::Deserialize;
use serde_json::json;

use super::ReasonForm;
use crate::domain::event::EventKind;
use crate::domain::vocabulary::{Blocking, Capacity, ClockName, Kind, Violation};
use crate::mail::compose::RequesterMail;
use crate::services::case::Case;
use crate::services::error::ServiceError;
use crate::services::requester::checked_text;
use crate::storage::events;

/// Blocks for the time of the check; or puts a block into effect that the profile set at receipt and nobody has confirmed yet.
pub(super) fn block(case: &mut Case<'_>, form: &ReasonForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    if case.row.blocking != Blocking::None && !awaits_effect(case)? {
        return Err(ServiceError::invalid_transition(case.row.status, "block"));
    }
    case.row.blocking = Blocking::Provisional;
    case.meet_clock(ClockName::Blocking, "block");
    case.await_clock(ClockName::Unblocking)?;
    case.record(EventKind::BlockSet, json!({"blocking": "provisional"}), Some(&reason))?;
    let link = case.requester_link()?;
    case.mail_requester("block_set", &RequesterMail::BlockSet { link: &link, provisional: true })?;
    Ok(())
}

/// Whether the block is one that the profile set, at receipt or at another kind, and that neither a proven address nor staff have put into effect.
///
/// # Errors
/// Those of the database.
pub fn awaits_effect(case: &mut Case<'_>) -> Result<bool, ServiceError> {
    if case.row.blocking != Blocking::Provisional
        || case.row.email_confirmed_at.is_some()
        || case.row.identity_confirmed_at.is_some()
        || case.row.capacity == Capacity::AuthorisedBody
    {
        return Ok(false);
    }
    // Any later one put it into effect.
    Ok(last_block(case)?.is_some_and(|set| set.by.as_deref() == Some("profile") && set.in_effect == Some(false)))
}

/// What the event of a block says.
#[derive(Deserialize)]
struct BlockSet {
    /// The profile's promise, or what put it into effect; nothing when staff set it.
    by: Option<String>,
    /// Whether a promised block was in effect at once.
    in_effect: Option<bool>,
}

/// What the history says of the block that was set last.
fn last_block(case: &mut Case<'_>) -> Result<Option<BlockSet>, ServiceError> {
    let block_set = EventKind::BlockSet.as_str();
    let events = events::of_request(case.tx, &case.row.id)?;
    let last = events.iter().rev().find(|event| event.kind == block_set);
    Ok(last.map(|event| serde_json::from_str(&event.data)).transpose()?)
}

/// Whether the block that stands was set by the profile's promise, and not by staff.
///
/// # Errors
/// Those of the database.
pub fn was_set_by_promise(case: &mut Case<'_>) -> Result<bool, ServiceError> {
    // Staff give a reason and name nothing else; what put a promised block into effect is named.
    Ok(case.row.blocking == Blocking::Provisional && last_block(case)?.is_some_and(|set| set.by.is_some()))
}

/// Somebody vouches for the request: the block that was recorded at receipt reaches the operator's systems from now on.
///
/// # Errors
/// Those of the vault and of the database.
pub fn take_effect(case: &mut Case<'_>, by: &str) -> Result<(), ServiceError> {
    case.meet_clock(ClockName::Blocking, by);
    case.record(EventKind::BlockSet, json!({"blocking": "provisional", "by": by}), None)?;
    let link = case.requester_link()?;
    case.mail_requester("block_set", &RequesterMail::BlockSet { link: &link, provisional: true })?;
    Ok(())
}

/// Lifts the block; also after a final status.
pub(super) fn unblock(case: &mut Case<'_>, form: &ReasonForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    if case.row.blocking == Blocking::None {
        return Err(ServiceError::invalid_transition(case.row.status, "unblock"));
    }
    lift(case, "unblock", Some(&reason))
}

/// Lifts the block and tells the requester.
pub(super) fn lift(case: &mut Case<'_>, by: &str, reason: Option<&str>) -> Result<(), ServiceError> {
    case.row.blocking = Blocking::None;
    case.meet_clock(ClockName::Unblocking, by);
    case.void_clock(ClockName::Unblocking, by);
    case.record(EventKind::BlockLifted, json!({"by": by}), reason)?;
    let link = case.requester_link()?;
    case.mail_requester("block_lifted", &RequesterMail::BlockLifted { link: &link })?;
    Ok(())
}

/// Staff see signs of a violation that the requester did not name: the clock of blocking starts.
pub(super) fn mark_violation(case: &mut Case<'_>, form: &ReasonForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    if case.row.violation != Violation::None {
        return Err(ServiceError::invalid_transition(case.row.status, "mark_violation"));
    }
    case.row.violation = Violation::Alleged;
    start_blocking_clock(case)?;
    case.record(EventKind::ViolationMarked, json!({}), Some(&reason))
}

/// The violation is confirmed: data that is to be deleted is now to be destroyed within the law's term.
pub(super) fn confirm_violation(case: &mut Case<'_>) -> Result<(), ServiceError> {
    if matches!(case.row.violation, Violation::Confirmed | Violation::Dismissed) {
        return Err(ServiceError::invalid_transition(case.row.status, "confirm_violation"));
    }
    case.row.violation = Violation::Confirmed;
    start_blocking_clock(case)?;
    case.void_clock(ClockName::Unblocking, "confirm_violation");
    if case.row.kind == Kind::Deletion {
        case.start_clock(ClockName::Destruction, case.now)?;
    }
    case.record(EventKind::ViolationConfirmed, json!({}), None)
}

fn start_blocking_clock(case: &mut Case<'_>) -> Result<(), ServiceError> {
    if case.row.blocking == Blocking::None { case.start_clock(ClockName::Blocking, case.now) } else { Ok(()) }
}

/// The violation is not confirmed: a block is to be lifted within the law's term.
pub(super) fn dismiss_violation(case: &mut Case<'_>) -> Result<(), ServiceError> {
    let blocked = case.row.blocking != Blocking::None;
    let alleged = case.row.violation == Violation::Alleged;
    let undecided = alleged || case.row.violation == Violation::None;
    if !undecided || !(alleged || blocked) {
        return Err(ServiceError::invalid_transition(case.row.status, "dismiss_violation"));
    }
    case.row.violation = Violation::Dismissed;
    if blocked {
        case.start_clock(ClockName::Unblocking, case.now)?;
    }
    case.record(EventKind::ViolationDismissed, json!({}), None)
}
