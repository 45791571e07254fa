//! What the requester does: proves the address, looks, writes, cancels, reads the answer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::answer::Draft;
use super::case::{CODE_MINUTES, Case, request_key};
use super::error::{Refusal, ServiceError};
use super::submit::{IdempotencyKey, blocks_at_once, earlier_call, remember};
use super::views::{AnswerView, MessageView, RequesterView, answer_view, requester_view};
use crate::app::App;
use crate::domain::event::{Actor, EventKind};
use crate::domain::intake::{Contents, FieldError};
use crate::domain::lifecycle::Action;
use crate::domain::operator::{EmailIsEnough, Operator};
use crate::domain::reference::Reference;
use crate::domain::text;
use crate::domain::vocabulary::{Blocking, Channel, ClockName, Kind, Status, Violation, WithdrawalScope};
use crate::mail::compose::{RequesterMail, StaffMail};
use crate::services::views::Loaded;
use crate::storage::requests::RequestRow;
use crate::storage::{AnyConnection, clocks, codes, events, requests};
use crate::vault::{Place, RequestKey, token_hash};

/// A code may be tried this often.
const TRIES_PER_CODE: i32 = 5;
/// All codes of a request together may be tried this often.
const TRIES_PER_REQUEST: i32 = 15;
/// A new code may be asked for this often.
const RESENDS: i32 = 5;
/// The longest message, in characters.
const MAX_MESSAGE: usize = 10_000;

/// A code as it was typed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    /// Six digits.
    pub code: String,
}

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
fn authorised(tx: &mut AnyConnection, reference: &str, token: &str) -> Result<RequestRow, ServiceError> {
    let row = requests::by_reference(tx, reference)?.ok_or(ServiceError::NotFound)?;
    let matches: bool = row.token_hash.ct_eq(&token_hash(token)).into();
    if matches { Ok(row) } else { Err(ServiceError::NotFound) }
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
    let process = Arc::clone(app);
    app.db
        .read("requester_view", move |connection| {
            let row = authorised(connection, &reference, &token)?;
            load_view(&process, connection, &row)
        })
        .await
}

fn load_view(app: &App, connection: &mut AnyConnection, row: &RequestRow) -> Result<RequesterView, ServiceError> {
    let key = request_key(app, connection, &row.id)?;
    let loaded = Loaded {
        row,
        clocks: &clocks::of_request(connection, &row.id)?,
        events: &events::of_request(connection, &row.id)?,
        messages: &events::messages_of(connection, &row.id)?,
    };
    requester_view(app, &key, &loaded)
}

/// What became of a code.
enum Tried {
    Confirmed(Box<RequesterView>),
    Wrong { left: i32 },
    UsedUp,
}

/// Proves the mail address with the code that was mailed to it.
///
/// # Errors
/// `wrong_code` (422) with the tries that are left; `code_expired` (410) for one that is too old or used up.
pub async fn confirm(
    app: &Arc<App>,
    reference: String,
    token: String,
    form: CodeForm,
) -> Result<RequesterView, ServiceError> {
    let process = Arc::clone(app);
    let code: String = form.code.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    let tried = app
        .db
        .write::<_, ServiceError, _>("confirm_email", move |tx| {
            let case = open_case(&process, tx, &reference, &token)?;
            // A wrong code is a fact: its count is committed, and the refusal is made outside.
            try_code(case, &code)
        })
        .await?;
    app.wake_worker();
    match tried {
        Tried::Confirmed(view) => Ok(*view),
        Tried::Wrong { left } => {
            let refusal = Refusal::new("wrong_code", 422).with("left", left).extra("tries_left", left);
            Err(refusal.into())
        }
        Tried::UsedUp => Err(Refusal::new("code_expired", 410).into()),
    }
}

fn try_code(mut case: Case<'_>, code: &str) -> Result<Tried, ServiceError> {
    let all = codes::of_request(case.tx, &case.row.id)?;
    let Some(newest) = all.first() else { return Ok(Tried::UsedUp) };
    let matches = |id: &str, hmac: &[u8]| case.app.vault.verify_code(&case.row.id, id, code, hmac);
    if newest.used_at.is_some() {
        // The same code once more: a second press of the button is no mistake.
        let again = case.row.email_confirmed_at.is_some() && matches(&newest.id, &newest.hmac);
        return if again {
            let view = load_view(case.app, case.tx, &case.row)?;
            Ok(Tried::Confirmed(Box::new(view)))
        } else {
            Ok(Tried::UsedUp)
        };
    }
    let exhausted = newest.tries >= TRIES_PER_CODE || case.row.code_tries >= TRIES_PER_REQUEST;
    if exhausted || newest.expires_at <= case.now.naive_utc() {
        return Ok(Tried::UsedUp);
    }
    if !matches(&newest.id, &newest.hmac) {
        codes::count_try(case.tx, &newest.id)?;
        case.row.code_tries += 1;
        let left = (TRIES_PER_CODE - newest.tries - 1).min(TRIES_PER_REQUEST - case.row.code_tries);
        case.save(false)?;
        return Ok(Tried::Wrong { left });
    }
    codes::mark_used(case.tx, &newest.id, case.now.naive_utc())?;
    let app = case.app;
    confirmed(&mut case)?;
    let (row, tx) = case.save_and_keep(true)?;
    Ok(Tried::Confirmed(Box::new(load_view(app, tx, &row)?)))
}

