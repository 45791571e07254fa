//! Letters that left by post or by hand, and those that came back.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{MailView, not_now, open, to_requester, view};
use crate::app::App;
use crate::domain::almaty;
use crate::domain::event::EventKind;
use crate::domain::intake::FieldError;
use crate::domain::permission::Permission;
use crate::domain::text;
use crate::services::case::Case;
use crate::services::error::ServiceError;
use crate::services::requester::checked_text;
use crate::services::sign_in::Member;
use crate::storage::events;
use crate::storage::outbox::{self, OutboxRow};

/// The longest tracking number, in characters.
const MAX_TRACKING: usize = 100;

crate::vocabulary! {
    /// How a letter left the house.
    How {
        /// By post or courier.
        Posted = "posted",
        /// Handed over in person.
        HandedOver = "handed_over",
    }
}

/// What became of a printed letter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostedForm {
    /// The local day on which it was posted or handed over.
    pub on: NaiveDate,
    /// `posted` when absent.
    pub how: Option<How>,
    /// The tracking number.
    #[schema(max_length = 100)]
    pub tracking: Option<String>,
}

/// Why a letter has to go out again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnedForm {
    /// The local day on which it came back; today when absent.
    pub on: Option<NaiveDate>,
    /// Why: what the post says, or how the mistake came about.
    pub reason: String,
    /// It was only marked by mistake and never left, or on another day: then an earlier day may be named next.
    #[serde(default)]
    pub by_mistake: bool,
}

/// What both calls need: who may send a mail again may also post it.
const RIGHTS: (Permission, Permission) = (Permission::SeeQueue, Permission::ResendMail);

/// Notes that a letter was posted or handed over. Where it carries the answer, the answer was delivered on that day.
///
/// # Errors
/// As [`super::print`]; 409 for a mail that neither lies there to be posted nor is a dead letter that was not sent again; `Invalid`
/// for a day that cannot be.
pub async fn posted(app: &Arc<App>, member: Member, id: String, form: PostedForm) -> Result<MailView, ServiceError> {
    let process = Arc::clone(app);
    let mail = app
        .db
        .write("mail_posted", move |tx| {
            let (mut case, mut mail) = open(&process, tx, &member, &id, RIGHTS)?;
            if !to_requester(&mail) {
                return Err(ServiceError::NotFound);
            }
            let lies_there = mail.state == outbox::TO_POST || (mail.state == outbox::DEAD && mail.resent_at.is_none());
            if !lies_there {
                return Err(not_now(&mail, "posted"));
            }
            put_posted(&mut case, &mut mail, &form)?;
            outbox::update(case.tx, &mail)?;
            note(&mut case, &mail, form.on, form.how.unwrap_or(How::Posted))?;
            let reference = case.row.reference.clone();
            case.save(false)?;
            Ok(view(mail, Some(reference)))
        })
        .await?;
    Ok(mail)
}

/// Checks the form and writes it into the row.
fn put_posted(case: &mut Case<'_>, mail: &mut OutboxRow, form: &PostedForm) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    let made = almaty::local_date(mail.created_at.and_utc());
    let earliest = last_return(case, &mail.id)?.map_or(made, |returned| returned.max(made));
    if form.on > almaty::local_date(case.now) {
        errors.push(FieldError::new("/on", "date_in_future"));
    } else if form.on < earliest {
        errors.push(FieldError::new("/on", "date_too_early"));
    }
    let typed = form.tracking.as_deref().filter(|tracking| !tracking.is_empty());
    match typed.map(|tracking| text::one_line(tracking, MAX_TRACKING)).transpose() {
        Ok(tracking) => mail.tracking = tracking,
        Err(error) => errors.push(FieldError::at("/tracking", error)),
    }
    if !errors.is_empty() {
        return Err(ServiceError::Invalid(errors));
    }
    outbox::POSTED.clone_into(&mut mail.state);
    mail.posted_on = Some(form.on);
    mail.posted_how = Some(form.how.unwrap_or(How::Posted).as_str().to_owned());
    mail.remind_at = None;
    // What failed was the e-mail; the history keeps it.
    mail.failure_kind = None;
    mail.smtp_code = None;
    mail.smtp_enhanced = None;
    Ok(())
}

