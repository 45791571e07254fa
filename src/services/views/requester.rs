//! What the requester sees: where it is, by when, what can be done now, and the answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ClockView, HeadlineView, TimelineItem, clock_views, headline_view, timeline};
use crate::app::App;
use crate::domain::intake::Contents;
use crate::domain::lifecycle::{Action, next};
use crate::domain::vocabulary::{Blocking, Kind, Language, Outcome, Status};
use crate::locale::letters;
use crate::services::answer::Draft;
use crate::services::attachments::{AttachmentView, attachment_view};
use crate::services::error::ServiceError;
use crate::storage::attachments::AttachmentRow;
use crate::storage::clocks::ClockRow;
use crate::storage::events::{EventRow, MessageRow};
use crate::storage::requests::RequestRow;
use crate::vault::{Place, RequestKey};

/// The requester's view of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequesterView {
    /// Under which the request is found.
    pub reference: String,
    /// The operator that is asked.
    pub operator: String,
    /// What is asked for.
    pub kind: Kind,
    /// Where the request stands.
    pub status: Status,
    /// Whether the data is blocked.
    pub blocking: Blocking,
    /// The language of mails and answer.
    pub language: Language,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Whether the mail address is proven.
    pub email_confirmed: bool,
    /// The edition of the operator's policy in force at receipt.
    pub edition: Option<String>,
    /// The deadline that leads.
    pub headline: Option<HeadlineView>,
    /// All deadlines.
    pub clocks: Vec<ClockView>,
    /// What happened.
    pub timeline: Vec<TimelineItem>,
    /// What was said.
    pub messages: Vec<MessageView>,
    /// Files, in the order in which they came.
    pub attachments: Vec<AttachmentView>,
    /// How it was answered; nothing before the answer is final.
    pub outcome: Option<Outcome>,
    /// What the requester can do now.
    pub actions: Vec<&'static str>,
}

/// A message to or from the requester.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// `question`, `reply`, `addition`, or for staff `note`.
    pub kind: String,
    /// `requester` or `staff`.
    pub from: String,
    /// The text; nothing for whoever may not open the request.
    pub text: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerView {
    /// How it was answered.
    pub outcome: Outcome,
    /// Decisions on single items.
    pub decisions: Vec<DecisionView>,
    /// Grounds of a refusal.
    pub grounds: Vec<GroundView>,
    /// The letter.
    pub letter: String,
    /// When it was answered.
    pub answered_at: DateTime<Utc>,
    /// Who answers.
    pub operator: OperatorCard,
    /// The person responsible for personal data at the operator.
    pub responsible_person: String,
    /// Where to turn when one does not agree.
    pub how_to_complain: String,
    /// What the law and the operator's policy want said beside the letter.
    pub notes: Vec<String>,
}

/// The operator on a letter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OperatorCard {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its mail address.
    pub email: String,
    /// Its phone number.
    pub phone: Option<String>,
}

/// The decision on one item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DecisionView {
    /// The item.
    pub about: String,
    /// `granted` or `refused`.
    pub result: String,
    /// Grounds of a refusal.
    pub grounds: Vec<GroundView>,
    /// The reasons.
    pub text: Option<String>,
}

/// A ground of a refusal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GroundView {
    /// Its name.
    pub code: String,
    /// What it says.
    pub title: String,
    /// What applies in this case; the title where nothing more was said.
    pub text: String,
    /// The norm.
    pub citation: String,
}

/// What was loaded for the view.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Loaded<'a> {
    pub row: &'a RequestRow,
    pub clocks: &'a [ClockRow],
    pub events: &'a [EventRow],
    pub messages: &'a [MessageRow],
    pub attachments: &'a [AttachmentRow],
}

