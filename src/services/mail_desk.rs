//! The outbox as staff see it: what waits, what left, what failed; sending again, printing and posting.

mod address;
mod one;
mod posted;
mod print;
mod resend;

pub use one::{OneMail, one};
pub use posted::{How, PostedForm, ReturnedForm, posted, returned};
pub use print::print;
pub use resend::{ResendForm, resend, resend_dead_of_request};

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::actions::standing;
use super::case::Case;
use super::desk::{Page, page_size};
use super::error::{Refusal, ServiceError};
use super::sign_in::Member;
use crate::app::App;
use crate::domain::event::Actor;
use crate::domain::intake::FieldError;
use crate::domain::permission::Permission;
use crate::domain::reference::Reference;
use crate::ids::is_id;
use crate::storage::outbox::{self, Filter, OutboxRow};
use crate::storage::{AnyConnection, requests};

/// Which mails are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OutboxQuery {
    /// A state.
    pub state: Option<MailState>,
    /// The reference of a request.
    pub reference: Option<String>,
    /// How many at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

crate::vocabulary! {
    /// The state of a mail.
    MailState {
        /// It waits to leave.
        Pending = "pending",
        /// The mail server accepted it.
        Sent = "sent",
        /// It was given up.
        Dead = "dead",
        /// It is to be printed and posted.
        ToPost = "to_post",
        /// It was posted.
        Posted = "posted",
        /// It need not be posted any more: there was no request.
        Withdrawn = "withdrawn",
    }
}

/// A mail without its text and its address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailView {
    /// Its id.
    pub id: String,
    /// The request it is about; null for a mail to staff about none.
    pub reference: Option<String>,
    /// The operator.
    pub operator: String,
    /// Which mail it is.
    pub mail: String,
    /// `requester`, `staff` or `head`.
    pub to: String,
    /// The member it goes to.
    pub recipient_id: Option<String>,
    /// Where it stands.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is tried next.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When the mail server accepted it.
    pub sent_at: Option<DateTime<Utc>>,
    /// The SMTP code of the last failure.
    pub smtp_code: Option<i32>,
    /// Its enhanced status.
    pub smtp_enhanced: Option<String>,
    /// The kind of the last failure.
    pub failure: Option<String>,
    /// Its acceptance is the delivery of the answer.
    pub delivers_answer: bool,
    /// It was sent again under another id.
    pub resent: bool,
    /// When that was.
    pub resent_at: Option<DateTime<Utc>>,
    /// The id under which it was sent again.
    pub resent_as: Option<String>,
    /// The mail that it repeats.
    pub resent_from: Option<String>,
    /// When it was posted.
    pub posted_on: Option<NaiveDate>,
    /// `posted` or `handed_over`.
    pub posted_how: Option<String>,
    /// Its tracking number.
    pub tracking: Option<String>,
}

fn view(row: OutboxRow, reference: Option<String>) -> MailView {
    MailView {
        id: row.id,
        reference,
        operator: row.operator_id,
        mail: row.mail,
        to: row.recipient_kind,
        recipient_id: row.recipient_id,
        state: row.state,
        attempts: row.attempts,
        created_at: row.created_at.and_utc(),
        next_attempt_at: row.next_attempt_at.map(|at| at.and_utc()),
        sent_at: row.sent_at.map(|at| at.and_utc()),
        smtp_code: row.smtp_code,
        smtp_enhanced: row.smtp_enhanced,
        failure: row.failure_kind,
        delivers_answer: row.delivers_answer,
        resent_from: row.resent_from,
        posted_on: row.posted_on,
        resent: row.resent_at.is_some(),
        resent_at: row.resent_at.map(|at| at.and_utc()),
        resent_as: row.resent_as,
        posted_how: row.posted_how,
        tracking: row.tracking,
    }
}

/// Which mails a member may see: all of an operator, or those of the requests that they have.
fn filter_of(member: &Member) -> Result<Filter, ServiceError> {
    let seen = member.operators_with(Permission::SeeQueue);
    if seen.is_empty() {
        return Err(ServiceError::forbidden());
    }
    let (operators, assigned_operators) =
        seen.into_iter().partition(|operator| member.standing(operator, false).may(Permission::SeeOutbox));
    Ok(Filter { operators, assigned_operators, assignees: member.own_ids(), ..Filter::default() })
}

/// A page of the outbox, newest first: agents see the mails of the requests that they have.
///
/// # Errors
/// `forbidden` for whoever has no operator's role; `Invalid` for a filter that cannot be.
pub async fn list(app: &Arc<App>, member: Member, query: OutboxQuery) -> Result<Page<MailView>, ServiceError> {
    let seen = filter_of(&member)?;
    let limit = page_size(query.limit)?;
    let before = query.cursor.filter(|cursor| !cursor.is_empty());
    if before.as_deref().is_some_and(|cursor| !is_id(cursor)) {
        return Err(ServiceError::field("/query/cursor", "invalid_cursor"));
    }
    let reference = query.reference.as_deref().filter(|reference| !reference.trim().is_empty()).map(Reference::parse);
    let reference = reference
        .transpose()
        .map_err(|error| ServiceError::Invalid(vec![FieldError::at("/query/reference", error)]))?;
    let filter = Filter {
        reference: reference.map(|reference| reference.as_str().to_owned()),
        state: query.state.map(|state| state.as_str().to_owned()),
        before,
        limit: limit + 1,
        ..seen
    };
    app.db
        .read("outbox", move |connection| {
            let mut rows = outbox::page(connection, &filter)?;
            let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = rows.len() > wanted;
            rows.truncate(wanted);
            let next_cursor = rows.last().filter(|_| more).map(|(row, _)| row.id.clone());
            let items = rows.into_iter().map(|(row, reference)| view(row, reference)).collect();
            Ok(Page { items, next_cursor })
        })
        .await
}

/// Opens the request of a mail for whoever has `needed` to it; the mail as it is under the request's lock. For members without
/// `seen` the mail does not exist.
fn open<'t>(
    app: &'t App,
    tx: &'t mut AnyConnection,
    member: &Member,
    id: &str,
    (seen, needed): (Permission, Permission),
) -> Result<(Case<'t>, OutboxRow), ServiceError> {
    if !is_id(id) {
        return Err(ServiceError::NotFound);
    }
    let request_id = find(tx, id)?.request_id.ok_or(ServiceError::NotFound)?;
    let row = requests::lock_by_id(tx, &request_id)?.ok_or(ServiceError::NotFound)?;
    let standing = standing(member, &row);
    if !standing.may(seen) {
        return Err(ServiceError::NotFound);
    }
    if !standing.may(needed) {
        return Err(ServiceError::forbidden());
    }
    let case = Case::open_by_id(app, tx, &request_id, Actor::Staff(member.id.clone()))?;
    let mail = find(case.tx, id)?;
    Ok((case, mail))
}

/// What is not possible with a mail in its state.
fn not_now(mail: &OutboxRow, action: &str) -> ServiceError {
    Refusal::new("invalid_transition", 409).with("status", &mail.state).with("action", action).into()
}

/// Whether a mail goes to the requester.
fn to_requester(mail: &OutboxRow) -> bool {
    mail.recipient_kind == "requester"
}

fn find(tx: &mut AnyConnection, id: &str) -> Result<OutboxRow, ServiceError> {
    outbox::by_id(tx, id)?.ok_or(ServiceError::NotFound)
}
