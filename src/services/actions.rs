//! What staff do with a request: one function for each action, behind one door that checks who, what version, and whether.

mod answering;
pub mod blocking;
mod hold;
mod identity;
mod preview;
mod repair;
mod sorting;

pub use preview::{PlannedMail, preview};
pub use repair::{AmendReceiptForm, ReclassifyForm};
pub use sorting::document_arrived;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::Proposal;
use super::case::Case;
use super::desk::staff_view_of;
use super::error::{Refusal, ServiceError};
use super::requester::TextForm;
use super::sign_in::Member;
use super::views::StaffView;
use crate::app::App;
use crate::domain::event::Actor;
use crate::domain::instant;
use crate::domain::lifecycle::{Action, next};
use crate::domain::permission::{Permission, Standing};
use crate::domain::vocabulary::{Blocking, Kind, Outcome, Status, VerificationMethod, VerificationResult, Violation};
use crate::ids::is_id;
use crate::storage::requests::{self, RequestRow};
use crate::storage::{AnyConnection, staff};

/// An action with its body.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum StaffAction {
    Assign(AssignForm),
    Verify(VerifyForm),
    Ask(TextForm),
    Reply(TextForm),
    Start,
    Propose(Proposal),
    Approve,
    SendBack(TextForm),
    Complete(CompleteForm),
    Reopen(TextForm),
    Cancel(ReasonForm),
    Dismiss(ReasonForm),
    Block(ReasonForm),
    Unblock(ReasonForm),
    MarkViolation(ReasonForm),
    ConfirmViolation,
    DismissViolation,
    DocumentsReceived(DocumentsForm),
    WaiveDocuments,
    MarkConsumer(ConsumerForm),
    Note(TextForm),
    Reclassify(Box<ReclassifyForm>),
    AmendReceipt(AmendReceiptForm),
    Hold(ReasonForm),
    ReleaseHold(ReasonForm),
}

/// Who is to have the request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignForm {
    /// `me`, a member's id, or null for nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    pub assignee: Option<String>,
    /// The new assignee gets no mail about it: one of many that are given at once.
    #[serde(skip)]
    pub quietly: bool,
}

/// The result of the check of identity.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyForm {
    /// What came out.
    pub result: VerificationResult,
    /// How it was checked.
    pub method: VerificationMethod,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// What was checked.
    pub checked: Option<CheckedForm>,
    /// The letter of refusal when identity was not confirmed; a default text when absent.
    pub letter: Option<String>,
}

/// What was checked of the people.
#[derive(Debug, Clone, Copy, Deserialize, serde::Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckedForm {
    /// The subject is who they say.
    #[serde(default)]
    pub subject: bool,
    /// The representative is who they say.
    #[serde(default)]
    pub representative: bool,
    /// The representative has the authority.
    #[serde(default)]
    pub authority: bool,
}

/// What was carried out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteForm {
    /// What was done.
    pub text: String,
    /// The local day on which it was done; today when absent.
    pub done_on: Option<NaiveDate>,
}

/// A reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonForm {
    /// In own words.
    pub reason: String,
}

/// When documents arrived.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentsForm {
    /// Now when absent; never in the future.
    #[serde(default, deserialize_with = "instant::optional")]
    pub received_at: Option<DateTime<Utc>>,
}

/// Whether the claim is a consumer's.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsumerForm {
    /// It is.
    pub consumer: bool,
}

impl StaffAction {
    /// The name in the path.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Assign(_) => "assign",
            Self::Verify(_) => "verify",
            Self::Ask(_) => "ask",
            Self::Reply(_) => "reply",
            Self::Start => "start",
            Self::Propose(_) => "propose",
            Self::Approve => "approve",
            Self::SendBack(_) => "send_back",
            Self::Complete(_) => "complete",
            Self::Reopen(_) => "reopen",
            Self::Cancel(_) => "cancel",
            Self::Dismiss(_) => "dismiss",
            Self::Block(_) => "block",
            Self::Unblock(_) => "unblock",
            Self::MarkViolation(_) => "mark_violation",
            Self::ConfirmViolation => "confirm_violation",
            Self::DismissViolation => "dismiss_violation",
            Self::DocumentsReceived(_) => "documents_received",
            Self::WaiveDocuments => "waive_documents",
            Self::MarkConsumer(_) => "mark_consumer",
            Self::Note(_) => "note",
            Self::Reclassify(_) => "reclassify",
            Self::AmendReceipt(_) => "amend_receipt",
            Self::Hold(_) => "hold",
            Self::ReleaseHold(_) => "release_hold",
        }
    }
}