/// The address is proven: the request moves on, and a provisional block takes effect in the operator's systems.
fn confirmed(case: &mut Case<'_>) -> Result<(), ServiceError> {
    case.row.email_confirmed_at = Some(case.now.naive_utc());
    case.row.next_nudge_at = None;
    if case.row.status == Status::Submitted {
        let is_enough = email_is_enough(case.operator, &case.row);
        case.go("confirm_email", Action::ConfirmEmail { is_enough })?;
    }
    if case.row.blocking != Blocking::None {
        case.meet_clock(ClockName::Blocking, "block");
    }
    case.record(EventKind::EmailConfirmed, json!({}), None)
}

/// Only cookie withdrawals and claims, and only where the profile says so: an address proves no IIN.
#[must_use]
pub fn email_is_enough(operator: &Operator, row: &RequestRow) -> bool {
    let enough = &operator.options.email_is_enough_for;
    match row.kind {
        Kind::ConsentWithdrawal => {
            row.withdrawal_scope == Some(WithdrawalScope::Cookies) && enough.contains(&EmailIsEnough::Cookies)
        }
        Kind::Claim => enough.contains(&EmailIsEnough::Claim),
        _ => false,
    }
}

/// Mails a new code; earlier ones no longer hold.
///
/// # Errors
/// `rate_limited` after five; 409 when the address is proven or the request is closed.
pub async fn resend_code(app: &Arc<App>, reference: String, token: String) -> Result<(), ServiceError> {
    let process = Arc::clone(app);
    app.db
        .write::<_, ServiceError, _>("resend_code", move |tx| {
            let mut case = open_case(&process, tx, &reference, &token)?;
            if case.row.email_confirmed_at.is_some() || case.row.status.is_final() || !case.row.has_email {
                return Err(ServiceError::invalid_transition(case.row.status, "confirm/resend"));
            }
            if case.row.code_resends >= RESENDS || case.row.code_tries >= TRIES_PER_REQUEST {
                return Err(Refusal::new("rate_limited", 429).with("seconds", 86_400).retry_after(86_400).into());
            }
            case.row.code_resends += 1;
            let code = case.issue_code()?;
            let link = case.requester_link()?;
            let mail = RequesterMail::CodeAgain { code: &code, code_minutes: CODE_MINUTES, link: &link };
            case.mail_requester("code_again", &mail)?;
            case.record(EventKind::CodeSent, json!({}), None)?;
            case.save(false)?;
            Ok(())
        })
        .await?;
    app.wake_worker();
    Ok(())
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
    case.mail_responsible("reply", &StaffMail::Reply { link: &link })?;
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
    case.void_open_clocks("cancel");
    case.record(EventKind::Cancelled, json!({}), reason)?;
    if case.row.blocking == Blocking::Provisional && case.row.violation != Violation::Confirmed && is_own_block(case) {
        case.row.blocking = Blocking::None;
        case.record(EventKind::BlockLifted, json!({"by": "cancel"}), None)?;
    }
    let by_staff = matches!(case.actor, Actor::Staff(_));
    case.mail_requester("cancelled", &RequesterMail::Cancelled { by_staff })?;
    Ok(())
}

/// Whether the block stands on what the requester said, and not on what staff found out by themselves.
fn is_own_block(case: &Case<'_>) -> bool {
    let grounds = case.grounds();
    case.row.kind == Kind::Blocking
        || grounds.iter().any(|ground| ground.alleges_violation())
        || blocks_at_once(case.operator, case.row.kind, &grounds)
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

/// Reminds a requester who has not proven the address: after one day and after three, with a new code each time.
///
/// # Errors
/// Those of the vault and of the database.
pub fn nudge(case: &mut Case<'_>) -> Result<bool, ServiceError> {
    let due = case.row.next_nudge_at.filter(|at| *at <= case.now.naive_utc());
    let waits = case.row.email_confirmed_at.is_none() && !case.row.status.is_final();
    let Some(_) = due.filter(|_| waits && case.row.channel == Channel::Web) else {
        case.row.next_nudge_at = None;
        return Ok(false);
    };
    let since: DateTime<Utc> = case.row.recorded_at.and_utc();
    let last = case.now - since >= chrono::Duration::days(3);
    case.row.next_nudge_at = (!last).then(|| (since + chrono::Duration::days(3)).naive_utc());
    let code = case.issue_code()?;
    let link = case.requester_link()?;
    let mail = RequesterMail::ConfirmReminder { code: &code, code_minutes: CODE_MINUTES, link: &link, last };
    case.mail_requester("confirm_reminder", &mail)?;
    Ok(true)
}
