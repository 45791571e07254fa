//! What comes with a new request: the edition in force, a block by the profile's promise, the first events and mails.

use serde_json::json;

use super::{Origin, RecordPart};
use crate::domain::event::EventKind;
use crate::domain::intake::{Checked, Contents};
use crate::domain::operator::{Operator, PolicyKind};
use crate::domain::vocabulary::{Blocking, Capacity, Channel, ClockName, Ground, Kind, Role};
use crate::mail::compose::{Note, RequesterMail, StaffMail};
use crate::services::case::{CODE_MINUTES, Case};
use crate::services::error::ServiceError;

/// The edition of the operator's policy that was in force on a day: for cookies that of the cookie policy, where there is one.
#[must_use]
pub fn edition_at(operator: &Operator, about_cookies: bool, service: &str, on: chrono::NaiveDate) -> Option<String> {
    let cookies = about_cookies.then(|| operator.edition_of(PolicyKind::Cookies, service, on)).flatten();
    cookies.or_else(|| operator.edition_on(service, on)).map(|edition| edition.id.clone())
}

/// Kazteleport, policy clause 28(4), and whoever promises the same: blocked from the moment of receipt, for the time of the check.
#[must_use]
pub fn blocks_at_once(operator: &Operator, kind: Kind, grounds: &[Ground]) -> bool {
    let serious = || grounds.iter().any(|ground| ground.alleges_violation() || *ground == Ground::Inaccurate);
    operator.options.provisional_block
        && match kind {
            Kind::Blocking => true,
            Kind::Correction | Kind::Deletion => serious(),
            _ => false,
        }
}

/// What the receipt tells beside the dates.
pub(super) fn notes(operator: &Operator, checked: &Checked, origin: &Origin) -> Vec<Note> {
    let mut notes = vec![Note::NoIdCopyNeeded];
    if checked.kind == Kind::Correction
        && !matches!(origin, Origin::Staff { part: RecordPart { documents_at: Some(_), .. }, .. })
    {
        notes.push(Note::DocumentsNeeded);
    }
    if matches!(origin, Origin::Web) && blocks_at_once(operator, checked.kind, &checked.grounds) {
        notes.push(Note::ProvisionalBlockAfterConfirmation);
    }
    notes.extend(withdrawal_notes(operator, &checked.contents));
    notes
}

/// What whoever withdraws consent is told.
#[must_use]
pub fn withdrawal_notes(operator: &Operator, contents: &Contents) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(withdrawal) = &contents.withdrawal {
        let needed = operator.acknowledgements_for(withdrawal.scope);
        if needed.iter().any(|name| name == "agreement_may_end") {
            notes.push(Note::AgreementMayEnd);
        }
        let required = |id: &String| operator.cookie_category(id).is_some_and(|category| category.required);
        if withdrawal.cookie_categories.iter().flatten().any(required) {
            notes.push(Note::RequiredCookiesStay);
        }
    }
    notes
}

pub(super) fn first_events(case: &mut Case<'_>) -> Result<(), ServiceError> {
    let data = json!({
        "kind": case.row.kind, "channel": case.row.channel, "received_at": case.row.received_at.and_utc(),
        "service": case.row.service, "edition": case.row.edition, "rule_set": case.row.rule_set,
        "possible_duplicate_of": case.row.duplicate_of, "identity_confirmed": case.row.identity_confirmed_at.is_some(),
    });
    let kind = if case.row.channel == Channel::Web { EventKind::Received } else { EventKind::Recorded };
    case.record(kind, data, None)?;
    if case.row.identity_confirmed_at.is_some() {
        case.record(EventKind::IdentityConfirmed, json!({"method": "in_person"}), None)?;
    }
    if case.row.blocking == Blocking::Provisional {
        // Staff know who stands before them, or whose letter it is: nobody has to prove an address first.
        let in_effect = case.row.identity_confirmed_at.is_some() || case.row.capacity == Capacity::AuthorisedBody;
        if in_effect {
            case.meet_clock(ClockName::Blocking, "block");
        }
        case.record(
            EventKind::BlockSet,
            json!({"blocking": "provisional", "by": "profile", "in_effect": in_effect}),
            None,
        )?;
    }
    Ok(())
}

pub(super) fn first_mails(case: &mut Case<'_>, notes: &[Note]) -> Result<(), ServiceError> {
    let code = if case.row.channel == Channel::Web { Some(case.issue_code()?) } else { None };
    let link = case.requester_link()?;
    let mail = RequesterMail::Receipt { code: code.as_deref(), code_minutes: CODE_MINUTES, link: &link, notes };
    case.mail_requester("receipt", &mail)?;
    let link = case.staff_link();
    let confirmed = (case.row.channel == Channel::Web).then_some(false);
    for member in case.present(&[Role::Agent, Role::Dpo])? {
        case.mail_member("new_request", &member, &StaffMail::NewRequest { link: &link, confirmed })?;
    }
    Ok(())
}
