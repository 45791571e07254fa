//! A mail to the requester as a letter on paper. A look at it is a look at personal data, and leaves its line in the audit trail.

use std::sync::Arc;

use serde_json::json;

use super::{open, to_requester};
use crate::app::App;
use crate::domain::permission::Permission;
use crate::domain::vocabulary::Capacity;
use crate::mail::compose::Page;
use crate::services::actions::standing;
use crate::services::desk::audit;
use crate::services::error::ServiceError;
use crate::services::sign_in::Member;

/// The letter as an HTML page: the body as it was sealed with the mail, the addressee as the request names them now.
///
/// # Errors
/// `NotFound` for mails of other operators, to staff, and of requests whose key was destroyed; `forbidden` for whoever may not open
/// the request's personal data.
pub async fn print(app: &Arc<App>, member: Member, id: String) -> Result<String, ServiceError> {
    let process = Arc::clone(app);
    app.db
        .write("print_mail", move |tx| {
            let rights = (Permission::SeeQueue, Permission::OpenPersonalData);
            let (mut case, mail) = open(&process, tx, &member, &id, rights)?;
            if !to_requester(&mail) {
                return Err(ServiceError::NotFound);
            }
            let body = case.letter_of(&mail)?;
            let contents = case.contents()?;
            let (name, postal_address) = contents.addressee();
            let for_another = contents.submitted_by.capacity == Capacity::Representative;
            let page = Page {
                language: mail.language,
                operator: case.operator,
                facts: &case.mail_facts(mail.language),
                body: &body,
                name,
                postal_address,
                on_behalf_of: contents.subject.full_name.as_deref().filter(|_| for_another),
                item: &mail.id,
                mail: &mail.mail,
                created_at: mail.created_at.and_utc(),
            };
            let html = page.render(&process.texts);
            let reason = if standing(&member, &case.row).assigned { "assignment" } else { "role" };
            let about = (Some(case.row.operator_id.clone()), Some(case.row.id.clone()));
            let data = json!({"mail": mail.id, "name": mail.mail});
            audit(&process, case.tx, &member, "print_mail", about, reason, &data)?;
            Ok(html)
        })
        .await
}
