//! Mails to the requester or their representative.

use super::layout::{Block, Letter, Writer};
use super::{Composed, RequestFacts};
use crate::domain::vocabulary::{ClockName, Language};
use crate::locale::{Texts, Value, dates};

crate::vocabulary! {
    /// A remark in a receipt. [`Note::NoIdCopyNeeded`] stands in every receipt, whether it is named or not.
    Note {
        /// No copy of an identity document is needed (Law 94-V art. 7(10)).
        NoIdCopyNeeded = "no_id_copy_needed",
        /// Withdrawing consent may suspend or end the agreement.
        AgreementMayEnd = "agreement_may_end",
        /// Required cookies cannot be switched off.
        RequiredCookiesStay = "required_cookies_stay",
        /// A provisional block takes effect when the address is confirmed or staff decide so.
        ProvisionalBlockAfterConfirmation = "provisional_block_after_confirmation",
        /// A correction waits for the documents that support it.
        DocumentsNeeded = "documents_needed",
        /// The same may have been asked before. Its words say nothing of whether it was.
        PossibleDuplicate = "possible_duplicate",
    }
}

/// What stands before the code in a link, after the secret.
pub const BEFORE_CODE: &str = "&code=";

/// What a requester is told.
#[derive(Debug, Clone, Copy)]
pub enum RequesterMail<'a> {
    /// The request was received; proves the filing.
    Receipt {
        /// Six digits that prove the address; none where nothing is to be proven.
        code: Option<&'a str>,
        /// How long the code holds, in minutes.
        code_minutes: u32,
        /// The page of the request.
        link: &'a str,
        /// Remarks.
        notes: &'a [Note],
    },
    /// A new code was asked for.
    CodeAgain {
        /// Six digits.
        code: &'a str,
        /// How long the code holds, in minutes.
        code_minutes: u32,
        /// The page of the request.
        link: &'a str,
    },
    /// The address is not proven yet.
    ConfirmReminder {
        /// Six digits.
        code: &'a str,
        /// How long the code holds, in minutes.
        code_minutes: u32,
        /// The page of the request.
        link: &'a str,
        /// Whether no other reminder follows.
        last: bool,
    },
    /// Identity was confirmed.
    IdentityConfirmed {
        /// The page of the request.
        link: &'a str,
    },
    /// Staff asked something.
    Question {
        /// The page of the request.
        link: &'a str,
    },
    /// The answer is being prepared.
    WorkStarted {
        /// The page of the request.
        link: &'a str,
    },
    /// The data is blocked.
    BlockSet {
        /// The page of the request.
        link: &'a str,
        /// Whether only for the time of the check.
        provisional: bool,
    },
    /// The block was lifted.
    BlockLifted {
        /// The page of the request.
        link: &'a str,
    },
    /// The answer is there.
    AnswerReady {
        /// The page of the request.
        link: &'a str,
    },
    /// The request is of another kind than it was sorted under.
    Reclassified {
        /// The page of the request.
        link: &'a str,
        /// Remarks that the new kind brings.
        notes: &'a [Note],
    },
    /// The moment of receipt had been entered wrongly.
    ReceiptAmended {
        /// The page of the request.
        link: &'a str,
    },
    /// The request was withdrawn.
    Cancelled {
        /// Whether staff did so on the requester's word.
        by_staff: bool,
    },
}

