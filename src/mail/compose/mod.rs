//! The mails: which sentences each consists of, as a text and as an HTML part.
//!
//! In a mail stand at most: greeting, reference, kind, date and Almaty time of receipt, dates, what happens next, whom to ask.
//! Nothing here takes the requester's name or the contents of a request, so neither can get into a mail.

mod account;
mod alert;
mod desk;
mod layout;
mod page;
mod printed;
mod requester;
mod staff;
mod wrap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::vocabulary::{ClockName, Kind};

pub use account::AccountNews;
pub use alert::AlertFacts;
pub use desk::{DeskMail, Digest, DigestPart, DigestSection, Line, NearerLine, Part, compose_desk};
pub use page::{Page, STYLE};
pub use printed::{Part as PrintedPart, PrintedBody, compose_printed};
pub use requester::{BEFORE_CODE, Note, RequesterMail, compose_requester};
pub use staff::{ReminderStage, StaffMail, compose_staff};

/// What every mail about a request may say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFacts {
    /// The number of the request.
    pub reference: String,
    /// Its kind.
    pub kind: Kind,
    /// The operator's name in the language of the mail.
    pub operator_name: String,
    /// Where the operator can be asked.
    pub operator_email: String,
    /// The operator's phone, if it has one for this.
    pub operator_phone: Option<String>,
    /// The person who is responsible at the operator (Law 94-V art. 25(3)).
    pub responsible_person: String,
    /// When the request was received.
    pub received_at: DateTime<Utc>,
    /// The nearest open clock and its last day. Leave it out where that day is past: a promise for yesterday is none.
    pub headline: Option<(ClockName, NaiveDate)>,
    /// The last day of the outer limit, shown in small print where it is not the headline.
    pub outer_limit: Option<NaiveDate>,
}

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// One line: the reference and what happened.
    pub subject: String,
    /// The text part, wrapped at 76 columns; links and codes stand on lines of their own.
    pub text: String,
    /// The HTML part, which loads nothing.
    pub html: String,
}

#[cfg(test)]
mod tests;
