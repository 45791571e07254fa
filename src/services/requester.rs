//! What the requester does: proves the address, looks, writes, cancels, reads the answer.

mod address;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

pub use address::{CodeForm, confirm, confirmed, email_is_enough, nudge, resend_code};

use super::actions::blocking::was_set_by_promise;
use super::answer::Draft;
use super::case::{Case, request_key};
use super::error::ServiceError;
use super::idempotency::{IdempotencyKey, earlier_call, remember};
use super::submit::blocks_at_once;
use super::views::{AnswerView, MessageView, RequesterView, answer_view, requester_view};
use crate::app::App;
use crate::domain::event::{Actor, EventKind};
use crate::domain::intake::{Contents, FieldError};
use crate::domain::lifecycle::Action;
use crate::domain::reference::Reference;
use crate::domain::text;
use crate::domain::vocabulary::{Blocking, ClockName, Kind, Language, Status, Violation};
use crate::mail::compose::{RequesterMail, StaffMail};
use crate::services::views::Loaded;
use crate::storage::requests::RequestRow;
use crate::storage::{AnyConnection, attachments, clocks, events, requests};
use crate::vault::{Place, RequestKey, token_hash};

/// The longest message, in characters.
const MAX_MESSAGE: usize = 10_000;

/// A message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextForm {
    /// The text.
    pub text: String,
}

/// Why a request is taken back.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelForm {
    /// In own words; not needed.
    pub reason: Option<String>,
}

/// A message that was stored, and whether the same call was answered before.
#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    /// The message.
    pub message: MessageView,
    /// The same call was answered before.
    pub replayed: bool,
}

/// Parses a reference from a path: one that cannot be one does not exist.
///
/// # Errors
/// `NotFound`.
pub fn reference(typed: &str) -> Result<String, ServiceError> {
    Reference::parse(typed).map(|reference| reference.as_str().to_owned()).map_err(|_| ServiceError::NotFound)
}

/// The request that `token` opens, when it is the one with this reference. Anything else does not exist.
///
/// # Errors
/// `NotFound`.
pub(super) fn authorised(tx: &mut AnyConnection, reference: &str, token: &str) -> Result<RequestRow, ServiceError> {
    let row = requests::by_reference(tx, reference)?.ok_or(ServiceError::NotFound)?;
    let matches: bool = row.token_hash.ct_eq(&token_hash(token)).into();
    if matches { Ok(row) } else { Err(ServiceError::NotFound) }
}

/// Whether a secret opens the request that somebody names.
///
/// # Errors
/// Those of the database.
pub async fn opens(app: &Arc<App>, typed: &str, token: String) -> Result<bool, ServiceError> {
    let Ok(reference) = reference(typed) else { return Ok(false) };
    let found = app.db.read("opens", move |connection| authorised(connection, &reference, &token).map(|_| true)).await;
    if matches!(found, Err(ServiceError::NotFound)) { Ok(false) } else { found }
}

fn open_case<'t>(
    app: &'t App,
    tx: &'t mut AnyConnection,
    reference: &str,
    token: &str,
) -> Result<Case<'t>, ServiceError> {
    authorised(tx, reference, token)?;
    Case::open(app, tx, reference, Actor::Requester)
}

/// The requester's view.
///
/// # Errors
/// `NotFound` for a reference or a token that do not belong together.
pub async fn view(app: &Arc<App>, reference: String, token: String) -> Result<RequesterView, ServiceError> {
    view_in(app, reference, token, None).await
}

/// The same in another language than that of the request.
///
/// # Errors
/// As [`view`].
pub async fn view_in(
    app: &Arc<App>,
    reference: String,
    token: String,
    language: Option<Language>,
) -> Result<RequesterView, ServiceError> {
    let process = Arc::clone(app);
    app.db
        .read("requester_view", move |connection| {
            let row = authorised(connection, &reference, &token)?;
            load_view_in(&process, connection, &row, language.unwrap_or(row.language))
        })
        .await
}

