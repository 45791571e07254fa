//! The mails of a case: composed in the recipient's language, sealed, and put into the outbox.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::{Case, SealedMail};
use crate::app::App;
use crate::domain::almaty::local_date;
use crate::domain::event::EventKind;
use crate::domain::morning;
use crate::domain::vocabulary::{ClockName, ClockState, Language, Role};
use crate::ids::new_id;
use crate::mail::compose::{
    Composed, PrintedBody, RequestFacts, RequesterMail, StaffMail, compose_requester, compose_staff,
};
use crate::mail::transport::Transport;
use crate::services::error::ServiceError;
use crate::storage::outbox::{self, OutboxRow};
use crate::storage::staff::{self, StaffRow};
use crate::storage::{AnyConnection, absences};
use crate::vault::{Place, new_code};

/// How long a mail is tried before it is a dead letter.
pub const GIVE_UP_AFTER_DAYS: i64 = 3;
/// How long a code holds.
pub const CODE_MINUTES: u32 = 30;

/// To whom a mail goes.
enum Recipient<'a> {
    Requester,
    Member(&'a StaffRow),
    Head,
}

/// A mail that waits for its first attempt, about no request; to whom, what and in which language is still to be filled in.
pub fn waiting_mail(app: &App, now: DateTime<Utc>, id: &str, operator_id: &str) -> OutboxRow {
    OutboxRow {
        id: id.to_owned(),
        request_id: None,
        operator_id: operator_id.to_owned(),
        mail: String::new(),
        recipient_kind: String::new(),
        recipient_id: None,
        language: Language::Ru,
        message_id: format!("{id}@{}", app.settings.mail_domain()),
        delivers_answer: false,
        state: outbox::PENDING.to_owned(),
        attempts: 0,
        created_at: now.naive_utc(),
        next_attempt_at: Some(now.naive_utc()),
        give_up_at: (now + Duration::days(GIVE_UP_AFTER_DAYS)).naive_utc(),
        lease_token: None,
        lease_until: None,
        sent_at: None,
        failure_kind: None,
        smtp_code: None,
        smtp_enhanced: None,
        posted_on: None,
        tracking: None,
        resent_from: None,
        sealed: None,
        remind_at: None,
        posted_how: None,
        resent_at: None,
        resent_as: None,
    }
}

/// A mail as if it had left when it was made.
fn left_for_nowhere(row: OutboxRow) -> OutboxRow {
    let sent_at = Some(row.created_at);
    OutboxRow { state: outbox::SENT.to_owned(), attempts: 1, sent_at, next_attempt_at: None, ..row }
}

/// Who works for an assignee today: they themselves, or who stands in for them; nobody when that one's account is disabled or may no
/// longer work requests here.
fn acting(
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    operator_id: &str,
    assignee_id: Option<&str>,
) -> Result<Option<StaffRow>, ServiceError> {
    let Some(id) = assignee_id else { return Ok(None) };
    let members = staff::with_role(tx, operator_id, &[Role::Agent, Role::Dpo])?;
    if members.iter().all(|member| member.id != id) {
        return Ok(None);
    }
    let away = absences::away(tx, local_date(now))?;
    let acting = away.acting(operator_id, id);
    Ok(members.into_iter().find(|member| Some(member.id.as_str()) == acting))
}

/// Who is responsible for a request of an operator: whoever works for its assignee, else every DPO who is there.
///
/// # Errors
/// Those of the database.
pub fn responsible(
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    operator_id: &str,
    assignee_id: Option<&str>,
) -> Result<Vec<StaffRow>, ServiceError> {
    match acting(tx, now, operator_id, assignee_id)? {
        Some(acting) => Ok(vec![acting]),
        None => present(tx, now, operator_id, &[Role::Dpo]),
    }
}

/// The members of an operator with one of `roles`, each once, without those who are away. A deputy stands in for them here only by
/// having one of `roles` too: the rights of a role are not passed on. When nobody would be left, those who are away stay.
///
/// # Errors
/// Those of the database.
pub fn present(
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    operator_id: &str,
    roles: &[Role],
) -> Result<Vec<StaffRow>, ServiceError> {
    let wanted = staff::with_role(tx, operator_id, roles)?;
    let away = absences::away(tx, local_date(now))?;
    let there: Vec<StaffRow> = wanted.iter().filter(|member| away.until(&member.id).is_none()).cloned().collect();
    Ok(if there.is_empty() { wanted } else { there })
}

