//! The check of who asks.

use serde_json::json;

use super::VerifyForm;
use super::answering::put_draft;
use super::blocking::{awaits_effect, take_effect};
use crate::domain::event::EventKind;
use crate::domain::intake::FieldError;
use crate::domain::lifecycle::Action;
use crate::domain::text;
use crate::domain::vocabulary::{Outcome, VerificationResult};
use crate::locale::letters;
use crate::mail::compose::RequesterMail;
use crate::services::answer::{Draft, GroundForm};
use crate::services::case::Case;
use crate::services::error::ServiceError;
use crate::services::requester::checked_text;
use crate::services::sign_in::Member;

/// Records the result: confirmed leads to the review, not confirmed to a proposed refusal.
pub(super) fn verify(case: &mut Case<'_>, member: &Member, form: &VerifyForm) -> Result<(), ServiceError> {
    let note = form.note.as_deref().filter(|note| !note.trim().is_empty());
    let note = note.map(|note| checked_text("/note", note)).transpose()?;
    let confirmed = form.result == VerificationResult::Confirmed;
    case.go("verify", Action::Verify { confirmed })?;
    case.row.return_status = None;
    case.row.verifier_id = Some(member.id.clone());
    case.row.identity_method = Some(form.method);
    let data = json!({"method": form.method, "checked": form.checked});
    if confirmed {
        let block_waits = awaits_effect(case)?;
        case.row.identity_confirmed_at = Some(case.now.naive_utc());
        case.record(EventKind::IdentityConfirmed, data, note.as_deref())?;
        let link = case.requester_link()?;
        case.mail_requester("identity_confirmed", &RequesterMail::IdentityConfirmed { link: &link })?;
        if block_waits {
            take_effect(case, "verify")?;
        }
        return Ok(());
    }
    case.row.identity_confirmed_at = None;
    let letter = match form.letter.as_deref().filter(|letter| !letter.trim().is_empty()) {
        Some(letter) => text::many_lines(letter, 50_000)
            .map_err(|error| ServiceError::Invalid(vec![FieldError::at("/letter", error)]))?,
        None => letters::not_verified(&case.app.texts, case.row.language),
    };
    let draft = Draft {
        decisions: Vec::new(),
        grounds: vec![GroundForm { code: "not_verified".to_owned(), text: None }],
        letter,
    };
    case.record(EventKind::IdentityNotConfirmed, data, note.as_deref())?;
    put_draft(case, member, Outcome::Refused, &draft)
}
