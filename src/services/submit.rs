//! A request comes in: by the public form, or recorded by staff.

mod first;

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use first::{blocks_at_once, edition_at, withdrawal_notes};

use super::case::Case;
use super::error::ServiceError;
use super::idempotency::{IdempotencyKey, earlier_call, remember};
use super::keys::hold;
use super::person::{self, Person};
use super::views::{ClockView, HeadlineView, clock_views, headline_view};
use crate::app::App;
use crate::domain::almaty;
use crate::domain::event::Actor;
use crate::domain::event_chain;
use crate::domain::instant;
use crate::domain::intake::{Checked, Circumstances, FieldError, RequestForm, check};
use crate::domain::operator::Operator;
use crate::domain::reference::Reference;
use crate::domain::term::Term;
use crate::domain::vocabulary::{Blocking, Channel, Kind, Language, Status, VerificationMethod, Violation};
use crate::ids::new_id;
use crate::mail::compose::Note;
use crate::storage::requests::{self, RequestKeyRow, RequestRow};
use crate::storage::{AnyConnection, follow_one_another};
use crate::vault::{Place, RequestKey, WrappedKey, new_token, token_hash};

/// The reference of a new request is tried this often before something must be wrong.
const REFERENCE_TRIES: usize = 5;

/// What staff add when they record a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPart {
    /// How it came in: `paper`, `in_person` or `email`.
    pub channel: Channel,
    /// When it was received; now when absent, never in the future. Clocks start from it.
    #[serde(default, deserialize_with = "instant::optional")]
    pub received_at: Option<DateTime<Utc>>,
    /// Identity was confirmed in person.
    #[serde(default)]
    pub identity_confirmed: bool,
    /// When the documents of a correction were received, if they came with it.
    #[serde(default, deserialize_with = "instant::optional")]
    pub documents_at: Option<DateTime<Utc>>,
    /// The claim is a consumer's.
    #[serde(default)]
    pub consumer: bool,
}

/// How a request comes in.
#[derive(Debug, Clone)]
pub enum Origin {
    /// By the public form or API.
    Web,
    /// Recorded by a member of the staff.
    Staff {
        /// Who records it.
        staff_id: String,
        /// What they add.
        part: RecordPart,
    },
}

/// What whoever submits gets back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Under which the request is found; it can be read over the phone.
    pub reference: String,
    /// The secret that opens the request; absent when staff recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Where the request stands.
    pub status: Status,
    /// What is asked for.
    pub kind: Kind,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// The deadline that leads.
    pub headline: Option<HeadlineView>,
    /// All deadlines.
    pub clocks: Vec<ClockView>,
    /// For staff: the reference of an earlier open request of the same person and kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible_duplicate_of: Option<String>,
}

/// A receipt, and whether it was given before.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The receipt.
    pub receipt: Receipt,
    /// The same call was answered before.
    pub replayed: bool,
}

/// What the transaction needs, made before it.
struct Prepared {
    row: RequestRow,
    key: RequestKey,
    wrapped: WrappedKey,
    person: Person,
    about: Option<String>,
    token: String,
    notes: Vec<Note>,
}

/// Takes a request in: checks it, seals what is personal, stores it with its clocks, history and mails.
///
/// # Errors
/// `Invalid` with every mistake; nothing is stored then. `idempotency_conflict` for a key that came with another body.
pub async fn submit(
    app: &Arc<App>,
    operator_id: &str,
    form: RequestForm,
    origin: Origin,
    language: Language,
    idempotency: Option<IdempotencyKey>,
) -> Result<Submitted, ServiceError> {
    let now = app.clock.now();
    let prepared = ready(app, operator_id, &form, &origin, language, now)?;
    let process = Arc::clone(app);
    let submitted = app
        .db
        .write("submit_request", move |tx| store(&process, tx, prepared, &origin, now, idempotency.as_ref()))
        .await?;
    app.wake_worker();
    Ok(submitted)
}

/// Takes a request in inside a transaction of the caller's, who wakes the worker after it.
///
/// # Errors
/// As [`submit`].
pub fn submit_in(
    app: &App,
    tx: &mut AnyConnection,
    operator_id: &str,
    form: &RequestForm,
    origin: &Origin,
    language: Language,
) -> Result<Submitted, ServiceError> {
    let now = app.clock.now();
    let prepared = ready(app, operator_id, form, origin, language, now)?;
    store(app, tx, prepared, origin, now, None)
}

/// Checks what was sent and makes what the transaction needs.
fn ready(
    app: &App,
    operator_id: &str,
    form: &RequestForm,
    origin: &Origin,
    language: Language,
    now: DateTime<Utc>,
) -> Result<Prepared, ServiceError> {
    let operator = app.operator(operator_id).ok_or(ServiceError::NotFound)?;
    let received_at = received_at(origin, now)?;
    let circumstances =
        Circumstances { operator, channel: channel(origin), received_on: almaty::local_date(received_at), language };
    // First the day: on one that the law does not reach no other field can be judged.
    app.law(&app.calendar()).rule_set_on(circumstances.received_on)?;
    if let Origin::Staff { part, .. } = origin {
        check_part(app, form.kind, part, received_at)?;
    }
    let checked = check(form, &circumstances).map_err(ServiceError::Invalid)?;
    prepare(app, operator, &checked, origin, received_at, now)
}

