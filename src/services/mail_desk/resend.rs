//! Dead letters go once more, to an address that was put right where it was wrong.

use std::sync::Arc;

use chrono::Duration;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::address::{self, Corrected};
use super::{MailView, find, not_now, open, to_requester, view};
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::domain::event::{Actor, EventKind};
use crate::domain::intake::FieldError;
use crate::domain::permission::Permission;
use crate::domain::vocabulary::Role;
use crate::ids::is_id;
use crate::services::actions::standing;
use crate::services::case::{Case, GIVE_UP_AFTER_DAYS};
use crate::services::desk::audit;
use crate::services::error::{Refusal, ServiceError};
use crate::services::sign_in::Member;
use crate::services::staff_mail;
use crate::storage::outbox::{self, OutboxRow};
use crate::storage::{AnyConnection, post, requests, staff};

/// What the resending of a mail may change.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendForm {
    /// The requester's mail address, put right. It holds for everything that is mailed from then on.
    pub email: Option<String>,
}

/// What sending again needs. Agents do not see the mails of requests that they do not have.
const RIGHTS: (Permission, Permission) = (Permission::SeeOutbox, Permission::ResendMail);

/// Sends a dead letter again, to the address that stands now. With an address, the request's is put right first; then an item that
/// lies there to be posted can leave as a mail too.
///
/// # Errors
/// `NotFound` for mails that the member may not see, `forbidden`; `Invalid` for an address that cannot be, or where the mail is not
/// the requester's; 409 for a mail that is not dead or was sent again.
pub async fn resend(app: &Arc<App>, member: Member, id: String, form: ResendForm) -> Result<MailView, ServiceError> {
    let process = Arc::clone(app);
    let mail = app
        .db
        .write("resend_mail", move |tx| {
            if is_id(&id) && find(tx, &id)?.request_id.is_none() {
                return resend_of_staff(&process, tx, &member, &id, &form);
            }
            let (mut case, mail) = open(&process, tx, &member, &id, RIGHTS)?;
            let by_post =
                mail.state == outbox::TO_POST && (form.email.is_some() || case.contents()?.requester_email().is_some());
            if !(is_dead(&mail) || by_post) {
                return Err(not_now(&mail, "resend"));
            }
            if !still_works_here(case.tx, &mail)? {
                return Err(not_now(&mail, "resend"));
            }
            let corrected = correct(&mut case, &member, &mail, &form)?;
            let code = corrected.code.as_deref();
            let (again, with_code) =
                if by_post { instead_of_post(&mut case, mail, code)? } else { case.send_again_with(&mail, code)? };
            if let Some(code) = code.filter(|_| !with_code && !corrected.code_is_on_its_way) {
                address::mail_code(&mut case, code)?;
            }
            let reference = case.row.reference.clone();
            case.save(corrected.changed)?;
            Ok(view(again, Some(reference)))
        })
        .await?;
    app.wake_worker();
    Ok(mail)
}

/// Whether a mail to a member goes to somebody who still works here. Whoever has left gets nothing any more.
fn still_works_here(tx: &mut AnyConnection, mail: &OutboxRow) -> Result<bool, ServiceError> {
    let Some(id) = mail.recipient_id.as_deref().filter(|_| mail.recipient_kind == "staff") else { return Ok(true) };
    let members = staff::with_role(tx, &mail.operator_id, &[Role::Agent, Role::Dpo])?;
    Ok(members.iter().any(|member| member.id == id))
}

fn is_dead(mail: &OutboxRow) -> bool {
    mail.state == outbox::DEAD && mail.resent_at.is_none()
}

