//! Putting right what was entered or sorted wrongly: another kind, another moment of receipt.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answering::email_was_enough;
use super::blocking::awaits_effect;
use crate::domain::almaty;
use crate::domain::event::EventKind;
use crate::domain::instant;
use crate::domain::intake::{
    Checked, Circumstances, Claim, Contents, Correction, Deletion, FieldError, Objection, RequestForm, SubjectForm,
    SubmitterForm, Withdrawal, check,
};
use crate::domain::lifecycle::{Action, next};
use crate::domain::permission::{Permission, Standing};
use crate::domain::term::Term;
use crate::domain::vocabulary::{
    Blocking, Capacity, Channel, ClockName, Ground, Kind, Status, Violation, WithdrawalScope,
};
use crate::mail::compose::{Note, RequesterMail};
use crate::services::case::{Case, Private};
use crate::services::error::ServiceError;
use crate::services::person::{self, Person};
use crate::services::requester::checked_text;
use crate::services::submit::{blocks_at_once, edition_at, withdrawal_notes};
use crate::storage::events;

/// Another kind, with its part as in the public body.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReclassifyForm {
    /// What is asked for in truth.
    pub kind: Kind,
    /// Own words of the person; those that stand when absent.
    pub details: Option<String>,
    /// Why; the grounds that stand when absent.
    pub grounds: Option<Vec<Ground>>,
    /// Links to places where the data was made public unlawfully; those that stand when absent.
    pub published_at: Option<Vec<String>>,
    /// The part of a correction.
    pub corrections: Option<Vec<Correction>>,
    /// The part of a deletion.
    pub deletion: Option<Deletion>,
    /// The part of a withdrawal of consent.
    pub withdrawal: Option<Withdrawal>,
    /// The part of an objection.
    pub objection: Option<Objection>,
    /// The part of a claim.
    pub claim: Option<Claim>,
    /// What the person was told and understood; what stands when absent.
    pub acknowledged: Option<Vec<String>>,
    /// Why the kind is changed; staff read it in the history.
    pub reason: Option<String>,
}

/// Another moment of receipt.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendReceiptForm {
    /// When the request was received in truth: not in the future, and not after it was recorded here.
    #[serde(deserialize_with = "instant::required")]
    pub received_at: DateTime<Utc>,
    /// Why it is changed.
    pub reason: String,
}

/// What the history says of the violation and of staff's own marks.
#[derive(Default)]
struct History {
    marked: bool,
    confirmed_at: Option<DateTime<Utc>>,
}

impl History {
    fn of(case: &mut Case<'_>) -> Result<Self, ServiceError> {
        let mut history = Self::default();
        for event in events::of_request(case.tx, &case.row.id)? {
            match EventKind::parse(&event.kind) {
                Some(EventKind::ViolationMarked) => history.marked = true,
                Some(EventKind::ViolationConfirmed) => history.confirmed_at = Some(event.at.and_utc()),
                _ => {}
            }
        }
        Ok(history)
    }
}

/// The request is of another kind. The receipt stays, the clocks follow; a proposal for the old kind is dropped.
pub(super) fn reclassify(case: &mut Case<'_>, standing: Standing, form: &ReclassifyForm) -> Result<(), ServiceError> {
    let from = (case.row.kind, case.row.status);
    // What a DPO approved only a DPO takes back, as with `reopen`.
    if from.1 == Status::Execution && !standing.may(Permission::Oversee) {
        return Err(ServiceError::forbidden());
    }
    if next(from.1, Action::Reclassify { identity_confirmed: false }).is_none() || form.kind == from.0 {
        return Err(ServiceError::invalid_transition(from.1, "reclassify"));
    }
    let reason = form.reason.as_deref().filter(|reason| !reason.trim().is_empty());
    let reason = reason.map(|reason| checked_text("/reason", reason)).transpose()?;
    let before = case.contents()?;
    let checked = check_again(case, form, &before)?;
    let old_grounds = case.grounds();
    let history = History::of(case)?;
    take_over(case, &checked, &history)?;
    let settled = case.row.identity_confirmed_at.is_some() || email_was_enough(case);
    case.go("reclassify", Action::Reclassify { identity_confirmed: settled })?;
    move_return(case, settled);
    let dropped = case.row.outcome.take();
    case.row.proposer_id = None;
    case.row.approver_id = None;
    let clocks = case.replan_clocks("reclassify", history.confirmed_at)?;
    case.put_contents(&checked.contents)?;
    let data = json!({
        "from": from.0, "to": form.kind, "grounds": checked.grounds, "clocks": clocks, "dropped_proposal": dropped,
    });
    let private = Private { text: reason, before: Some(parts_of(from.0, &old_grounds, &before)) };
    case.record_private(EventKind::Reclassified, data, &private)?;
    let in_effect = block_as_promised(case)?;
    tell(case, &checked, in_effect)
}