fn channel(origin: &Origin) -> Channel {
    match origin {
        Origin::Web => Channel::Web,
        Origin::Staff { part, .. } => part.channel,
    }
}

fn received_at(origin: &Origin, now: DateTime<Utc>) -> Result<DateTime<Utc>, ServiceError> {
    let Origin::Staff { part, .. } = origin else { return Ok(now) };
    if part.channel == Channel::Web {
        return Err(ServiceError::field("/channel", "not_one_of").map_args("allowed", "paper, in_person, email"));
    }
    let received_at = part.received_at.unwrap_or(now);
    if received_at > now {
        return Err(ServiceError::field("/received_at", "date_in_future"));
    }
    if part.documents_at.is_some_and(|at| at > now) {
        return Err(ServiceError::field("/documents_at", "date_in_future"));
    }
    Ok(received_at)
}

/// Checks what staff add against the kind, and that the calendar reaches over the longest term from the days that they name.
fn check_part(app: &App, kind: Kind, part: &RecordPart, received_at: DateTime<Utc>) -> Result<(), ServiceError> {
    let mut mistakes = Vec::new();
    if part.documents_at.is_some() && kind != Kind::Correction {
        mistakes.push(FieldError::new("/documents_at", "part_of_another_kind"));
    }
    if part.consumer && kind != Kind::Claim {
        mistakes.push(FieldError::new("/consumer", "part_of_another_kind"));
    }
    if part.documents_at.is_some_and(|at| at < received_at) {
        mistakes.push(FieldError::new("/documents_at", "date_too_early"));
    }
    if let Err(missing) = app.calendar().count(almaty::local_date(received_at), Term::calendar(30)) {
        mistakes.push(FieldError::new("/received_at", "date_not_in_calendar").with("year", missing.year));
    }
    if mistakes.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(mistakes)) }
}

