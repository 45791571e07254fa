//! Letters to requesters who have no mail address: what a mail says behind its link stands here in full, and there is neither
//! link nor code.

use serde::{Deserialize, Serialize};

use super::RequestFacts;
use super::layout::{Block, Writer};
use super::requester::{Note, RequesterMail, outer_limit, promise};
use crate::domain::vocabulary::Language;
use crate::locale::{Texts, Value, dates};

/// A piece of a printed letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The one sentence that matters most.
    Lead(String),
    /// A heading within the letter.
    Heading(String),
    /// Sentences; line breaks stay.
    Paragraph(String),
    /// What somebody wrote in this case, set apart; line breaks stay.
    Quote(String),
    /// Labels and values, row by row.
    Facts(Vec<(String, String)>),
    /// One of several: its name, and lines about it.
    Item(String, Vec<String>),
    /// Small print.
    Small(String),
}

/// A letter without head, addressee and foot. It is sealed when the mail is queued, so that what was promised then is what is
/// printed, whenever that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedBody {
    /// What it is about, in one line.
    pub subject: String,
    /// The greeting.
    pub greeting: String,
    /// The body.
    pub parts: Vec<Part>,
}

/// Composes the letter that stands for `mail`. `contents` is what the mail only points to: the question, or the answer.
#[must_use]
pub fn compose_printed(
    texts: &Texts,
    language: Language,
    facts: &RequestFacts,
    mail: &RequesterMail<'_>,
    contents: Vec<Part>,
) -> PrintedBody {
    let writer = Writer { texts, language, facts };
    let (subject, parts) = match *mail {
        RequesterMail::Receipt { notes, .. } => ("mail-receipt-subject", receipt(writer, notes)),
        RequesterMail::CodeAgain { .. } | RequesterMail::ConfirmReminder { .. } => {
            ("letter-post-address-subject", progress(writer, vec![paragraph(writer, "letter-post-address")]))
        }
        RequesterMail::IdentityConfirmed { .. } => {
            let news = vec![paragraph(writer, "mail-identity-confirmed-intro")];
            ("mail-identity-confirmed-subject", progress(writer, news))
        }
        RequesterMail::Question { .. } => ("mail-question-subject", question(writer, contents)),
        RequesterMail::WorkStarted { .. } => {
            ("mail-work-started-subject", progress(writer, vec![paragraph(writer, "mail-work-started-intro")]))
        }
        RequesterMail::BlockSet { provisional, .. } => {
            let key = if provisional { "mail-block-set-provisional" } else { "mail-block-set-final" };
            ("mail-block-set-subject", progress(writer, vec![paragraph(writer, key)]))
        }
        RequesterMail::BlockLifted { .. } => {
            ("mail-block-lifted-subject", progress(writer, vec![paragraph(writer, "mail-block-lifted-intro")]))
        }
        RequesterMail::Reclassified { notes, .. } => {
            let email = &facts.operator_email;
            let mut news = vec![
                paragraph(writer, "mail-reclassified-intro"),
                Part::Paragraph(writer.text("mail-reclassified-wrong", &[("email", Value::from(email))])),
            ];
            news.extend(Note::ALL.iter().filter(|note| notes.contains(note)).map(|note| remark(writer, *note)));
            ("mail-reclassified-subject", progress(writer, news))
        }
        RequesterMail::ReceiptAmended { .. } => {
            ("mail-receipt-amended-subject", progress(writer, vec![paragraph(writer, "letter-post-amended")]))
        }
        RequesterMail::AnswerReady { .. } => ("letter-heading", answer(writer, contents)),
        RequesterMail::Cancelled { by_staff } => {
            let key = if by_staff { "mail-cancelled-by-staff" } else { "mail-cancelled-by-requester" };
            let not_you = writer.text("mail-cancelled-not-you", &[("email", Value::from(&facts.operator_email))]);
            ("mail-cancelled-subject", vec![paragraph(writer, key), Part::Paragraph(not_you), known(writer)])
        }
    };
    PrintedBody { subject: writer.subject(subject), greeting: writer.text("mail-greeting", &[]), parts }
}

fn paragraph(writer: Writer<'_>, key: &str) -> Part {
    Part::Paragraph(writer.text(key, &[]))
}

/// A block of a mail, where it says nothing of pages and links.
fn same(block: Block) -> Option<Part> {
    match block {
        Block::Lead(text) => Some(Part::Lead(text)),
        Block::Paragraph(text) => Some(Part::Paragraph(text)),
        Block::Facts(rows) => Some(Part::Facts(rows)),
        Block::Small(text) => Some(Part::Small(text)),
        Block::Code { .. } | Block::Action { .. } | Block::Items(_) => None,
    }
}

/// What is known of the request, with the deadline that leads.
fn known(writer: Writer<'_>) -> Part {
    same(writer.facts(writer.facts.headline, Vec::new())).unwrap_or_else(|| Part::Facts(Vec::new()))
}

/// A remark, in words that say nothing of pages and links.
fn remark(writer: Writer<'_>, note: Note) -> Part {
    match note {
        Note::DocumentsNeeded => paragraph(writer, "letter-post-documents_needed"),
        Note::ProvisionalBlockAfterConfirmation => paragraph(writer, "letter-post-provisional_block"),
        note => paragraph(writer, &format!("mail-note-{note}")),
    }
}

fn receipt(writer: Writer<'_>, notes: &[Note]) -> Vec<Part> {
    let mut parts = vec![paragraph(writer, "letter-post-receipt")];
    parts.extend(promise(writer).and_then(same));
    parts.push(known(writer));
    let wanted = |note: &&Note| **note == Note::NoIdCopyNeeded || notes.contains(*note);
    parts.extend(Note::ALL.iter().filter(wanted).map(|note| remark(writer, *note)));
    parts.extend(outer_limit(writer).and_then(same));
    parts.push(Part::Small(writer.text("mail-free", &[])));
    parts
}

fn question(writer: Writer<'_>, contents: Vec<Part>) -> Vec<Part> {
    let mut news = vec![paragraph(writer, "letter-post-question")];
    news.extend(contents);
    let reference = [("reference", Value::from(&writer.facts.reference))];
    news.push(Part::Paragraph(writer.text("letter-post-question-reply", &reference)));
    news.push(paragraph(writer, "mail-question-term"));
    progress(writer, news)
}

fn answer(writer: Writer<'_>, contents: Vec<Part>) -> Vec<Part> {
    let facts = writer.facts;
    let received = dates::date_time(writer.texts, writer.language, facts.received_at);
    let kind = writer.text(&format!("kind-{}", facts.kind), &[]);
    let about = [("received", Value::from(&received)), ("kind", Value::from(&kind))];
    let mut parts = vec![Part::Paragraph(writer.text("letter-about", &about))];
    parts.extend(contents);
    parts
}

/// News on the way to the answer: what happened, and by when the answer comes.
fn progress(writer: Writer<'_>, news: Vec<Part>) -> Vec<Part> {
    let mut parts = news;
    parts.extend(promise(writer).and_then(same));
    parts.push(known(writer));
    parts.extend(outer_limit(writer).and_then(same));
    parts
}
