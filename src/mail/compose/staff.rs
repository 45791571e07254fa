//! Mails to the operator's staff.

use chrono::NaiveDate;

use super::layout::{Block, Letter, Writer};
use super::{Composed, RequestFacts};
use crate::domain::vocabulary::{ClockName, Language};
use crate::locale::{Texts, Value, dates};

/// Which of the reminders of a clock this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderStage {
    /// So many days before the last day.
    DaysBefore(u32),
    /// One working day before the last day.
    WorkingDayBefore,
    /// As soon as a short clock started.
    AtOnce,
    /// The morning of the last day.
    LastDayMorning,
    /// The afternoon of the last day.
    LastDayAfternoon,
}

/// What a staff member is told.
#[derive(Debug, Clone, Copy)]
pub enum StaffMail<'a> {
    /// A request came in.
    NewRequest {
        /// The request in the console.
        link: &'a str,
        /// Whether the requester's mail address is proven; nothing where it need not be.
        confirmed: Option<bool>,
    },
    /// A request was assigned to the reader.
    Assigned {
        /// The request in the console.
        link: &'a str,
        /// The staff member who did so.
        by: &'a str,
    },
    /// The requester replied to a question.
    Reply {
        /// The request in the console.
        link: &'a str,
    },
    /// A file was added to a request.
    File {
        /// The request in the console.
        link: &'a str,
    },
    /// The virus scanner found something in a file of a request.
    FileInfected {
        /// The request in the console.
        link: &'a str,
    },
    /// A deadline comes near.
    Reminder {
        /// The request in the console.
        link: &'a str,
        /// Which deadline.
        clock: ClockName,
        /// Its last day.
        due_on: NaiveDate,
        /// Which reminder.
        stage: ReminderStage,
        /// Whether an answer waits for approval.
        waiting_for_approval: bool,
        /// Whether nobody is assigned.
        unassigned: bool,
    },
    /// A deadline was missed.
    Overdue {
        /// The request in the console.
        link: &'a str,
        /// Which deadline.
        clock: ClockName,
        /// Its last day.
        due_on: NaiveDate,
        /// How many working days ago that was; 0 on a day off right after it.
        working_days_over: u32,
    },
    /// A mail could not be delivered.
    MailFailed {
        /// Whether it was to the requester, and not to staff.
        to_requester: bool,
        /// The request in the console.
        link: &'a str,
        /// The SMTP code of the failure, if the mail server gave one.
        code: Option<u16>,
        /// Whether it was the mail that says that the answer is ready.
        is_answer: bool,
    },
    /// Letters lie there that are still to be printed and posted.
    ToPost {
        /// The request in the console.
        link: &'a str,
        /// How many.
        items: u32,
        /// The day on which the oldest of them was made.
        since: NaiveDate,
    },
}

/// Composes a mail to a staff member, who is greeted by name.
#[must_use]
pub fn compose_staff(
    texts: &Texts,
    language: Language,
    staff_name: &str,
    facts: &RequestFacts,
    mail: &StaffMail<'_>,
) -> Composed {
    let writer = Writer { texts, language, facts };
    let (subject, mut blocks, due, more) = parts(writer, mail);
    let (StaffMail::NewRequest { link, .. }
    | StaffMail::Assigned { link, .. }
    | StaffMail::Reply { link }
    | StaffMail::File { link }
    | StaffMail::FileInfected { link }
    | StaffMail::Reminder { link, .. }
    | StaffMail::Overdue { link, .. }
    | StaffMail::MailFailed { link, .. }
    | StaffMail::ToPost { link, .. }) = *mail;
    blocks.push(writer.action("mail-action-open", link));
    blocks.push(writer.facts(due, with_outer_limit(writer, due, more)));
    let greeting = writer.pen().greeting(staff_name);
    let footer = vec![writer.text("mail-footer-staff", &[("operator", Value::from(&facts.operator_name))])];
    Letter { language, subject, greeting, blocks, footer }.compose()
}

/// Subject, sentences, the deadline that is meant, and further facts.
type Parts = (String, Vec<Block>, Option<(ClockName, NaiveDate)>, Vec<(String, String)>);