/// The day on which the letter came back last: it cannot have left again before.
fn last_return(case: &mut Case<'_>, mail: &str) -> Result<Option<NaiveDate>, ServiceError> {
    let returned = EventKind::MailReturned.as_str();
    let days = events::of_request(case.tx, &case.row.id)?.into_iter().filter(|event| event.kind == returned);
    let days = days.filter_map(|event| serde_json::from_str::<Value>(&event.data).ok());
    Ok(days
        .filter(|data| {
            data.get("mail").is_some_and(|of| of == mail) && data.get("by_mistake").is_none_or(|by| by != true)
        })
        .filter_map(|data| data.get("on")?.as_str()?.parse().ok())
        .max())
}

/// The events, and the clocks that an answer meets. The tracking number names a person's parcel and stays out of them.
fn note(case: &mut Case<'_>, mail: &OutboxRow, on: NaiveDate, how: How) -> Result<(), ServiceError> {
    let data = json!({"mail": mail.id, "name": mail.mail, "on": on, "how": how});
    case.record(EventKind::MailPosted, data, None)?;
    if !mail.delivers_answer {
        return Ok(());
    }
    // A day is named, not an hour: its end is the latest moment at which it can have been.
    let at = almaty::at_local(on, 23, 59);
    let met = case.meet_by_post(first_of(mail), at);
    let by = match how {
        How::Posted => "post",
        How::HandedOver => "hand",
    };
    case.record(EventKind::AnswerDelivered, json!({"by": by, "mail": mail.id, "clocks": met, "on": on}), None)
}

/// The id under which clocks were met: that of the first mail of its kind.
fn first_of(mail: &OutboxRow) -> &str {
    mail.resent_from.as_deref().unwrap_or(&mail.id)
}

/// Notes that a posted letter came back, or was marked by mistake: it lies there again, what its delivery had met runs again, and
/// the DPOs hear of it at once.
///
/// # Errors
/// As [`posted`]; 409 for a mail that was not posted.
pub async fn returned(
    app: &Arc<App>,
    member: Member,
    id: String,
    form: ReturnedForm,
) -> Result<MailView, ServiceError> {
    let process = Arc::clone(app);
    let mail = app
        .db
        .write("mail_returned", move |tx| {
            let (mut case, mut mail) = open(&process, tx, &member, &id, RIGHTS)?;
            if !to_requester(&mail) {
                return Err(ServiceError::NotFound);
            }
            if mail.state != outbox::POSTED {
                return Err(not_now(&mail, "returned"));
            }
            take_back(&mut case, &mut mail, &form)?;
            let reference = case.row.reference.clone();
            case.save(false)?;
            Ok(view(mail, Some(reference)))
        })
        .await?;
    app.wake_worker();
    Ok(mail)
}

fn take_back(case: &mut Case<'_>, mail: &mut OutboxRow, form: &ReturnedForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    let today = almaty::local_date(case.now);
    let on = form.on.unwrap_or(today);
    if on > today {
        return Err(ServiceError::field("/on", "date_in_future"));
    }
    if mail.posted_on.is_some_and(|posted| on < posted) {
        return Err(ServiceError::field("/on", "date_too_early"));
    }
    outbox::TO_POST.clone_into(&mut mail.state);
    mail.posted_on = None;
    mail.posted_how = None;
    mail.tracking = None;
    mail.remind_at = Some(case.first_reminder_to_post().naive_utc());
    outbox::update(case.tx, mail)?;
    let data = json!({"mail": mail.id, "name": mail.mail, "on": on, "by_mistake": form.by_mistake});
    case.record(EventKind::MailReturned, data, Some(&reason))?;
    let reopened = case.reopen_delivery(first_of(mail))?;
    if !reopened.is_empty() {
        case.record(EventKind::ClockReopened, json!({"clocks": reopened, "mail": mail.id}), None)?;
    }
    case.alert_mail_failed(mail)
}