fn load_view(app: &App, connection: &mut AnyConnection, row: &RequestRow) -> Result<RequesterView, ServiceError> {
    load_view_in(app, connection, row, row.language)
}

fn load_view_in(
    app: &App,
    connection: &mut AnyConnection,
    row: &RequestRow,
    language: Language,
) -> Result<RequesterView, ServiceError> {
    let key = request_key(app, connection, &row.id)?;
    let loaded = Loaded {
        row,
        clocks: &clocks::of_request(connection, &row.id)?,
        events: &events::of_request(connection, &row.id)?,
        messages: &events::messages_of(connection, &row.id)?,
        attachments: &attachments::of_request(connection, &row.id)?,
    };
    requester_view(app, &key, &loaded, language)
}

/// A message of the requester: a reply when one was asked for, else an addition.
///
/// # Errors
/// `invalid_transition` on a closed request; `Invalid` for a text that cannot be taken.
pub async fn message(
    app: &Arc<App>,
    reference: String,
    token: String,
    form: TextForm,
    idempotency: Option<IdempotencyKey>,
) -> Result<Sent, ServiceError> {
    let text = checked_text("/text", &form.text)?;
    let process = Arc::clone(app);
    let sent = app
        .db
        .write::<_, ServiceError, _>("requester_message", move |tx| {
            let row = authorised(tx, &reference, &token)?;
            if let Some(id) = earlier_call(tx, idempotency.as_ref(), process.clock.now())? {
                let message = stored_message(&process, tx, &row, &id)?;
                return Ok(Sent { message, replayed: true });
            }
            let mut case = Case::open(&process, tx, &reference, Actor::Requester)?;
            if case.row.status.is_final() {
                return Err(ServiceError::invalid_transition(case.row.status, "messages"));
            }
            let (id, kind) = take_message(&mut case, &text)?;
            if let Some(idempotency) = &idempotency {
                remember(case.tx, idempotency, &id, case.now)?;
            }
            let at = case.now;
            case.save(true)?;
            let from = Actor::Requester.kind().to_owned();
            let message = MessageView { id, at, kind: kind.to_owned(), from, text: Some(text) };
            Ok(Sent { message, replayed: false })
        })
        .await?;
    app.wake_worker();
    Ok(sent)
}

/// Stores what the requester says, moves the request on when it was waited for, and tells the staff.
///
/// # Errors
/// Those of the vault and of the database.
pub fn take_message(case: &mut Case<'_>, text: &str) -> Result<(String, &'static str), ServiceError> {
    let asked = case.row.status == Status::Clarification;
    let kind = if asked { "reply" } else { "addition" };
    let id = case.add_message(kind, text)?;
    if asked {
        let back_to = case.row.return_status.take().unwrap_or(Status::Review);
        case.go("reply", Action::Reply { back_to })?;
    }
    let event = if asked { EventKind::Replied } else { EventKind::MessageAdded };
    case.record(event, json!({"message": id}), None)?;
    let link = case.staff_link();
    for member in case.responsible()? {
        // Whoever records a reply has read it.
        if case.actor.id() != Some(member.id.as_str()) {
            case.mail_member("reply", &member, &StaffMail::Reply { link: &link })?;
        }
    }
    Ok((id, kind))
}

fn stored_message(app: &App, tx: &mut AnyConnection, row: &RequestRow, id: &str) -> Result<MessageView, ServiceError> {
    let key = request_key(app, tx, &row.id)?;
    let rows = events::messages_of(tx, &row.id)?;
    let found = rows.iter().find(|message| message.id == id).ok_or(ServiceError::NotFound)?;
    super::views::message_view(found, Some(&key))
}

/// A text that a person must give.
///
/// # Errors
/// `Invalid` at `pointer`.
pub fn checked_text(pointer: &str, typed: &str) -> Result<String, ServiceError> {
    text::many_lines(typed, MAX_MESSAGE).map_err(|error| ServiceError::Invalid(vec![FieldError::at(pointer, error)]))
}