/// The stored request with the part of the new kind, through the checks of the intake. Staff sort it, so the checks are those of a
/// request that staff record: nobody can acknowledge anything in the person's place.
fn check_again(case: &mut Case<'_>, form: &ReclassifyForm, before: &Contents) -> Result<Checked, ServiceError> {
    let circumstances = Circumstances {
        operator: case.operator,
        channel: Channel::Email,
        received_on: almaty::local_date(case.row.received_at.and_utc()),
        language: case.row.language,
    };
    let whole = whole_form(case, form, before);
    let checked = check(&whole, &circumstances)
        .map_err(|mistakes| ServiceError::Invalid(mistakes.into_iter().map(of_the_request).collect()))?;
    if let Some(about) = checked.contents.claim.as_ref().and_then(|claim| claim.about.as_deref()) {
        let person = Person::of(case.app, case.operator, &checked.contents);
        if about == case.row.reference || !person::has_request(case.tx, &case.operator.id, &person, about)? {
            return Err(ServiceError::field("/claim/about", "about_not_found"));
        }
    }
    Ok(checked)
}

/// What the people in the request lack for the new kind cannot be added here: the message says what to do instead.
fn of_the_request(mistake: FieldError) -> FieldError {
    let of_people = mistake.pointer.starts_with("/subject") || mistake.pointer.starts_with("/submitted_by");
    if of_people { FieldError::new(mistake.pointer, "lacking_for_kind") } else { mistake }
}

fn whole_form(case: &Case<'_>, form: &ReclassifyForm, before: &Contents) -> RequestForm {
    let standing = || {
        let fits = |ground: &Ground| form.kind == Kind::Deletion || *ground != Ground::OwnWish;
        case.grounds().into_iter().filter(fits).collect()
    };
    // A service that the profile no longer names is not the caller's mistake.
    let service = Some(case.row.service.clone()).filter(|service| case.operator.service(service).is_some());
    let (subject, submitter) = (before.subject.clone(), before.submitted_by.clone());
    RequestForm {
        kind: form.kind,
        language: Some(case.row.language),
        service,
        subject: SubjectForm {
            full_name: subject.full_name,
            iin: subject.iin,
            email: subject.email,
            phone: subject.phone,
            birth_date: subject.birth_date,
            other_id: subject.other_id,
            postal_address: subject.postal_address,
            bin: subject.bin,
        },
        submitted_by: SubmitterForm {
            capacity: submitter.capacity,
            full_name: submitter.full_name,
            email: submitter.email,
            phone: submitter.phone,
            postal_address: submitter.postal_address,
            authority: submitter.authority,
            document: submitter.document,
        },
        details: form.details.clone().or_else(|| before.details.clone()),
        grounds: Some(form.grounds.clone().unwrap_or_else(standing)),
        published_at: Some(form.published_at.clone().unwrap_or_else(|| before.published_at.clone())),
        corrections: form.corrections.clone(),
        deletion: form.deletion.clone(),
        withdrawal: form.withdrawal.clone(),
        objection: form.objection.clone(),
        claim: form.claim.clone(),
        acknowledged: Some(form.acknowledged.clone().unwrap_or_else(|| before.acknowledged.clone())),
    }
}

/// The row follows the new kind.
fn take_over(case: &mut Case<'_>, checked: &Checked, history: &History) -> Result<(), ServiceError> {
    let row = &mut case.row;
    row.kind = checked.kind;
    row.grounds = serde_json::to_string(&checked.grounds)?;
    row.published = !checked.contents.published_at.is_empty();
    row.withdrawal_scope = checked.contents.withdrawal.as_ref().map(|withdrawal| withdrawal.scope);
    if matches!(row.violation, Violation::None | Violation::Alleged) {
        let alleged = history.marked || checked.grounds.iter().any(|ground| ground.alleges_violation());
        row.violation = if alleged { Violation::Alleged } else { Violation::None };
    }
    follow_edition(case);
    let person = Person::of(case.app, case.operator, &checked.contents);
    let (kind, id) = (case.row.kind, case.row.id.clone());
    case.row.duplicate_of = person::earlier_request(case.tx, &case.operator.id, &person, kind, &id)?;
    Ok(())
}

/// The edition of the policy that was in force at receipt.
fn follow_edition(case: &mut Case<'_>) {
    let about_cookies = case.row.withdrawal_scope == Some(WithdrawalScope::Cookies);
    let on = almaty::local_date(case.row.received_at.and_utc());
    case.row.edition = edition_at(case.operator, about_cookies, &case.row.service, on);
}

/// A question that is open is answered into the status that the new kind allows.
fn move_return(case: &mut Case<'_>, settled: bool) {
    if case.row.status != Status::Clarification {
        case.row.return_status = None;
    } else if !settled {
        case.row.return_status = Some(Status::Verification);
    } else if case.row.return_status == Some(Status::Verification) {
        case.row.return_status = Some(Status::Review);
    }
}

