//! What staff see: the queue, masked, and a request, whole for whoever may open it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::requester::{Loaded, message_view};
use super::{AssigneeView, ClockView, HeadlineView, MessageView, clock_views};
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::domain::intake::{Claim, Contents, Correction, Deletion, Objection, Subject, Submitter, Withdrawal};
use crate::domain::permission::{Permission, Standing};
use crate::domain::person_name::PersonName;
use crate::domain::phone::Phone;
use crate::domain::vocabulary::{
    Blocking, Channel, Ground, Kind, Language, Outcome, Status, VerificationMethod, Violation,
};
use crate::services::actions::possible_actions;
use crate::services::answer::Draft;
use crate::services::attachments::{AttachmentView, attachment_view};
use crate::services::error::ServiceError;
use crate::storage::requests::RequestRow;
use crate::vault::RequestKey;

/// What is put in the place of personal data.
const MASK: &str = "•••";

/// Facts beside the status.
#[derive(Debug, Clone, Serialize, ToSchema)]
// Flags are never statuses: any of them can go with any other.
#[allow(clippy::struct_excessive_bools)]
pub struct Flags {
    /// The headline's last day is over.
    pub overdue: bool,
    /// The headline's last day is today.
    pub due_today: bool,
    /// There is an earlier open request of the same person and kind.
    pub possible_duplicate: bool,
    /// Nothing of it may be destroyed.
    pub legal_hold: bool,
    /// A consumer's claim.
    pub consumer: bool,
    /// The mail address is not proven.
    pub email_unconfirmed: bool,
}

/// A line of the queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueueItem {
    /// Under which the request is found.
    pub reference: String,
    /// The operator.
    pub operator: String,
    /// What is asked for.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// Whether the data is blocked.
    pub blocking: Blocking,
    /// Facts beside the status.
    pub flags: Flags,
    /// The deadline that leads.
    pub headline: Option<HeadlineView>,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// How it came in.
    pub channel: Channel,
    /// Who has it.
    pub assignee: Option<AssigneeView>,
    /// What an action must name in `If-Match`.
    pub version: i64,
    /// Whose data it is, masked.
    pub subject: SubjectView,
    /// The reference of an earlier open request of the same person and kind.
    pub possible_duplicate_of: Option<String>,
}

/// The person whose data it is.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct SubjectView {
    /// Name; initials where it is masked.
    pub full_name: Option<String>,
    /// Identification number.
    pub iin: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Date of birth; absent where it is masked.
    pub birth_date: Option<NaiveDate>,
    /// A foreigner's document; absent where it is masked.
    pub other_id: Option<crate::domain::intake::OtherId>,
    /// Postal address.
    pub postal_address: Option<String>,
    /// The company's number.
    pub bin: Option<String>,
}

/// A request as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StaffView {
    /// Under which the request is found.
    pub reference: String,
    /// The operator.
    pub operator: String,
    /// What is asked for.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// What an action must name in `If-Match`.
    pub version: i64,
    /// Personal data is not shown.
    pub masked: bool,
    /// Whether the data is blocked.
    pub blocking: Blocking,
    /// What is known of a violation.
    pub violation: Violation,
    /// Facts beside the status.
    pub flags: Flags,
    /// The reference of an earlier open request of the same person and kind.
    pub possible_duplicate_of: Option<String>,
    /// The language of mails and answer.
    pub language: Language,
    /// The site or product, or `all`.
    pub service: String,
    /// The edition of the policy in force at receipt.
    pub edition: Option<String>,
    /// The rule set in force at receipt.
    pub rule_set: String,
    /// How it came in.
    pub channel: Channel,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// When it was entered here.
    pub recorded_at: DateTime<Utc>,
    /// Why.
    pub grounds: Vec<Ground>,
    /// The deadline that leads.
    pub headline: Option<HeadlineView>,
    /// All deadlines.
    pub clocks: Vec<ClockView>,
    /// Who has it.
    pub assignee: Option<AssigneeView>,
    /// Who did what so far.
    pub people: PeopleView,
    /// When the mail address was proven.
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// When identity was confirmed, and how.
    pub identity: IdentityView,
    /// When documents were received.
    pub documents_at: Option<DateTime<Utc>>,
    /// Whose data it is.
    pub subject: SubjectView,
    /// Who asks.
    pub submitted_by: Option<Submitter>,
    /// What was sent; absent where it is masked.
    pub contents: Option<ContentsView>,
    /// What was said.
    pub messages: Vec<MessageView>,
    /// Files, in the order in which they came.
    pub attachments: Vec<AttachmentView>,
    /// How it is proposed to be answered, or was.
    pub outcome: Option<Outcome>,
    /// The proposed or given answer; absent where it is masked.
    #[schema(value_type = Option<Object>)]
    pub answer: Option<Draft>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// What this member can do now.
    pub actions: Vec<&'static str>,
}