/// Composes a mail to the requester.
#[must_use]
pub fn compose_requester(
    texts: &Texts,
    language: Language,
    facts: &RequestFacts,
    mail: &RequesterMail<'_>,
) -> Composed {
    let writer = Writer { texts, language, facts };
    let (subject, blocks) = match *mail {
        RequesterMail::Receipt { code, code_minutes, link, notes } => {
            receipt(writer, code.map(|code| (code, code_minutes)), link, notes)
        }
        RequesterMail::CodeAgain { code, code_minutes, link } => {
            let mut blocks = vec![writer.paragraph("mail-code-again-intro")];
            blocks.extend(code_blocks(writer, code, code_minutes, link));
            blocks.push(writer.facts(None, Vec::new()));
            ("mail-code-again-subject", blocks)
        }
        RequesterMail::ConfirmReminder { code, code_minutes, link, last } => {
            ("mail-confirm-reminder-subject", confirm_reminder(writer, code, code_minutes, link, last))
        }
        RequesterMail::IdentityConfirmed { link } => {
            let news = [writer.paragraph("mail-identity-confirmed-intro")];
            ("mail-identity-confirmed-subject", progress(writer, news, "mail-action-open", link))
        }
        RequesterMail::Question { link } => {
            let news = [writer.paragraph("mail-question-intro"), writer.paragraph("mail-question-term")];
            ("mail-question-subject", progress(writer, news, "mail-action-reply", link))
        }
        RequesterMail::WorkStarted { link } => {
            let news = [writer.paragraph("mail-work-started-intro")];
            ("mail-work-started-subject", progress(writer, news, "mail-action-open", link))
        }
        RequesterMail::BlockSet { link, provisional } => {
            let key = if provisional { "mail-block-set-provisional" } else { "mail-block-set-final" };
            let news = [writer.paragraph(key)];
            ("mail-block-set-subject", progress(writer, news, "mail-action-open", link))
        }
        RequesterMail::BlockLifted { link } => {
            let news = [writer.paragraph("mail-block-lifted-intro")];
            ("mail-block-lifted-subject", progress(writer, news, "mail-action-open", link))
        }
        RequesterMail::AnswerReady { link } => ("mail-answer-ready-subject", answer_ready(writer, link)),
        RequesterMail::Reclassified { link, notes } => ("mail-reclassified-subject", reclassified(writer, link, notes)),
        RequesterMail::ReceiptAmended { link } => {
            let news = [writer.paragraph("mail-receipt-amended-intro")];
            ("mail-receipt-amended-subject", progress(writer, news, "mail-action-open", link))
        }
        RequesterMail::Cancelled { by_staff } => ("mail-cancelled-subject", cancelled(writer, by_staff)),
    };
    Letter {
        language,
        subject: writer.subject(subject),
        greeting: writer.text("mail-greeting", &[]),
        blocks,
        footer: footer(writer),
    }
    .compose()
}

fn receipt(writer: Writer<'_>, code: Option<(&str, u32)>, link: &str, notes: &[Note]) -> (&'static str, Vec<Block>) {
    let mut blocks = vec![writer.paragraph("mail-receipt-intro")];
    blocks.extend(promise(writer));
    let subject = if let Some((code, minutes)) = code {
        blocks.push(writer.paragraph("mail-receipt-confirm"));
        blocks.extend(code_blocks(writer, code, minutes, link));
        "mail-receipt-subject-confirm"
    } else {
        blocks.push(writer.paragraph("mail-receipt-no-code"));
        blocks.push(writer.action("mail-action-open", link));
        "mail-receipt-subject"
    };
    blocks.push(writer.facts(writer.facts.headline, Vec::new()));
    let wanted = |note: &&Note| **note == Note::NoIdCopyNeeded || notes.contains(*note);
    blocks.extend(Note::ALL.iter().filter(wanted).map(|note| writer.paragraph(&format!("mail-note-{note}"))));
    blocks.extend(outer_limit(writer));
    blocks.push(Block::Small(writer.text("mail-free", &[])));
    (subject, blocks)
}

/// The code alone, how long it holds, the page on which it is typed in, and what to do with a code nobody asked for. The link brings
/// the code along, so that a press of a button is enough there.
fn code_blocks(writer: Writer<'_>, code: &str, minutes: u32, link: &str) -> [Block; 5] {
    let email = &writer.facts.operator_email;
    let link = format!("{link}{BEFORE_CODE}{code}");
    [
        Block::Code { label: writer.text("mail-code-label", &[]), code: code.to_owned() },
        Block::Paragraph(writer.text("mail-code-valid", &[("minutes", Value::from(minutes))])),
        writer.action("mail-action-confirm", &link),
        Block::Small(writer.text("mail-code-keep", &[])),
        Block::Small(writer.text("mail-not-yours", &[("email", Value::from(email))])),
    ]
}