impl Case<'_> {
    /// The facts that a mail about this request may name.
    #[must_use]
    pub fn mail_facts(&self, language: Language) -> RequestFacts {
        let today = local_date(self.now);
        // A mail promises no date that is over.
        let leading = crate::domain::clocks::headline(self.row.kind, self.clocks.iter().map(super::clocks::candidate))
            .filter(|(_, due_on)| *due_on >= today);
        let outer = self.clock(ClockName::ClaimResponse).filter(|clock| clock.state == ClockState::Running);
        RequestFacts {
            reference: self.row.reference.clone(),
            kind: self.row.kind,
            operator_name: self.operator.names.get(language).to_owned(),
            operator_email: self.operator.contact_email(&self.row.service).to_owned(),
            operator_phone: self.operator.contacts.phone.clone(),
            responsible_person: self.operator.responsible_person.name.get(language).to_owned(),
            received_at: self.row.received_at.and_utc(),
            headline: leading,
            outer_limit: outer.and_then(|clock| clock.due_on).filter(|due_on| *due_on >= today),
        }
    }

    /// The requester's link: the only place where the secret stands in an address.
    ///
    /// # Errors
    /// When the secret was destroyed.
    pub fn requester_link(&self) -> Result<String, ServiceError> {
        let base = &self.app.settings.public_url;
        Ok(format!("{base}/requests/{}?token={}", self.row.reference, self.token()?))
    }

    /// The link for staff.
    #[must_use]
    pub fn staff_link(&self) -> String {
        format!("{}/staff/requests/{}", self.app.settings.public_url, self.row.reference)
    }

    /// Writes to the requester. Whoever has no mail address gets a print-and-post item.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn mail_requester(&mut self, name: &str, mail: &RequesterMail<'_>) -> Result<String, ServiceError> {
        let language = self.row.language;
        let composed = self.written(|| compose_requester(&self.app.texts, language, &self.mail_facts(language), mail));
        let delivers_answer = matches!(mail, RequesterMail::AnswerReady { .. });
        let letter = self.printed(mail)?;
        self.enqueue(name, language, &Recipient::Requester, composed, delivers_answer, Some(letter))
    }

    /// Writes to a member of the staff.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn mail_member(&mut self, name: &str, member: &StaffRow, mail: &StaffMail<'_>) -> Result<(), ServiceError> {
        let composed = self.written(|| {
            let facts = self.mail_facts(member.language);
            compose_staff(&self.app.texts, member.language, &member.name, &facts, mail)
        });
        self.enqueue(name, member.language, &Recipient::Member(member), composed, false, None)?;
        Ok(())
    }

    /// Writes to the operator's head contact.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn mail_head(&mut self, name: &str, mail: &StaffMail<'_>) -> Result<(), ServiceError> {
        let language = Language::Ru;
        let composed = self.written(|| compose_staff(&self.app.texts, language, "", &self.mail_facts(language), mail));
        self.enqueue(name, language, &Recipient::Head, composed, false, None)?;
        Ok(())
    }

    /// The member who has the request or stands in for them, unless the account is disabled; else every DPO of the operator.
    ///
    /// # Errors
    /// Those of the database.
    pub fn responsible(&mut self) -> Result<Vec<StaffRow>, ServiceError> {
        responsible(self.tx, self.now, &self.row.operator_id, self.row.assignee_id.as_deref())
    }

    /// The member who has the request, or who stands in for them today; nobody when that one's account is disabled or may no
    /// longer work requests here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn assignee(&mut self) -> Result<Option<StaffRow>, ServiceError> {
        acting(self.tx, self.now, &self.row.operator_id, self.row.assignee_id.as_deref())
    }

    /// The members of the operator with one of `roles`, as [`present`] finds them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn present(&mut self, roles: &[Role]) -> Result<Vec<StaffRow>, ServiceError> {
        present(self.tx, self.now, &self.row.operator_id, roles)
    }

    /// What `compose` makes; nothing where mails go nowhere.
    fn written(&self, compose: impl FnOnce() -> Composed) -> Option<Composed> {
        (!matches!(self.app.transport, Transport::Nowhere)).then(compose)
    }

    fn enqueue(
        &mut self,
        name: &str,
        language: Language,
        recipient: &Recipient<'_>,
        composed: Option<Composed>,
        delivers_answer: bool,
        letter: Option<PrintedBody>,
    ) -> Result<String, ServiceError> {
        let (kind, id, to) = match recipient {
            Recipient::Requester => ("requester", None, self.contents()?.requester_email().map(ToOwned::to_owned)),
            Recipient::Member(member) => ("staff", Some(member.id.clone()), Some(member.email.clone())),
            Recipient::Head => ("head", None, Some(self.operator.head_contact.clone())),
        };
        let mail_id = new_id(self.now);
        let by_mail = to.is_some();
        let Some(composed) = composed else {
            let (recipient_kind, recipient_id, mail) = (kind.to_owned(), id, name.to_owned());
            let waiting = self.waiting_mail(&mail_id);
            let row = OutboxRow { mail, recipient_kind, recipient_id, language, delivers_answer, ..waiting };
            outbox::enqueue(self.tx, &left_for_nowhere(row))?;
            return Ok(mail_id);
        };
        let sealed = SealedMail {
            to: to.unwrap_or_default(),
            subject: composed.subject,
            text: composed.text,
            html: composed.html,
            letter,
        };
        let waiting = self.waiting_mail(&mail_id);
        let row = OutboxRow {
            mail: name.to_owned(),
            recipient_kind: kind.to_owned(),
            recipient_id: id,
            language,
            delivers_answer,
            state: if by_mail { outbox::PENDING } else { outbox::TO_POST }.to_owned(),
            next_attempt_at: waiting.next_attempt_at.filter(|_| by_mail),
            remind_at: (!by_mail).then(|| self.first_reminder_to_post().naive_utc()),
            sealed: Some(self.key.seal_json(&Place::new("outbox", &mail_id, "mail"), &sealed)?),
            ..waiting
        };
        outbox::enqueue(self.tx, &row)?;
        Ok(mail_id)
    }

    /// Puts a mail into the outbox once more, as it was, under a Message-ID of its own. The dead letter stays, marked, so that two
    /// presses of the button are one mail. What goes to the requester goes to the address that stands now.
    ///
    /// # Errors
    /// `NotFound` when its text was destroyed; those of the vault and of the database.
    pub fn send_again(&mut self, mail: &OutboxRow) -> Result<OutboxRow, ServiceError> {
        self.send_again_with(mail, None).map(|(again, _)| again)
    }

    /// The same with a new code in the place of the one that the mail carries. Says whether it carries one.
    ///
    /// # Errors
    /// As [`Case::send_again`].
    pub fn send_again_with(&mut self, mail: &OutboxRow, code: Option<&str>) -> Result<(OutboxRow, bool), ServiceError> {
        let id = new_id(self.now);
        let mut contents = self.open_mail(mail)?;
        let mut with_code = false;
        if mail.recipient_kind == "requester" {
            contents.put_token(&self.token()?);
            with_code = code.is_some_and(|code| contents.put_code(code));
            if let Some(email) = self.contents()?.requester_email() {
                email.clone_into(&mut contents.to);
            }
        }
        let mut again = OutboxRow {
            mail: mail.mail.clone(),
            recipient_kind: mail.recipient_kind.clone(),
            recipient_id: mail.recipient_id.clone(),
            language: mail.language,
            delivers_answer: mail.delivers_answer,
            resent_from: Some(mail.resent_from.clone().unwrap_or_else(|| mail.id.clone())),
            ..self.waiting_mail(&id)
        };
        self.seal_mail(&mut again, &contents)?;
        outbox::enqueue(self.tx, &again)?;
        let marked =
            OutboxRow { resent_at: Some(self.now.naive_utc()), resent_as: Some(again.id.clone()), ..mail.clone() };
        outbox::update(self.tx, &marked)?;
        self.record(EventKind::MailResent, json!({"mail": mail.id, "as": again.id}), None)?;
        Ok((again, with_code))
    }

    /// When somebody is first reminded of an item that is made now. Where the calendar ends, somebody looks again in a day.
    #[must_use]
    pub fn first_reminder_to_post(&self) -> DateTime<Utc> {
        morning::of_next_day(&self.app.calendar(), self.now).unwrap_or_else(|_| self.now + Duration::days(1))
    }

    /// Tells the DPOs that a mail did not arrive; without any whom it reaches, the head contact.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn alert_mail_failed(&mut self, mail: &OutboxRow) -> Result<(), ServiceError> {
        let link = self.staff_link();
        let code = mail.smtp_code.and_then(|code| u16::try_from(code).ok());
        let about = StaffMail::MailFailed {
            link: &link,
            to_requester: mail.recipient_kind == "requester",
            code,
            is_answer: mail.delivers_answer,
        };
        let members = self.present(&[Role::Dpo])?;
        // Whoever cannot be reached needs no mail that says so.
        let reachable: Vec<_> =
            members.into_iter().filter(|member| mail.recipient_id.as_deref() != Some(member.id.as_str())).collect();
        if reachable.is_empty() && mail.recipient_kind != "head" {
            return self.mail_head("mail_failed", &about);
        }
        for member in reachable {
            self.mail_member("mail_failed", &member, &about)?;
        }
        Ok(())
    }

    /// A mail about this request that waits for its first attempt; to whom and what is still to be filled in.
    fn waiting_mail(&self, id: &str) -> OutboxRow {
        OutboxRow {
            request_id: Some(self.row.id.clone()),
            language: self.row.language,
            ..waiting_mail(self.app, self.now, id, &self.row.operator_id)
        }
    }

    /// Makes a new code to prove the mail address; only its keyed hash is kept. Earlier codes no longer hold.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn issue_code(&mut self) -> Result<String, ServiceError> {
        let code = new_code()?;
        let id = new_id(self.now);
        let row = crate::storage::codes::CodeRow {
            hmac: self.app.vault.code_hash(&self.row.id, &id, &code),
            id,
            request_id: self.row.id.clone(),
            created_at: self.now.naive_utc(),
            expires_at: (self.now + Duration::minutes(i64::from(CODE_MINUTES))).naive_utc(),
            tries: 0,
            used_at: None,
        };
        crate::storage::codes::insert(self.tx, &row)?;
        Ok(code)
    }
}