/// Who did what so far.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeopleView {
    /// Who recorded it.
    pub recorder: Option<AssigneeView>,
    /// Who checked identity.
    pub verifier: Option<AssigneeView>,
    /// Who proposed the answer.
    pub proposer: Option<AssigneeView>,
    /// Who approved it.
    pub approver: Option<AssigneeView>,
}

/// The check of identity.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IdentityView {
    /// Whether it is confirmed.
    pub confirmed: bool,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// How.
    pub method: Option<VerificationMethod>,
}

/// What was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ContentsView {
    pub details: Option<String>,
    pub published_at: Vec<String>,
    pub corrections: Vec<Correction>,
    pub deletion: Option<Deletion>,
    pub withdrawal: Option<Withdrawal>,
    pub objection: Option<Objection>,
    pub claim: Option<Claim>,
    pub acknowledged: Vec<String>,
}

/// What is beside the request in its view.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Beside<'a> {
    pub loaded: Loaded<'a>,
    pub contents: &'a Contents,
    pub answer: Option<Draft>,
    pub members: &'a [AssigneeView],
    pub assignee: Option<AssigneeView>,
    pub standing: Standing,
    pub now: DateTime<Utc>,
}

/// Facts beside the status, as of `now`.
#[must_use]
pub fn flags(row: &RequestRow, now: DateTime<Utc>) -> Flags {
    let today = crate::domain::almaty::local_date(now);
    Flags {
        overdue: row.headline_clock.is_some() && row.sort_due_at <= now.naive_utc(),
        due_today: row.headline_due_on == Some(today),
        possible_duplicate: row.duplicate_of.is_some(),
        legal_hold: row.legal_hold,
        consumer: row.consumer && row.kind == Kind::Claim,
        email_unconfirmed: row.has_email && row.email_confirmed_at.is_none() && row.channel == Channel::Web,
    }
}

fn headline_of(row: &RequestRow) -> Option<HeadlineView> {
    Some(HeadlineView { clock: row.headline_clock?, due_on: row.headline_due_on? })
}

/// A line of the queue; the subject is masked for everybody.
#[must_use]
pub fn queue_item(
    row: &RequestRow,
    subject: Option<&Subject>,
    assignee: Option<AssigneeView>,
    now: DateTime<Utc>,
) -> QueueItem {
    QueueItem {
        reference: row.reference.clone(),
        operator: row.operator_id.clone(),
        kind: row.kind,
        status: row.status,
        blocking: row.blocking,
        flags: flags(row, now),
        headline: headline_of(row),
        received_at: row.received_at.and_utc(),
        channel: row.channel,
        assignee,
        version: row.version,
        subject: subject.map(masked_subject).unwrap_or_default(),
        possible_duplicate_of: row.duplicate_of.clone(),
    }
}

/// The subject for whoever may not open personal data: initials, and hints that give nobody away.
#[must_use]
pub fn masked_subject(subject: &Subject) -> SubjectView {
    let mask = |value: &Option<String>| value.as_ref().map(|_| MASK.to_owned());
    let initials = |name: &str| PersonName::parse(name).map_or_else(|_| MASK.to_owned(), |name| name.initials());
    let email = |email: &str| EmailAddress::parse(email).map_or_else(|_| MASK.to_owned(), |email| email.masked());
    let phone = |phone: &str| Phone::parse(phone).map_or_else(|_| MASK.to_owned(), |phone| phone.masked());
    SubjectView {
        full_name: subject.full_name.as_deref().map(initials),
        iin: mask(&subject.iin),
        email: subject.email.as_deref().map(email),
        phone: subject.phone.as_deref().map(phone),
        birth_date: None,
        other_id: None,
        postal_address: mask(&subject.postal_address),
        bin: mask(&subject.bin),
    }
}