/// The permission that an action needs; `assign` is looked at more closely, since it depends on who has the request.
fn permission(action: &str) -> Permission {
    match action {
        "verify" | "ask" | "reply" | "start" | "propose" | "complete" | "cancel" | "reclassify" => Permission::Work,
        "approve" | "send_back" | "reopen" | "dismiss" | "unblock" | "confirm_violation" | "dismiss_violation"
        | "amend_receipt" | "hold" | "release_hold" => Permission::Oversee,
        _ => Permission::Handle,
    }
}

/// A member's standing with a request. Whoever stands in for the assignee today counts as assigned.
#[must_use]
pub fn standing(member: &Member, row: &RequestRow) -> Standing {
    let assigned = row.assignee_id.as_deref().is_some_and(|assignee| member.has(&row.operator_id, assignee));
    member.standing(&row.operator_id, assigned)
}

/// The actions that this member can do with the request now.
#[must_use]
pub fn possible_actions(row: &RequestRow, standing: Standing) -> Vec<&'static str> {
    let open = !row.status.is_final();
    let identity_confirmed = row.identity_confirmed_at.is_some();
    let leads = |action| next(row.status, action).is_some();
    let blocked = row.blocking != Blocking::None;
    let undecided = !matches!(row.violation, Violation::Confirmed | Violation::Dismissed);
    let wants_documents = row.kind == Kind::Correction && row.documents_at.is_none();
    let refusal = !identity_confirmed;
    [
        ("assign", open),
        ("verify", leads(Action::Verify { confirmed: true })),
        ("ask", leads(Action::Ask)),
        ("reply", row.status == Status::Clarification),
        ("start", leads(Action::Start)),
        ("propose", leads(Action::Propose { refusal, identity_confirmed })),
        ("approve", row.status == Status::Approval && !(row.blocking == Blocking::Provisional && undecided)),
        ("send_back", row.status == Status::Approval),
        ("complete", leads(Action::Complete)),
        ("reopen", leads(Action::Reopen)),
        (
            "block",
            open && (!blocked
                || (row.blocking == Blocking::Provisional && !identity_confirmed && row.email_confirmed_at.is_none())),
        ),
        ("unblock", blocked),
        ("mark_violation", open && row.violation == Violation::None),
        ("confirm_violation", open && undecided),
        ("dismiss_violation", open && undecided && (blocked || row.violation == Violation::Alleged)),
        ("documents_received", open && row.kind == Kind::Correction),
        ("waive_documents", open && wants_documents),
        ("mark_consumer", open && row.kind == Kind::Claim),
        ("cancel", leads(Action::Cancel)),
        ("dismiss", leads(Action::Dismiss)),
        ("note", open),
        (
            "reclassify",
            leads(Action::Reclassify { identity_confirmed })
                && (row.status != Status::Execution || standing.may(Permission::Oversee)),
        ),
        ("amend_receipt", open),
        ("hold", !row.legal_hold),
        ("release_hold", row.legal_hold),
    ]
    .into_iter()
    .filter(|(name, possible)| *possible && row.destroyed_at.is_none() && standing.may(permission(name)))
    .map(|(name, _)| name)
    .collect()
}

/// Does an action and returns the request as the member sees it then.
///
/// # Errors
/// `NotFound` for other operators' requests, `forbidden`, `data_destroyed`, `stale_version`, `invalid_transition`, `four_eyes`,
/// `Invalid`; nothing is changed then.
pub async fn act(
    app: &Arc<App>,
    member: Member,
    reference: String,
    version: i64,
    action: StaffAction,
) -> Result<StaffView, ServiceError> {
    let process = Arc::clone(app);
    let view = app
        .db
        .write("staff_action", move |tx| {
            let (row, tx) = apply(&process, tx, &member, &reference, Some(version), action)?;
            staff_view_of(&process, tx, &row, &member, "action")
        })
        .await?;
    app.wake_worker();
    Ok(view)
}

