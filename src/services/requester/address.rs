//! The requester proves the mail address with a code.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{load_view, open_case};
use crate::app::App;
use crate::domain::event::EventKind;
use crate::domain::lifecycle::Action;
use crate::domain::operator::{EmailIsEnough, Operator};
use crate::domain::vocabulary::{Channel, Kind, Status, WithdrawalScope};
use crate::mail::compose::RequesterMail;
use crate::services::actions::blocking::{awaits_effect, take_effect};
use crate::services::case::{CODE_MINUTES, Case};
use crate::services::error::{Refusal, ServiceError};
use crate::services::views::RequesterView;
use crate::storage::codes;
use crate::storage::requests::RequestRow;

/// A code may be tried this often.
const TRIES_PER_CODE: i32 = 5;
/// All codes of a request together may be tried this often.
const TRIES_PER_REQUEST: i32 = 15;
/// A new code may be asked for this often.
const RESENDS: i32 = 5;
/// A code as it was typed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    /// Six digits.
    pub code: String,
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
///
/// # Errors
/// Those of the vault and of the database.
pub fn confirmed(case: &mut Case<'_>) -> Result<(), ServiceError> {
    let block_waits = awaits_effect(case)?;
    case.row.email_confirmed_at = Some(case.now.naive_utc());
    case.row.next_nudge_at = None;
    if case.row.status == Status::Submitted {
        let is_enough = email_is_enough(case.operator, &case.row);
        case.go("confirm_email", Action::ConfirmEmail { is_enough })?;
    }
    case.record(EventKind::EmailConfirmed, json!({}), None)?;
    if block_waits {
        take_effect(case, "confirm_email")?;
    }
    Ok(())
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
                return Err(ServiceError::invalid_transition(case.row.status, "resend_code"));
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

/// Reminds a requester who has not proven the address: after one day and after three, with a new code each time.
///
/// # Errors
/// Those of the vault and of the database.
pub fn nudge(case: &mut Case<'_>) -> Result<bool, ServiceError> {
    let due = case.row.next_nudge_at.filter(|at| *at <= case.now.naive_utc());
    let waits =
        case.row.email_confirmed_at.is_none() && !case.row.status.is_final() && case.row.code_tries < TRIES_PER_REQUEST;
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