fn whole_subject(subject: &Subject) -> SubjectView {
    let Subject { full_name, iin, email, phone, birth_date, other_id, postal_address, bin } = subject.clone();
    SubjectView { full_name, iin, email, phone, birth_date, other_id, postal_address, bin }
}

fn masked_submitter(submitter: &Submitter) -> Submitter {
    Submitter {
        capacity: submitter.capacity,
        full_name: submitter.full_name.as_ref().map(|_| MASK.to_owned()),
        email: submitter.email.as_ref().map(|_| MASK.to_owned()),
        phone: submitter.phone.as_ref().map(|_| MASK.to_owned()),
        postal_address: submitter.postal_address.as_ref().map(|_| MASK.to_owned()),
        authority: submitter.authority,
        document: None,
    }
}

/// A request as a member sees it: whole when `key` is given, else masked.
///
/// # Errors
/// When something sealed does not open.
pub fn staff_view(
    app: &App,
    language: Language,
    key: Option<&RequestKey>,
    beside: Beside<'_>,
) -> Result<StaffView, ServiceError> {
    let Beside { loaded, contents, answer, members, assignee, standing, now } = beside;
    let row = loaded.row;
    let masked = key.is_none();
    let member =
        |id: &Option<String>| id.as_ref().and_then(|id| members.iter().find(|member| member.id == *id).cloned());
    Ok(StaffView {
        reference: row.reference.clone(),
        operator: row.operator_id.clone(),
        kind: row.kind,
        status: row.status,
        version: row.version,
        masked,
        blocking: row.blocking,
        violation: row.violation,
        flags: flags(row, now),
        possible_duplicate_of: row.duplicate_of.clone(),
        language: row.language,
        service: row.service.clone(),
        edition: row.edition.clone(),
        rule_set: row.rule_set.clone(),
        channel: row.channel,
        received_at: row.received_at.and_utc(),
        recorded_at: row.recorded_at.and_utc(),
        grounds: serde_json::from_str(&row.grounds)?,
        headline: headline_of(row),
        clocks: clock_views(app, language, loaded.clocks)?,
        assignee,
        people: PeopleView {
            recorder: member(&row.recorder_id),
            verifier: member(&row.verifier_id),
            proposer: member(&row.proposer_id),
            approver: member(&row.approver_id),
        },
        email_confirmed_at: row.email_confirmed_at.map(|at| at.and_utc()),
        identity: IdentityView {
            confirmed: row.identity_confirmed_at.is_some(),
            at: row.identity_confirmed_at.map(|at| at.and_utc()),
            method: row.identity_method,
        },
        documents_at: row.documents_at.filter(|_| row.kind == Kind::Correction).map(|at| at.and_utc()),
        subject: if masked { masked_subject(&contents.subject) } else { whole_subject(&contents.subject) },
        submitted_by: Some(if masked {
            masked_submitter(&contents.submitted_by)
        } else {
            contents.submitted_by.clone()
        }),
        contents: (!masked).then(|| contents_view(contents)),
        messages: loaded.messages.iter().map(|message| message_view(message, key)).collect::<Result<_, _>>()?,
        attachments: loaded.attachments.iter().map(|file| attachment_view(file, key)).collect::<Result<_, _>>()?,
        outcome: row.outcome,
        answer: answer.filter(|_| !masked),
        answered_at: row.answered_at.map(|at| at.and_utc()),
        actions: if standing.may(Permission::Handle) { possible_actions(row, standing) } else { Vec::new() },
    })
}

fn contents_view(contents: &Contents) -> ContentsView {
    ContentsView {
        details: contents.details.clone(),
        published_at: contents.published_at.clone(),
        corrections: contents.corrections.clone(),
        deletion: contents.deletion.clone(),
        withdrawal: contents.withdrawal.clone(),
        objection: contents.objection.clone(),
        claim: contents.claim.clone(),
        acknowledged: contents.acknowledged.clone(),
    }
}