fn prepare(
    app: &App,
    operator: &Operator,
    checked: &Checked,
    origin: &Origin,
    received_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Prepared, ServiceError> {
    let id = new_id(now);
    let (key, wrapped) = app.vault.new_request_key(&id)?;
    let token = new_token()?;
    let calendar = app.calendar();
    let rule_set = app.law(&calendar).rule_set_on(almaty::local_date(received_at))?;
    let row = RequestRow {
        rule_set: rule_set.to_owned(),
        token_hash: token_hash(&token),
        event_head: event_chain::genesis(&id).to_vec(),
        sealed_contents: Some(key.seal_json(&Place::new("requests", &id, "contents"), &checked.contents)?),
        sealed_token: Some(key.seal(&Place::new("requests", &id, "token"), token.as_bytes())?),
        id,
        ..facts(operator, checked, origin, received_at, now)?
    };
    Ok(Prepared {
        row,
        key,
        wrapped,
        person: Person::of(app, operator, &checked.contents),
        about: checked.contents.claim.as_ref().and_then(|claim| claim.about.clone()),
        token,
        notes: first::notes(operator, checked, origin),
    })
}

/// The row of a new request as far as it follows from what was sent and how.
fn facts(
    operator: &Operator,
    checked: &Checked,
    origin: &Origin,
    received_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<RequestRow, ServiceError> {
    let (recorder, part) = match origin {
        Origin::Staff { staff_id, part } => (Some(staff_id.clone()), Some(part)),
        Origin::Web => (None, None),
    };
    let in_person = part.is_some_and(|part| part.identity_confirmed);
    let has_email = checked.contents.requester_email().is_some();
    let alleged = checked.grounds.iter().any(|ground| ground.alleges_violation());
    let blocked = blocks_at_once(operator, checked.kind, &checked.grounds);
    Ok(RequestRow {
        operator_id: operator.id.clone(),
        status: match (part, in_person) {
            (None, _) => Status::Submitted,
            (Some(_), true) => Status::Review,
            (Some(_), false) => Status::Verification,
        },
        blocking: if blocked { Blocking::Provisional } else { Blocking::None },
        violation: if alleged { Violation::Alleged } else { Violation::None },
        channel: channel(origin),
        capacity: checked.contents.submitted_by.capacity,
        language: checked.language,
        service: checked.service.clone(),
        edition: edition_at(operator, checked.is_about_cookies(), &checked.service, almaty::local_date(received_at)),
        grounds: serde_json::to_string(&checked.grounds)?,
        published: !checked.contents.published_at.is_empty(),
        withdrawal_scope: checked.contents.withdrawal.as_ref().map(|withdrawal| withdrawal.scope),
        identity_confirmed_at: in_person.then(|| now.naive_utc()),
        identity_method: in_person.then_some(VerificationMethod::InPerson),
        verifier_id: recorder.clone().filter(|_| in_person),
        recorder_id: recorder,
        has_email,
        next_nudge_at: (part.is_none() && has_email).then(|| (now + Duration::days(1)).naive_utc()),
        documents_at: part.and_then(|part| part.documents_at).map(|at| at.naive_utc()),
        consumer: checked.kind == Kind::Claim && part.is_some_and(|part| part.consumer),
        ..RequestRow::blank(checked.kind, received_at, now)
    })
}

fn store(
    app: &App,
    tx: &mut AnyConnection,
    mut prepared: Prepared,
    origin: &Origin,
    now: DateTime<Utc>,
    idempotency: Option<&IdempotencyKey>,
) -> Result<Submitted, ServiceError> {
    if let Some(receipt) = earlier_receipt(app, tx, idempotency, now)? {
        return Ok(Submitted { receipt, replayed: true });
    }
    let operator = app.operator(&prepared.row.operator_id).ok_or(ServiceError::NotFound)?;
    if let Some(about) = &prepared.about
        && !person::has_request(tx, &operator.id, &prepared.person, about)?
    {
        return Err(ServiceError::field("/claim/about", "about_not_found"));
    }
    // Two submissions of the same person at the same moment see one another.
    if let Some(key) = prepared.person.lock_key() {
        follow_one_another(tx, key)?;
    }
    prepared.row.duplicate_of = person::open_request(tx, &operator.id, &prepared.person, prepared.row.kind)?;
    prepared.row.reference = free_reference(tx, operator)?;
    let key_row = RequestKeyRow {
        request_id: prepared.row.id.clone(),
        master_key_id: prepared.wrapped.master_key_id.clone(),
        wrapped: Some(prepared.wrapped.bytes.clone()),
        created_at: now.naive_utc(),
        destroyed_at: None,
    };
    let indexes = prepared.person.rows(&prepared.row.id, &operator.id);
    hold(tx, &key_row.master_key_id)?;
    requests::insert(tx, &prepared.row, &key_row, &indexes)?;
    if let Some(idempotency) = idempotency {
        remember(tx, idempotency, &prepared.row.reference, now)?;
    }
    let actor = match origin {
        Origin::Web => Actor::Requester,
        Origin::Staff { staff_id, .. } => Actor::Staff(staff_id.clone()),
    };
    let (token, notes) = (prepared.token, prepared.notes);
    let mut case = Case::new(app, tx, now, actor, (prepared.row, prepared.key, operator));
    case.plan_clocks()?;
    first::first_events(&mut case)?;
    first::first_mails(&mut case, &notes)?;
    let receipt = receipt(&case, matches!(origin, Origin::Web).then_some(token))?;
    let sealed = case.key.seal_json(&Place::new("requests", &case.row.id, "receipt"), &receipt)?;
    case.row.sealed_receipt = Some(sealed);
    case.save(false)?;
    Ok(Submitted { receipt, replayed: false })
}

fn earlier_receipt(
    app: &App,
    tx: &mut AnyConnection,
    idempotency: Option<&IdempotencyKey>,
    now: DateTime<Utc>,
) -> Result<Option<Receipt>, ServiceError> {
    let Some(resource) = earlier_call(tx, idempotency, now)? else { return Ok(None) };
    let row = requests::by_reference(tx, &resource)?.ok_or(ServiceError::NotFound)?;
    let key = super::case::request_key(app, tx, &row.id)?;
    let sealed = row.sealed_receipt.as_deref().ok_or(ServiceError::NotFound)?;
    Ok(Some(key.open_json(&Place::new("requests", &row.id, "receipt"), sealed)?))
}

fn free_reference(tx: &mut AnyConnection, operator: &Operator) -> Result<String, ServiceError> {
    for _ in 0..REFERENCE_TRIES {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|error| ServiceError::Internal(error.to_string()))?;
        let reference = Reference::generate(&operator.reference_prefix, random)
            .ok_or_else(|| ServiceError::Internal("an operator's prefix makes no reference".to_owned()))?;
        if requests::by_reference(tx, reference.as_str())?.is_none() {
            return Ok(reference.as_str().to_owned());
        }
    }
    Err(ServiceError::Internal("no free reference was found".to_owned()))
}

fn receipt(case: &Case<'_>, token: Option<String>) -> Result<Receipt, ServiceError> {
    let for_staff = token.is_none();
    Ok(Receipt {
        reference: case.row.reference.clone(),
        token,
        status: case.row.status,
        kind: case.row.kind,
        received_at: case.row.received_at.and_utc(),
        headline: headline_view(case.row.kind, &case.clocks),
        clocks: clock_views(case.app, case.row.language, &case.clocks)?,
        possible_duplicate_of: case.row.duplicate_of.clone().filter(|_| for_staff),
    })
}
