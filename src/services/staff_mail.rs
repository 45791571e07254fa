//! Mails to staff that belong to no request: the row names an operator and a member or the operator's head contact, and is sealed
//! with a key of the deployment.

use chrono::{DateTime, Utc};

use super::case::{SealedMail, waiting_mail};
use super::error::ServiceError;
use super::keys::hold;
use crate::app::App;
use crate::domain::vocabulary::Language;
use crate::ids::new_id;
use crate::mail::compose::{AccountNews, Composed, DeskMail, compose_desk};
use crate::storage::AnyConnection;
use crate::storage::outbox::{self, OutboxRow};
use crate::storage::staff::{self, StaffRow};
use crate::vault::{Place, VaultError};

/// Puts a mail to a member into the outbox. `operator_id` is the operator that it is mostly about: its name stands in the sender,
/// and its DPOs and auditors see the mail in the outbox. `name` says which mail it is.
///
/// # Errors
/// Those of the vault and of the database.
pub fn write_to_member(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    operator_id: &str,
    member: &StaffRow,
    name: &str,
    composed: Composed,
) -> Result<(), ServiceError> {
    let to = Recipient { kind: "staff", id: Some(&member.id), email: &member.email, language: member.language };
    put(app, tx, now, operator_id, &to, name, composed)
}

/// Composes a mail to the head contact of an operator and puts it into the outbox, with a link to the console. Of an operator that
/// is not served any more nobody is written to.
///
/// # Errors
/// As [`write_to_member`].
pub fn write_to_head(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    operator_id: &str,
    name: &str,
    mail: &DeskMail<'_>,
) -> Result<(), ServiceError> {
    let Some(operator) = app.operator(operator_id) else { return Ok(()) };
    let language = Language::Ru;
    let link = format!("{}/staff", app.settings.public_url);
    let composed = compose_desk(&app.texts, language, "", operator.names.get(language), &link, mail);
    let to = Recipient { kind: "head", id: None, email: &operator.head_contact, language };
    put(app, tx, now, operator_id, &to, name, composed)
}

struct Recipient<'a> {
    kind: &'a str,
    id: Option<&'a str>,
    email: &'a str,
    language: Language,
}

fn put(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    operator_id: &str,
    to: &Recipient<'_>,
    name: &str,
    composed: Composed,
) -> Result<(), ServiceError> {
    hold(tx, &app.vault.active_master_key_id())?;
    let id = new_id(now);
    let Composed { subject, text, html } = composed;
    let mail = SealedMail { to: to.email.to_owned(), subject, text, html, letter: None };
    let row = OutboxRow {
        mail: name.to_owned(),
        recipient_kind: to.kind.to_owned(),
        recipient_id: to.id.map(ToOwned::to_owned),
        language: to.language,
        sealed: Some(app.vault.seal_staff_mail(&Place::new("outbox", &id, "mail"), &mail)?),
        ..waiting_mail(app, now, &id, operator_id)
    };
    outbox::enqueue(tx, &row)?;
    Ok(())
}

/// Composes a mail in the member's language and puts it into the outbox, with a link to the console.
///
/// # Errors
/// As [`write_to_member`].
pub fn write_desk_mail(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    operator_id: &str,
    member: &StaffRow,
    name: &str,
    mail: &DeskMail<'_>,
) -> Result<(), ServiceError> {
    let operator = app.operator(operator_id).map(|operator| operator.names.get(member.language)).unwrap_or_default();
    let link = format!("{}/staff", app.settings.public_url);
    let composed = compose_desk(&app.texts, member.language, &member.name, operator, &link, mail);
    write_to_member(app, tx, now, operator_id, member, name, composed)
}

/// Tells a member what happened to their account. It goes out in the name of an operator at which they work; administrators have
/// none, and get it in the name of the first one.
///
/// # Errors
/// As [`write_to_member`].
pub fn write_account_mail(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    member: &StaffRow,
    news: AccountNews,
) -> Result<(), ServiceError> {
    let roles = staff::roles_of(tx, std::slice::from_ref(&member.id))?;
    let own = roles.iter().find_map(|role| app.operator(&role.operator_id));
    let Some(operator) = own.or_else(|| app.operators.iter().next()) else { return Ok(()) };
    write_desk_mail(app, tx, now, &operator.id, member, "account", &DeskMail::Account(news))
}

/// Puts a mail that was given up into the outbox once more, as it was.
///
/// # Errors
/// `NotFound` when its text was destroyed; those of the vault and of the database.
pub fn send_again(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    mail: &OutboxRow,
) -> Result<OutboxRow, ServiceError> {
    hold(tx, &app.vault.active_master_key_id())?;
    let id = new_id(now);
    let sealed = mail.sealed.as_deref().ok_or(ServiceError::NotFound)?;
    let contents: SealedMail = match app.vault.open_staff_mail(&Place::new("outbox", &mail.id, "mail"), sealed) {
        Err(VaultError::UnknownMasterKey { .. }) => return Err(ServiceError::NotFound),
        opened => opened?,
    };
    let again = OutboxRow {
        mail: mail.mail.clone(),
        recipient_kind: mail.recipient_kind.clone(),
        recipient_id: mail.recipient_id.clone(),
        language: mail.language,
        resent_from: Some(mail.resent_from.clone().unwrap_or_else(|| mail.id.clone())),
        sealed: Some(app.vault.seal_staff_mail(&Place::new("outbox", &id, "mail"), &contents)?),
        ..waiting_mail(app, now, &id, &mail.operator_id)
    };
    outbox::enqueue(tx, &again)?;
    Ok(again)
}
