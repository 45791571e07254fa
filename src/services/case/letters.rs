//! What a requester without a mail address reads on paper: the contents that a mail only points to.

use super::{Case, SealedMail};
use crate::domain::vocabulary::Blocking;
use crate::mail::compose::{PrintedBody, PrintedPart as Part, RequesterMail, compose_printed};
use crate::services::error::ServiceError;
use crate::services::requester::load_draft;
use crate::services::views::{AnswerView, GroundView, answer_view, message_view};
use crate::storage::events;
use crate::storage::outbox::OutboxRow;
use crate::vault::Place;

impl Case<'_> {
    /// The letter that stands for a mail to the requester.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub(super) fn printed(&mut self, mail: &RequesterMail<'_>) -> Result<PrintedBody, ServiceError> {
        let contents = match mail {
            RequesterMail::Question { .. } => self.last_question(self.now.naive_utc())?,
            RequesterMail::AnswerReady { .. } => self.answer()?,
            _ => Vec::new(),
        };
        Ok(self.compose_letter(mail, contents))
    }

    fn compose_letter(&self, mail: &RequesterMail<'_>, contents: Vec<Part>) -> PrintedBody {
        let language = self.row.language;
        compose_printed(&self.app.texts, language, &self.mail_facts(language), mail, contents)
    }

    /// The letter as it was sealed with a mail. Mails that were queued before letters were sealed are composed anew.
    ///
    /// # Errors
    /// `NotFound` when it was destroyed; those of the vault and of the database.
    pub fn letter_of(&mut self, mail: &OutboxRow) -> Result<PrintedBody, ServiceError> {
        if let Some(letter) = self.open_mail(mail)?.letter {
            return Ok(letter);
        }
        let link = "";
        let standing_for = match mail.mail.as_str() {
            "receipt" => RequesterMail::Receipt { code: None, code_minutes: 0, link, notes: &[] },
            "identity_confirmed" => RequesterMail::IdentityConfirmed { link },
            "question" => {
                let contents = self.last_question(mail.created_at)?;
                return Ok(self.compose_letter(&RequesterMail::Question { link }, contents));
            }
            "work_started" => RequesterMail::WorkStarted { link },
            "block_set" => RequesterMail::BlockSet { link, provisional: self.row.blocking == Blocking::Provisional },
            "block_lifted" => RequesterMail::BlockLifted { link },
            "answer_ready" => RequesterMail::AnswerReady { link },
            "cancelled" => RequesterMail::Cancelled { by_staff: true },
            _ => RequesterMail::ConfirmReminder { code: "", code_minutes: 0, link, last: false },
        };
        self.printed(&standing_for)
    }

    /// A mail as it lies sealed.
    ///
    /// # Errors
    /// `NotFound` when it was destroyed; those of the vault.
    pub fn open_mail(&self, mail: &OutboxRow) -> Result<SealedMail, ServiceError> {
        let sealed = mail.sealed.as_deref().ok_or(ServiceError::NotFound)?;
        Ok(self.key.open_json(&Place::new("outbox", &mail.id, "mail"), sealed)?)
    }

    /// Seals a mail in its row.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn seal_mail(&self, mail: &mut OutboxRow, contents: &SealedMail) -> Result<(), ServiceError> {
        mail.sealed = Some(self.key.seal_json(&Place::new("outbox", &mail.id, "mail"), contents)?);
        Ok(())
    }

    /// The question that was asked last by then.
    fn last_question(&mut self, by: chrono::NaiveDateTime) -> Result<Vec<Part>, ServiceError> {
        let messages = events::messages_of(self.tx, &self.row.id)?;
        let asked = messages.iter().rev().find(|message| message.kind == "question" && message.at <= by);
        let view = asked.map(|message| message_view(message, Some(&self.key))).transpose()?;
        Ok(view.and_then(|view| view.text).map(Part::Quote).into_iter().collect())
    }

    /// The whole answer.
    fn answer(&mut self) -> Result<Vec<Part>, ServiceError> {
        let Some(draft) = load_draft(self.tx, &self.row.id, &self.key)? else { return Ok(Vec::new()) };
        let view = answer_view(self.app, &self.row, &self.contents()?, draft)?;
        Ok(self.answer_parts(view))
    }

    fn answer_parts(&self, view: AnswerView) -> Vec<Part> {
        let text = |key: &str| self.app.texts.get(self.row.language, key, &[]);
        let heading = |key: &str| Part::Heading(text(key));
        let mut parts = vec![
            heading("letter-post-outcome"),
            Part::Lead(text(&format!("outcome-{}", view.outcome))),
            Part::Paragraph(view.letter),
        ];
        if !view.decisions.is_empty() {
            parts.push(heading("letter-post-decisions"));
        }
        parts.extend(view.decisions.into_iter().map(|decision| {
            let mut lines = vec![text(&format!("letter-post-result-{}", decision.result))];
            let reasons = decision.text.clone();
            lines.extend(decision.text);
            // A ground that was given by its code alone has the reasons of its decision for a text: they are said once.
            lines.extend(decision.grounds.iter().flat_map(|ground| lines_of(ground, reasons.as_deref(), true)));
            Part::Item(decision.about, lines)
        }));
        if !view.grounds.is_empty() {
            parts.push(heading("letter-post-grounds"));
        }
        parts.extend(view.grounds.iter().map(|ground| Part::Item(ground.title.clone(), lines_of(ground, None, false))));
        parts.extend(view.notes.into_iter().map(Part::Paragraph));
        parts.push(Part::Paragraph(view.how_to_complain));
        parts
    }
}

/// A ground in lines: what it says, what applies in this case, the norm.
fn lines_of(ground: &GroundView, said: Option<&str>, with_title: bool) -> Vec<String> {
    let title = with_title.then(|| ground.title.clone());
    let own = (ground.text != ground.title && said != Some(&ground.text)).then(|| ground.text.clone());
    let citation = Some(ground.citation.clone()).filter(|citation| !citation.is_empty());
    [title, own, citation].into_iter().flatten().collect()
}