/// What was asked before, for the history.
fn parts_of(kind: Kind, grounds: &[Ground], contents: &Contents) -> Value {
    let mut parts = json!({
        "kind": kind, "grounds": grounds, "details": contents.details, "published_at": contents.published_at,
        "corrections": contents.corrections, "deletion": contents.deletion, "withdrawal": contents.withdrawal,
        "objection": contents.objection, "claim": contents.claim, "acknowledged": contents.acknowledged,
    });
    if let Some(parts) = parts.as_object_mut() {
        parts.retain(|_, part| !part.is_null() && part.as_array().is_none_or(|items| !items.is_empty()));
    }
    parts
}

/// The profile's promise for the new kind sets a block for the time of the check. One that stands is never lifted here: staff decide.
/// Returns whether a block that this call recorded is in effect; nothing when it recorded none.
fn block_as_promised(case: &mut Case<'_>) -> Result<Option<bool>, ServiceError> {
    if case.row.blocking != Blocking::None {
        if !awaits_effect(case)? {
            case.meet_clock(ClockName::Blocking, "reclassify");
        }
        return Ok(None);
    }
    let promised = blocks_at_once(case.operator, case.row.kind, &case.grounds());
    if !promised || case.row.violation == Violation::Dismissed {
        return Ok(None);
    }
    let in_effect = case.row.identity_confirmed_at.is_some()
        || case.row.email_confirmed_at.is_some()
        || case.row.capacity == Capacity::AuthorisedBody;
    case.row.blocking = Blocking::Provisional;
    if in_effect {
        case.meet_clock(ClockName::Blocking, "block");
    }
    case.await_clock(ClockName::Unblocking)?;
    let data = json!({"blocking": "provisional", "by": "profile", "in_effect": in_effect});
    case.record(EventKind::BlockSet, data, None)?;
    Ok(Some(in_effect))
}

fn tell(case: &mut Case<'_>, checked: &Checked, block: Option<bool>) -> Result<(), ServiceError> {
    let mut notes = withdrawal_notes(case.operator, &checked.contents);
    if case.row.kind == Kind::Correction {
        notes.push(Note::DocumentsNeeded);
    }
    if block == Some(false) {
        notes.push(Note::ProvisionalBlockAfterConfirmation);
    }
    let link = case.requester_link()?;
    case.mail_requester("reclassified", &RequesterMail::Reclassified { link: &link, notes: &notes })?;
    if block == Some(true) {
        case.mail_requester("block_set", &RequesterMail::BlockSet { link: &link, provisional: true })?;
    }
    Ok(())
}

/// The moment of receipt was entered wrongly. What counts from it is counted anew, and the requester's proof is renewed.
pub(super) fn amend_receipt(case: &mut Case<'_>, form: &AmendReceiptForm) -> Result<(), ServiceError> {
    let reason = checked_text("/reason", &form.reason)?;
    let before = case.row.received_at.and_utc();
    let to = form.received_at;
    let rule_set = check_receipt(case, before, to)?;
    // Documents that came with the request came when it came.
    if case.row.documents_at == Some(before.naive_utc()) {
        case.row.documents_at = Some(to.naive_utc());
    }
    case.row.received_at = to.naive_utc();
    case.row.rule_set = rule_set;
    follow_edition(case);
    let data = json!({"from": before, "to": to, "rule_set": case.row.rule_set, "edition": case.row.edition});
    case.record(EventKind::ReceiptAmended, data, Some(&reason))?;
    for moved in case.recount_from_receipt(before)? {
        let data = json!({"clock": moved.clock, "from": moved.from, "to": moved.to, "by": "amend_receipt"});
        case.record(EventKind::ClockRecounted, data, None)?;
    }
    let link = case.requester_link()?;
    case.mail_requester("receipt_amended", &RequesterMail::ReceiptAmended { link: &link })?;
    Ok(())
}

/// The law and the calendar reach that day, and nothing happened before it. Returns the rule set in force on it.
fn check_receipt(case: &mut Case<'_>, before: DateTime<Utc>, to: DateTime<Utc>) -> Result<String, ServiceError> {
    let mistake = |code| Err(ServiceError::field("/received_at", code));
    if to == before {
        return mistake("unchanged");
    }
    if to > case.now {
        return mistake("date_in_future");
    }
    if to > case.row.recorded_at.and_utc() {
        return mistake("date_after_recording");
    }
    if case.row.documents_at.is_some_and(|at| at != before.naive_utc() && at < to.naive_utc()) {
        return mistake("documents_before_receipt");
    }
    let calendar = case.calendar()?;
    let law = case.app.law(&calendar);
    let on = almaty::local_date(to);
    let rule_set = law.rule_set_on(on)?.to_owned();
    if let Err(missing) = law.calendar.count(on, Term::calendar(30)) {
        return Err(ServiceError::field("/received_at", "date_not_in_calendar").map_args("year", missing.year));
    }
    Ok(rule_set)
}