/// Does an action in an open transaction and returns the request as it was saved; nobody looks at its contents by that. Without a
/// `version` on whichever stands.
///
/// # Errors
/// As [`act`].
pub fn apply<'t>(
    app: &'t App,
    tx: &'t mut AnyConnection,
    member: &Member,
    reference: &str,
    version: Option<i64>,
    action: StaffAction,
) -> Result<(RequestRow, &'t mut AnyConnection), ServiceError> {
    // Before the request, as where an account is disabled: the account cannot be disabled between the look and the commit.
    if let StaffAction::Assign(AssignForm { assignee: Some(id), .. }) = &action {
        let id = if id == "me" { &member.id } else { id };
        if is_id(id) {
            staff::hold(tx, id)?;
        }
    }
    let row = requests::lock_by_reference(tx, reference)?.ok_or(ServiceError::NotFound)?;
    let standing = standing(member, &row);
    if !standing.is_member() {
        return Err(ServiceError::NotFound);
    }
    if !standing.may(permission(action.name())) {
        return Err(ServiceError::forbidden());
    }
    if row.destroyed_at.is_some() {
        return Err(Refusal::new("data_destroyed", 409).into());
    }
    if version.is_some_and(|seen| seen != row.version) {
        return Err(stale(tx, &row)?);
    }
    let mut case = Case::open(app, tx, reference, Actor::Staff(member.id.clone()))?;
    let changed = perform(&mut case, member, standing, action)?;
    case.save_and_keep(changed)
}

/// Somebody was faster: says what stands now and who has the request.
fn stale(tx: &mut AnyConnection, row: &RequestRow) -> Result<ServiceError, ServiceError> {
    let mut refusal = Refusal::new("stale_version", 412)
        .extra("current_version", row.version)
        .extra("request_status", row.status.as_str());
    if let Some(id) = &row.assignee_id
        && let Some(assignee) = staff::by_id(tx, id)?
    {
        refusal = refusal.extra("assignee", serde_json::json!({"id": assignee.id, "name": assignee.name}));
    }
    Ok(refusal.into())
}

/// Does the action; `false` when nothing had to be changed.
fn perform(
    case: &mut Case<'_>,
    member: &Member,
    standing: Standing,
    action: StaffAction,
) -> Result<bool, ServiceError> {
    let name = action.name();
    let open_only = !matches!(action, StaffAction::Unblock(_) | StaffAction::Hold(_) | StaffAction::ReleaseHold(_));
    if open_only && case.row.status.is_final() {
        return Err(ServiceError::invalid_transition(case.row.status, name));
    }
    match action {
        StaffAction::Assign(form) => return sorting::assign(case, member, standing, &form),
        StaffAction::Verify(form) => identity::verify(case, member, &form)?,
        StaffAction::Ask(form) => sorting::ask(case, &form)?,
        StaffAction::Reply(form) => sorting::reply(case, &form)?,
        StaffAction::Start => sorting::start(case)?,
        StaffAction::Propose(proposal) => answering::propose(case, member, &proposal)?,
        StaffAction::Approve => answering::approve(case, member)?,
        StaffAction::SendBack(form) => answering::send_back(case, &form)?,
        StaffAction::Complete(form) => answering::complete(case, &form)?,
        StaffAction::Reopen(form) => answering::reopen(case, &form)?,
        StaffAction::Cancel(form) => sorting::cancel(case, &form)?,
        StaffAction::Dismiss(form) => sorting::dismiss(case, &form)?,
        StaffAction::Block(form) => blocking::block(case, &form)?,
        StaffAction::Unblock(form) => blocking::unblock(case, &form)?,
        StaffAction::MarkViolation(form) => blocking::mark_violation(case, &form)?,
        StaffAction::ConfirmViolation => blocking::confirm_violation(case)?,
        StaffAction::DismissViolation => blocking::dismiss_violation(case)?,
        StaffAction::DocumentsReceived(form) => sorting::documents_received(case, &form)?,
        StaffAction::WaiveDocuments => sorting::waive_documents(case)?,
        StaffAction::MarkConsumer(form) => sorting::mark_consumer(case, &form)?,
        StaffAction::Note(form) => sorting::note(case, &form)?,
        StaffAction::Reclassify(form) => repair::reclassify(case, standing, &form)?,
        StaffAction::AmendReceipt(form) => repair::amend_receipt(case, &form)?,
        StaffAction::Hold(form) => hold::set(case, &form)?,
        StaffAction::ReleaseHold(form) => hold::lift(case, member, &form)?,
    }
    Ok(true)
}

/// Whether an outcome grants something.
const fn grants(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Granted | Outcome::PartlyGranted)
}