/// The requester takes the request back.
///
/// # Errors
/// `invalid_transition` once the answer was approved.
pub async fn cancel(
    app: &Arc<App>,
    reference: String,
    token: String,
    form: CancelForm,
) -> Result<RequesterView, ServiceError> {
    let reason = form.reason.as_deref().filter(|reason| !reason.trim().is_empty());
    let reason = reason.map(|reason| checked_text("/reason", reason)).transpose()?;
    let process = Arc::clone(app);
    let view = app
        .db
        .write::<_, ServiceError, _>("cancel_request", move |tx| {
            let mut case = open_case(&process, tx, &reference, &token)?;
            cancel_case(&mut case, reason.as_deref())?;
            let (row, tx) = case.save_and_keep(true)?;
            load_view(&process, tx, &row)
        })
        .await?;
    app.wake_worker();
    Ok(view)
}

/// Closes a case at the requester's word: open clocks no longer apply, and their own provisional block is lifted.
///
/// # Errors
/// `invalid_transition` once the answer was approved.
pub fn cancel_case(case: &mut Case<'_>, reason: Option<&str>) -> Result<(), ServiceError> {
    case.go("cancel", Action::Cancel)?;
    case.row.return_status = None;
    case.record(EventKind::Cancelled, json!({}), reason)?;
    let lifts = match case.row.violation {
        Violation::Confirmed => false,
        Violation::Dismissed => true,
        Violation::None | Violation::Alleged => is_own_block(case)?,
    };
    let was_blocked = case.row.blocking == Blocking::Provisional && lifts;
    if was_blocked {
        case.row.blocking = Blocking::None;
        case.meet_clock(ClockName::Unblocking, "cancel");
    }
    case.void_open_clocks("cancel");
    if was_blocked {
        case.record(EventKind::BlockLifted, json!({"by": "cancel"}), None)?;
    }
    let by_staff = matches!(case.actor, Actor::Staff(_));
    case.mail_requester("cancelled", &RequesterMail::Cancelled { by_staff })?;
    Ok(())
}

/// Whether the block stands on what the requester said, and not on what staff found out by themselves.
fn is_own_block(case: &mut Case<'_>) -> Result<bool, ServiceError> {
    let grounds = case.grounds();
    let by_what_stands = case.row.kind == Kind::Blocking
        || grounds.iter().any(|ground| ground.alleges_violation())
        || blocks_at_once(case.operator, case.row.kind, &grounds);
    // The kind may have been another when the profile's promise set it.
    Ok(by_what_stands || was_set_by_promise(case)?)
}

/// The answer.
///
/// # Errors
/// `NotFound` until the request is answered.
pub async fn answer(app: &Arc<App>, reference: String, token: String) -> Result<AnswerView, ServiceError> {
    let process = Arc::clone(app);
    app.db
        .read("requester_answer", move |connection| {
            let row = authorised(connection, &reference, &token)?;
            if row.status != Status::Answered {
                return Err(ServiceError::NotFound);
            }
            let key = request_key(&process, connection, &row.id)?;
            let draft = load_draft(connection, &row.id, &key)?.ok_or(ServiceError::NotFound)?;
            answer_view(&process, &row, &open_contents(&row, &key)?, draft)
        })
        .await
}

/// The contents of a request, opened.
///
/// # Errors
/// When they were destroyed or do not open.
pub fn open_contents(row: &RequestRow, key: &RequestKey) -> Result<Contents, ServiceError> {
    let sealed = row.sealed_contents.as_deref().ok_or(ServiceError::NotFound)?;
    Ok(key.open_json(&Place::new("requests", &row.id, "contents"), sealed)?)
}

/// The answer that was proposed last, opened.
///
/// # Errors
/// When it does not open.
pub fn load_draft(
    connection: &mut AnyConnection,
    request_id: &str,
    key: &RequestKey,
) -> Result<Option<Draft>, ServiceError> {
    let Some(row) = events::answer_of(connection, request_id)? else { return Ok(None) };
    let Some(sealed) = row.sealed.as_deref() else { return Ok(None) };
    Ok(Some(key.open_json(&Place::new("answers", request_id, "draft"), sealed)?))
}
