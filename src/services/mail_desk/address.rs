//! The requester's mail address, put right by staff.

use chrono::Duration;
use serde_json::json;

use super::to_requester;
use crate::domain::email_address::EmailAddress;
use crate::domain::event::EventKind;
use crate::domain::vocabulary::Channel;
use crate::mail::compose::RequesterMail;
use crate::services::actions::standing;
use crate::services::case::{CODE_MINUTES, Case, GIVE_UP_AFTER_DAYS};
use crate::services::desk::audit;
use crate::services::error::ServiceError;
use crate::services::person::Person;
use crate::services::sign_in::Member;
use crate::storage::{post, requests};
use crate::vault::Place;

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Corrected {
    /// Whether another address stands now.
    pub(super) changed: bool,
    /// The mail with a code to prove the new address.
    pub(super) code_mail: Option<String>,
}

/// Puts the address in the place of the one that stands. What waits to leave goes there too. The new address is not proven,
/// whatever the old one was; where something depends on that, a code goes with it, and codes that went to the old one end.
pub(super) fn correct(case: &mut Case<'_>, member: &Member, email: &EmailAddress) -> Result<Corrected, ServiceError> {
    let mut contents = case.contents()?;
    if contents.requester_email() == Some(email.as_str()) {
        return Ok(Corrected::default());
    }
    contents.set_requester_email(email.as_str());
    let place = Place::new("requests", &case.row.id, "contents");
    case.row.sealed_contents = Some(case.key.seal_json(&place, &contents)?);
    let indexes = Person::of(case.app, case.operator, &contents).rows(&case.row.id, &case.row.operator_id);
    requests::put_indexes(case.tx, &case.row.id, &indexes)?;
    case.row.has_email = true;
    case.row.email_confirmed_at = None;
    readdress(case, email)?;
    case.record(EventKind::AddressCorrected, json!({}), Some(email.as_str()))?;
    let reason = if standing(member, &case.row).assigned { "assignment" } else { "role" };
    let about = (Some(case.row.operator_id.clone()), Some(case.row.id.clone()));
    audit(case.app, case.tx, member, "correct_address", about, reason, &json!({}))?;
    Ok(Corrected { changed: true, code_mail: code_mail(case)? })
}

/// What waits to leave goes to the new address, at once and for the whole time that a mail is tried.
fn readdress(case: &mut Case<'_>, email: &EmailAddress) -> Result<(), ServiceError> {
    let times = (case.now.naive_utc(), (case.now + Duration::days(GIVE_UP_AFTER_DAYS)).naive_utc());
    for mail in post::pending(case.tx, &case.row.id)?.iter().filter(|mail| to_requester(mail)) {
        let mut contents = case.open_mail(mail)?;
        email.as_str().clone_into(&mut contents.to);
        let sealed = case.key.seal_json(&Place::new("outbox", &mail.id, "mail"), &contents)?;
        post::readdress(case.tx, &mail.id, &sealed, times)?;
    }
    Ok(())
}

/// Who came by the web proves the address, unless staff have made sure of the person in another way.
fn code_mail(case: &mut Case<'_>) -> Result<Option<String>, ServiceError> {
    let waits =
        case.row.channel == Channel::Web && !case.row.status.is_final() && case.row.identity_confirmed_at.is_none();
    if !waits {
        return Ok(None);
    }
    let code = case.issue_code()?;
    let link = case.requester_link()?;
    let mail = RequesterMail::ConfirmReminder { code: &code, code_minutes: CODE_MINUTES, link: &link, last: false };
    case.mail_requester("confirm_reminder", &mail).map(Some)
}