fn parts(writer: Writer<'_>, mail: &StaffMail<'_>) -> Parts {
    let headline = writer.facts.headline;
    match *mail {
        StaffMail::NewRequest { confirmed, .. } => {
            let mut blocks = vec![writer.paragraph("mail-staff-new-intro")];
            if let Some(confirmed) = confirmed {
                let key = if confirmed { "mail-staff-new-confirmed" } else { "mail-staff-new-unconfirmed" };
                blocks.push(writer.paragraph(key));
            }
            (writer.subject("mail-staff-new-subject"), blocks, headline, Vec::new())
        }
        StaffMail::Assigned { by, .. } => {
            let more = vec![(writer.text("mail-fact-assigned-by", &[]), by.to_owned())];
            let blocks = vec![writer.paragraph("mail-staff-assigned-intro")];
            (writer.subject("mail-staff-assigned-subject"), blocks, headline, more)
        }
        StaffMail::Reply { .. } => {
            let blocks = vec![writer.paragraph("mail-staff-reply-intro")];
            (writer.subject("mail-staff-reply-subject"), blocks, headline, Vec::new())
        }
        StaffMail::File { .. } => {
            let blocks = vec![writer.paragraph("mail-staff-file-intro")];
            (writer.subject("mail-staff-file-subject"), blocks, headline, Vec::new())
        }
        StaffMail::FileInfected { .. } => {
            let blocks =
                vec![writer.paragraph("mail-staff-infected-intro"), writer.paragraph("mail-staff-infected-next")];
            (writer.subject("mail-staff-infected-subject"), blocks, headline, Vec::new())
        }
        StaffMail::Reminder { clock, due_on, stage, waiting_for_approval, unassigned, .. } => {
            let mut blocks = vec![Block::Lead(stage_text(writer, stage))];
            if waiting_for_approval {
                blocks.push(writer.paragraph("mail-staff-reminder-approval"));
            }
            if unassigned {
                blocks.push(writer.paragraph("mail-staff-reminder-unassigned"));
            }
            (reminder_subject(writer, due_on), blocks, Some((clock, due_on)), Vec::new())
        }
        StaffMail::Overdue { clock, due_on, working_days_over, .. } => {
            let days = [("days", Value::from(working_days_over))];
            let blocks = vec![
                Block::Lead(writer.text("mail-staff-overdue-intro", &days)),
                writer.paragraph("mail-staff-overdue-next"),
            ];
            (writer.subject("mail-staff-overdue-subject"), blocks, Some((clock, due_on)), Vec::new())
        }
        StaffMail::MailFailed { to_requester, code, is_answer, .. } => {
            mail_failed(writer, to_requester, code, is_answer)
        }
        StaffMail::ToPost { items, since, .. } => {
            let since = dates::date(writer.texts, writer.language, since);
            let more = vec![(writer.text("letter-post-since", &[]), since)];
            let blocks = vec![
                Block::Lead(writer.text("letter-post-lying", &[("items", Value::from(items))])),
                writer.paragraph("letter-post-lying-next"),
            ];
            (writer.subject("letter-post-lying-subject"), blocks, headline, more)
        }
    }
}

fn mail_failed(writer: Writer<'_>, to_requester: bool, code: Option<u16>, is_answer: bool) -> Parts {
    let intro = if to_requester { "mail-staff-failed-intro" } else { "mail-staff-failed-intro-staff" };
    let mut blocks = vec![Block::Lead(writer.text(intro, &[]))];
    if is_answer {
        blocks.push(writer.paragraph("mail-staff-failed-answer"));
    }
    if to_requester {
        blocks.push(writer.paragraph("mail-staff-failed-next"));
    }
    let more = code.map(|code| (writer.text("mail-fact-smtp", &[]), code.to_string())).into_iter().collect();
    (writer.subject("mail-staff-failed-subject"), blocks, writer.facts.headline, more)
}

fn stage_text(writer: Writer<'_>, stage: ReminderStage) -> String {
    let key = match stage {
        ReminderStage::DaysBefore(days) => {
            return writer.text("mail-staff-reminder-days_before", &[("days", Value::from(days))]);
        }
        ReminderStage::WorkingDayBefore => "mail-staff-reminder-working_day_before",
        ReminderStage::AtOnce => "mail-staff-reminder-at_once",
        ReminderStage::LastDayMorning => "mail-staff-reminder-last_day_morning",
        ReminderStage::LastDayAfternoon => "mail-staff-reminder-last_day_afternoon",
    };
    writer.text(key, &[])
}

fn reminder_subject(writer: Writer<'_>, due_on: NaiveDate) -> String {
    let date = dates::date(writer.texts, writer.language, due_on);
    let values = [("reference", Value::from(&writer.facts.reference)), ("date", Value::from(&date))];
    writer.text("mail-staff-reminder-subject", &values)
}

fn with_outer_limit(
    writer: Writer<'_>,
    due: Option<(ClockName, NaiveDate)>,
    mut more: Vec<(String, String)>,
) -> Vec<(String, String)> {
    if let Some(on) = writer.facts.outer_limit
        && due.is_none_or(|(clock, _)| clock != ClockName::ClaimResponse)
    {
        let date = dates::date_weekday(writer.texts, writer.language, on);
        more.push((writer.text("mail-fact-outer", &[]), date));
    }
    more
}