fn confirm_reminder(writer: Writer<'_>, code: &str, minutes: u32, link: &str, last: bool) -> Vec<Block> {
    let mut blocks = vec![writer.paragraph("mail-confirm-reminder-intro")];
    blocks.extend(code_blocks(writer, code, minutes, link));
    if last {
        blocks.push(writer.paragraph("mail-confirm-reminder-last"));
    }
    blocks.push(writer.facts(writer.facts.headline, Vec::new()));
    blocks
}

/// News on the way to the answer: what happened, by when the answer comes, where to look.
fn progress<const N: usize>(writer: Writer<'_>, news: [Block; N], action: &str, link: &str) -> Vec<Block> {
    let mut blocks = Vec::from(news);
    blocks.extend(promise(writer));
    blocks.push(writer.action(action, link));
    blocks.push(writer.facts(writer.facts.headline, Vec::new()));
    blocks.extend(outer_limit(writer));
    blocks
}

fn answer_ready(writer: Writer<'_>, link: &str) -> Vec<Block> {
    vec![
        writer.paragraph("mail-answer-ready-intro"),
        writer.action("mail-action-answer", link),
        writer.facts(None, Vec::new()),
        writer.paragraph("mail-answer-ready-complain"),
    ]
}

fn reclassified(writer: Writer<'_>, link: &str, notes: &[Note]) -> Vec<Block> {
    let email = &writer.facts.operator_email;
    let news = [
        writer.paragraph("mail-reclassified-intro"),
        Block::Paragraph(writer.text("mail-reclassified-wrong", &[("email", Value::from(email))])),
    ];
    let mut blocks = progress(writer, news, "mail-action-open", link);
    blocks.extend(notes.iter().map(|note| writer.paragraph(&format!("mail-note-{note}"))));
    blocks
}

fn cancelled(writer: Writer<'_>, by_staff: bool) -> Vec<Block> {
    let key = if by_staff { "mail-cancelled-by-staff" } else { "mail-cancelled-by-requester" };
    let email = &writer.facts.operator_email;
    vec![
        writer.paragraph(key),
        Block::Paragraph(writer.text("mail-cancelled-not-you", &[("email", Value::from(email))])),
        writer.facts(None, Vec::new()),
    ]
}

pub(super) fn promise(writer: Writer<'_>) -> Option<Block> {
    let (clock, on) = writer.facts.headline?;
    let by = dates::date_by_opening(writer.texts, writer.language, on);
    Some(Block::Lead(writer.text(&format!("mail-promise-{clock}"), &[("by", Value::from(&by))])))
}

/// In small print, and not where it is the headline already.
pub(super) fn outer_limit(writer: Writer<'_>) -> Option<Block> {
    let on = writer.facts.outer_limit?;
    if writer.facts.headline.is_some_and(|(clock, _)| clock == ClockName::ClaimResponse) {
        return None;
    }
    let date = dates::date(writer.texts, writer.language, on);
    Some(Block::Small(writer.text("mail-outer-limit", &[("date", Value::from(&date))])))
}

fn footer(writer: Writer<'_>) -> Vec<String> {
    let facts = writer.facts;
    let email = Value::from(&facts.operator_email);
    let ask = match &facts.operator_phone {
        Some(phone) => writer.text("mail-footer-ask-phone", &[("email", email), ("phone", Value::from(phone))]),
        None => writer.text("mail-footer-ask", &[("email", email)]),
    };
    vec![
        ask,
        writer.text("mail-footer-person", &[("person", Value::from(&facts.responsible_person))]),
        writer.text("mail-footer-operator", &[("operator", Value::from(&facts.operator_name))]),
    ]
}