/// A mail about no request, under a lock of its own row.
fn resend_of_staff(
    app: &App,
    tx: &mut AnyConnection,
    member: &Member,
    id: &str,
    form: &ResendForm,
) -> Result<MailView, ServiceError> {
    let mut mail = outbox::lock_by_id(tx, id)?.ok_or(ServiceError::NotFound)?;
    let standing = member.standing(&mail.operator_id, false);
    if !standing.may(RIGHTS.0) {
        return Err(ServiceError::NotFound);
    }
    if !standing.may(RIGHTS.1) {
        return Err(ServiceError::forbidden());
    }
    if form.email.is_some() {
        return Err(ServiceError::field("/email", "not_to_requester"));
    }
    if !is_dead(&mail) || !still_works_here(tx, &mail)? {
        return Err(not_now(&mail, "resend"));
    }
    let now = app.clock.now();
    let again = staff_mail::send_again(app, tx, now, &mail)?;
    mail.resent_at = Some(now.naive_utc());
    mail.resent_as = Some(again.id.clone());
    outbox::update(tx, &mail)?;
    let data = json!({"mail": mail.id, "as": again.id});
    audit(app, tx, member, "mail_resent", (Some(mail.operator_id), None), "role", &data)?;
    Ok(view(again, None))
}

fn correct(
    case: &mut Case<'_>,
    member: &Member,
    mail: &OutboxRow,
    form: &ResendForm,
) -> Result<Corrected, ServiceError> {
    let Some(typed) = &form.email else { return Ok(Corrected::default()) };
    if !to_requester(mail) {
        return Err(ServiceError::field("/email", "not_to_requester"));
    }
    let email =
        EmailAddress::parse(typed).map_err(|error| ServiceError::Invalid(vec![FieldError::at("/email", error)]))?;
    address::correct(case, member, &email)
}

/// The item becomes a mail. Says whether it carries the code.
fn instead_of_post(
    case: &mut Case<'_>,
    mut mail: OutboxRow,
    code: Option<&str>,
) -> Result<(OutboxRow, bool), ServiceError> {
    let mut contents = case.open_mail(&mail)?;
    contents.put_token(&case.token()?);
    let with_code = code.is_some_and(|code| contents.put_code(code));
    if let Some(email) = case.contents()?.requester_email() {
        email.clone_into(&mut contents.to);
    }
    case.seal_mail(&mut mail, &contents)?;
    outbox::PENDING.clone_into(&mut mail.state);
    mail.remind_at = None;
    mail.next_attempt_at = Some(case.now.naive_utc());
    mail.give_up_at = (case.now + Duration::days(GIVE_UP_AFTER_DAYS)).naive_utc();
    outbox::update(case.tx, &mail)?;
    case.record(EventKind::MailResent, json!({"mail": mail.id, "as": mail.id}), None)?;
    Ok((mail, with_code))
}

/// Sends every dead letter of a request again, oldest first, in one transaction; but for those that only tell of dead letters.
/// Returns the request's version and the mails.
///
/// # Errors
/// `NotFound` for requests of other operators; `forbidden` for agents who do not have it; 409 `nothing_to_resend`.
pub async fn resend_dead_of_request(
    app: &Arc<App>,
    member: Member,
    reference: String,
) -> Result<(i64, Vec<MailView>), ServiceError> {
    let process = Arc::clone(app);
    let mails = app
        .db
        .write("resend_dead_of_request", move |tx| {
            let row = requests::lock_by_reference(tx, &reference)?.ok_or(ServiceError::NotFound)?;
            let standing = standing(&member, &row);
            // Whoever sees the request in the queue learns that it is not theirs.
            if !standing.is_member() {
                return Err(ServiceError::NotFound);
            }
            if !standing.may(RIGHTS.1) {
                return Err(ServiceError::forbidden());
            }
            let mut case = Case::open_by_id(&process, tx, &row.id, Actor::Staff(member.id.clone()))?;
            let mut again = Vec::new();
            for mail in post::dead(case.tx, &row.id)?.iter().filter(|mail| mail.mail != "mail_failed") {
                if !still_works_here(case.tx, mail)? {
                    continue;
                }
                again.push(view(case.send_again(mail)?, Some(row.reference.clone())));
            }
            if again.is_empty() {
                return Err(Refusal::new("nothing_to_resend", 409).into());
            }
            Ok((case.save(false)?.version, again))
        })
        .await?;
    app.wake_worker();
    Ok(mails)
}