/// The requester's view.
///
/// # Errors
/// When something sealed does not open.
pub fn requester_view(
    app: &App,
    key: &RequestKey,
    loaded: &Loaded<'_>,
    language: Language,
) -> Result<RequesterView, ServiceError> {
    let row = loaded.row;
    let public = loaded.messages.iter().filter(|message| message.kind != "note");
    Ok(RequesterView {
        reference: row.reference.clone(),
        operator: row.operator_id.clone(),
        kind: row.kind,
        status: row.status,
        blocking: row.blocking,
        language: row.language,
        received_at: row.received_at.and_utc(),
        email_confirmed: row.email_confirmed_at.is_some(),
        edition: row.edition.clone(),
        headline: headline_view(row.kind, loaded.clocks),
        clocks: clock_views(app, language, loaded.clocks)?,
        timeline: timeline(app, language, loaded.events),
        messages: public.map(|message| message_view(message, Some(key))).collect::<Result<_, _>>()?,
        attachments: loaded
            .attachments
            .iter()
            .map(|file| attachment_view(file, Some(key)))
            .collect::<Result<_, _>>()?,
        outcome: row.outcome.filter(|_| row.status == Status::Answered),
        actions: actions(row),
    })
}

fn actions(row: &RequestRow) -> Vec<&'static str> {
    let mut actions = Vec::new();
    if row.email_confirmed_at.is_none() && row.has_email && !row.status.is_final() {
        actions.extend(["confirm", "confirm/resend"]);
    }
    if !row.status.is_final() {
        actions.extend(["messages", "attachments"]);
    }
    if next(row.status, Action::Cancel).is_some() {
        actions.push("cancel");
    }
    if row.status == Status::Answered {
        actions.push("answer");
    }
    actions
}

/// A message; its text is opened only with `key`.
///
/// # Errors
/// When the text does not open.
pub fn message_view(row: &MessageRow, key: Option<&RequestKey>) -> Result<MessageView, ServiceError> {
    let text = match (key, row.sealed.as_deref()) {
        (Some(key), Some(sealed)) => {
            let bytes = key.open(&Place::new("messages", &row.id, "text"), sealed)?;
            Some(String::from_utf8(bytes).map_err(|_| ServiceError::Internal("a message is no text".to_owned()))?)
        }
        _ => None,
    };
    Ok(MessageView {
        id: row.id.clone(),
        at: row.at.and_utc(),
        kind: row.kind.clone(),
        from: row.author_kind.clone(),
        text,
    })
}

/// The answer in the language of the request.
///
/// # Errors
/// `NotFound` before the request is answered.
pub fn answer_view(app: &App, row: &RequestRow, contents: &Contents, draft: Draft) -> Result<AnswerView, ServiceError> {
    let (Some(answered_at), Some(outcome)) = (row.answered_at, row.outcome) else {
        return Err(ServiceError::NotFound);
    };
    let operator = app.operator(&row.operator_id).ok_or(ServiceError::NotFound)?;
    let language = row.language;
    let notes = crate::services::answer::notes(app, operator, row, contents, &draft);
    let ground = |code: &str, text: Option<String>| {
        let known = app.rules.by_id(&row.rule_set).and_then(|set| set.refusal_ground(code));
        let title = known.map_or_else(|| code.to_owned(), |known| known.title.get(language).to_owned());
        GroundView {
            code: code.to_owned(),
            text: text.unwrap_or_else(|| title.clone()),
            title,
            citation: known.map(|known| known.citation.get(language).to_owned()).unwrap_or_default(),
        }
    };
    Ok(AnswerView {
        outcome,
        decisions: draft
            .decisions
            .into_iter()
            .map(|decision| DecisionView {
                about: decision.about,
                result: decision.result.as_str().to_owned(),
                grounds: decision.grounds.into_iter().map(|given| ground(&given.code, given.text)).collect(),
                text: decision.text,
            })
            .collect(),
        grounds: draft.grounds.into_iter().map(|given| ground(&given.code, given.text)).collect(),
        letter: draft.letter,
        answered_at: answered_at.and_utc(),
        operator: OperatorCard {
            id: operator.id.clone(),
            name: operator.names.get(language).to_owned(),
            email: operator.contact_email(&row.service).to_owned(),
            phone: operator.contacts.phone.clone(),
        },
        responsible_person: operator.responsible_person.name.get(language).to_owned(),
        how_to_complain: letters::how_to_complain(
            &app.texts,
            language,
            operator.court.as_ref().map(|court| court.get(language)),
        ),
        notes,
    })
}
