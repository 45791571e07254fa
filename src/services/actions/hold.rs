//! A legal hold: while it stands nothing of the request is destroyed, however long its term is over.

use serde_json::json;

use super::ReasonForm;
use crate::domain::event::EventKind;
use crate::services::case::Case;
use crate::services::error::{Refusal, ServiceError};
use crate::services::requester::checked_text;
use crate::services::sign_in::Member;
use crate::storage::events;

/// Sets the hold; also after a final status.
pub(super) fn set(case: &mut Case<'_>, form: &ReasonForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    if case.row.legal_hold {
        return Err(ServiceError::invalid_transition(case.row.status, "hold"));
    }
    case.row.legal_hold = true;
    case.record(EventKind::HoldSet, json!({}), Some(&reason))
}

/// Lifts the hold. Whoever set it does not lift it, whatever the profile allows for answers: what is destroyed then is gone.
pub(super) fn lift(case: &mut Case<'_>, member: &Member, form: &ReasonForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    if !case.row.legal_hold {
        return Err(ServiceError::invalid_transition(case.row.status, "release_hold"));
    }
    let set = EventKind::HoldSet.as_str();
    let events = events::of_request(case.tx, &case.row.id)?;
    let last = events.iter().rev().find(|event| event.kind == set);
    if last.and_then(|event| event.actor_id.as_deref()) == Some(member.id.as_str()) {
        return Err(Refusal::new("four_eyes", 403).into());
    }
    case.row.legal_hold = false;
    case.record(EventKind::HoldLifted, json!({}), Some(&reason))
}
