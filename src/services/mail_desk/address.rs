//! The requester's mail address, put right by staff.

use chrono::Duration;
use serde_json::json;

use super::to_requester;
use crate::domain::email_address::EmailAddress;
use crate::domain::event::EventKind;
use crate::domain::permission::Permission;
use crate::domain::vocabulary::{Channel, Status};
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
    /// The code that proves the new address, where something depends on that.
    pub(super) code: Option<String>,
    /// A mail that waited carries that code now.
    pub(super) code_is_on_its_way: bool,
}

/// Puts the address in the place of the one that stands. What waits to leave goes there too. The new address is not proven,
/// whatever the old one was; where something depends on that, there is a new code, and codes that went to the old one end. So does
/// the secret: whoever got a link at the old address no longer opens the request by it.
///
/// Once an answer is proposed only a DPO may decide where it goes.
pub(super) fn correct(case: &mut Case<'_>, member: &Member, email: &EmailAddress) -> Result<Corrected, ServiceError> {
    let mut contents = case.contents()?;
    if contents.requester_email() == Some(email.as_str()) {
        return Ok(Corrected::default());
    }
    let standing = standing(member, &case.row);
    let decided = matches!(case.row.status, Status::Approval | Status::Execution | Status::Answered);
    if decided && !standing.may(Permission::Oversee) {
        return Err(ServiceError::forbidden());
    }
    contents.set_requester_email(email.as_str());
    let place = Place::new("requests", &case.row.id, "contents");
    case.row.sealed_contents = Some(case.key.seal_json(&place, &contents)?);
    let indexes = Person::of(case.app, case.operator, &contents).rows(&case.row.id, &case.row.operator_id);
    requests::put_indexes(case.tx, &case.row.id, &indexes)?;
    case.row.has_email = true;
    case.row.email_confirmed_at = None;
    case.row.code_tries = 0;
    case.renew_token()?;
    let code = if must_prove(case) { Some(case.issue_code()?) } else { None };
    let code_is_on_its_way = readdress(case, email, code.as_deref())?;
    case.record(EventKind::AddressCorrected, json!({}), Some(email.as_str()))?;
    let reason = if standing.assigned { "assignment" } else { "role" };
    let about = (Some(case.row.operator_id.clone()), Some(case.row.id.clone()));
    audit(case.app, case.tx, member, "correct_address", about, reason, &json!({}))?;
    Ok(Corrected { changed: true, code, code_is_on_its_way })
}

/// What waits to leave goes to the new address, at once and for the whole time that a mail is tried.
fn readdress(case: &mut Case<'_>, email: &EmailAddress, code: Option<&str>) -> Result<bool, ServiceError> {
    let mut with_code = false;
    let times = (case.now.naive_utc(), (case.now + Duration::days(GIVE_UP_AFTER_DAYS)).naive_utc());
    for mail in post::pending(case.tx, &case.row.id)?.iter().filter(|mail| to_requester(mail)) {
        let mut contents = case.open_mail(mail)?;
        email.as_str().clone_into(&mut contents.to);
        contents.put_token(&case.token()?);
        with_code |= code.is_some_and(|code| contents.put_code(code));
        let sealed = case.key.seal_json(&Place::new("outbox", &mail.id, "mail"), &contents)?;
        post::readdress(case.tx, &mail.id, &sealed, times)?;
    }
    Ok(with_code)
}

/// Who came by the web proves the address, unless staff have made sure of the person in another way.
fn must_prove(case: &Case<'_>) -> bool {
    case.row.channel == Channel::Web && !case.row.status.is_final() && case.row.identity_confirmed_at.is_none()
}

/// The code goes by itself, where no other mail carries it.
pub(super) fn mail_code(case: &mut Case<'_>, code: &str) -> Result<(), ServiceError> {
    let link = case.requester_link()?;
    let mail = RequesterMail::ConfirmReminder { code, code_minutes: CODE_MINUTES, link: &link, last: false };
    case.mail_requester("confirm_reminder", &mail)?;
    Ok(())
}
