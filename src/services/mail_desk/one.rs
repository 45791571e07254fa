//! One mail with what the member can do with it now.

use std::sync::Arc;

use super::{MailView, filter_of, to_requester, view};
use crate::app::App;
use crate::domain::permission::Permission;
use crate::ids::is_id;
use crate::services::actions::standing;
use crate::services::error::ServiceError;
use crate::services::sign_in::Member;
use crate::storage::outbox::{self, Filter};
use crate::storage::requests;

/// A mail and what is possible with it.
// Each is a fact of its own; any of them can go with any other.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone)]
pub struct OneMail {
    /// The mail.
    pub mail: MailView,
    /// It can be sent again.
    pub resend: bool,
    /// The requester's address can be put right with that.
    pub correct: bool,
    /// It can be printed.
    pub print: bool,
    /// It can be marked as posted or handed over.
    pub post: bool,
    /// It can be marked as having come back.
    pub take_back: bool,
}

/// One mail of those that the member may see.
///
/// # Errors
/// `NotFound` for a mail that the member may not see; `forbidden` for whoever has no operator's role.
pub async fn one(app: &Arc<App>, member: Member, id: String) -> Result<OneMail, ServiceError> {
    if !is_id(&id) {
        return Err(ServiceError::NotFound);
    }
    let filter = Filter { id: Some(id), limit: 1, ..filter_of(&member)? };
    app.db
        .read("one_mail", move |connection| {
            let (row, reference) = outbox::page(connection, &filter)?.pop().ok_or(ServiceError::NotFound)?;
            let request = match &row.request_id {
                Some(id) => requests::by_id(connection, id)?,
                None => None,
            };
            let standing = request
                .as_ref()
                .map_or_else(|| member.standing(&row.operator_id, false), |request| standing(&member, request));
            let may = standing.may(Permission::ResendMail);
            let is_dead = row.state == outbox::DEAD && row.resent_at.is_none();
            let lies_there = row.state == outbox::TO_POST;
            let is_letter = to_requester(&row) && request.is_some();
            let is_kept = request.is_some_and(|request| request.destroyed_at.is_none());
            Ok(OneMail {
                resend: may && (is_dead || (lies_there && is_letter)),
                correct: may && is_letter && (is_dead || lies_there),
                print: is_letter && is_kept && standing.may(Permission::OpenPersonalData),
                post: may && is_letter && (is_dead || lies_there),
                take_back: may && is_letter && row.state == outbox::POSTED,
                mail: view(row, reference),
            })
        })
        .await
}
