//! What an action would send, before it is done: it is done in a transaction that is taken back, and the mails that it wrote are read.
//! So a preview is never anything but what will be sent, and whatever stands in the way of the action shows too.

use std::sync::{Arc, Mutex, PoisonError};

use super::{StaffAction, apply};
use crate::app::App;
use crate::domain::event::Actor;
use crate::services::case::Case;
use crate::services::error::{Refusal, ServiceError};
use crate::services::sign_in::Member;
use crate::storage::{AnyConnection, outbox, staff};

/// The name of the refusal by which the transaction is taken back.
const TAKEN_BACK: &str = "taken_back";

/// A mail that an action would write.
#[derive(Debug, Clone)]
pub struct PlannedMail {
    /// The member whom it goes to; none for the requester.
    pub member: Option<String>,
    /// It goes to the operator's head contact.
    pub to_head: bool,
    /// It is to be printed and posted.
    pub by_post: bool,
    /// Its subject; empty for mails to colleagues.
    pub subject: String,
    /// Its text, without the secret of the link and without a code; empty for mails to colleagues.
    pub text: String,
}

/// The mails that an action would write.
///
/// # Errors
/// As [`super::act`].
pub async fn preview(
    app: &Arc<App>,
    member: Member,
    reference: String,
    version: i64,
    action: StaffAction,
) -> Result<Vec<PlannedMail>, ServiceError> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let (process, kept) = (Arc::clone(app), Arc::clone(&found));
    let done = app
        .db
        .write("preview", move |tx| -> Result<(), ServiceError> {
            let before = outbox::newest_of_request(tx, &reference)?;
            let (row, tx) = apply(&process, tx, &member, &reference, Some(version), action)?;
            let mails = planned(&process, tx, &member, &row.id, before.as_deref())?;
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = mails;
            Err(Refusal::new(TAKEN_BACK, 500).into())
        })
        .await;
    match done {
        Err(ServiceError::Refused(refusal)) if refusal.code == TAKEN_BACK => {
            Ok(std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner)))
        }
        Err(error) => Err(error),
        Ok(()) => Ok(Vec::new()),
    }
}

fn planned(
    app: &App,
    tx: &mut AnyConnection,
    member: &Member,
    request_id: &str,
    before: Option<&str>,
) -> Result<Vec<PlannedMail>, ServiceError> {
    let rows = outbox::of_request_after(tx, request_id, before)?;
    let case = Case::open_by_id(app, tx, request_id, Actor::Staff(member.id.clone()))?;
    let mut mails = Vec::new();
    for row in rows {
        let mut mail = PlannedMail {
            member: None,
            to_head: row.recipient_kind == "head",
            by_post: row.state == "to_post",
            subject: String::new(),
            text: String::new(),
        };
        if row.recipient_kind == "requester" {
            let mut sealed = case.open_mail(&row)?;
            sealed.put_token("…");
            sealed.put_code("••••••");
            (mail.subject, mail.text) = (sealed.subject, sealed.text);
        } else if let Some(id) = &row.recipient_id {
            mail.member = staff::by_id(case.tx, id)?.map(|row| row.name);
        }
        mails.push(mail);
    }
    // What the requester gets comes first.
    mails.sort_by_key(|mail| mail.subject.is_empty());
    Ok(mails)
}
