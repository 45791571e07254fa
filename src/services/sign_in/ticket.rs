//! The ticket of a browser whose first factor was right, until the code of the second one comes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::domain::vocabulary::EnteredBy;
use crate::ids::is_id;
use crate::storage::staff::StaffRow;

/// For so long the code is waited for.
const CODE_WAITS: Duration = Duration::minutes(5);

/// What a ticket says, once its seal was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Whose account.
    pub staff_id: String,
    /// What the first factor was.
    pub entered_by: EnteredBy,
    /// The subject at the external service that the account is bound to when the code is right.
    pub subject: Option<String>,
    until: i64,
    seal: Vec<u8>,
}

impl Ticket {
    /// A new one, as the cookie carries it.
    pub fn issue(
        app: &App,
        row: &StaffRow,
        entered_by: EnteredBy,
        subject: Option<String>,
        now: DateTime<Utc>,
    ) -> String {
        let until = (now + CODE_WAITS).timestamp();
        let ticket = Self { staff_id: row.id.clone(), entered_by, subject, until, seal: Vec::new() };
        let seal = URL_SAFE_NO_PAD.encode(ticket.sealed(app, &row.password_hash));
        let subject = URL_SAFE_NO_PAD.encode(ticket.subject.as_deref().unwrap_or_default());
        format!("{}.{until}.{entered_by}.{subject}.{seal}", ticket.staff_id)
    }

    /// Reads one that holds at this moment; its seal is still to be checked.
    pub fn read(text: &str, now: DateTime<Utc>) -> Option<Self> {
        let mut parts = text.split('.');
        let staff_id = parts.next().filter(|id| is_id(id))?.to_owned();
        let until: i64 = parts.next()?.parse().ok()?;
        let entered_by = EnteredBy::parse(parts.next()?)?;
        let subject = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok()?;
        let seal = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let subject = Some(subject).filter(|subject| !subject.is_empty());
        let holds = parts.next().is_none() && now.timestamp() < until;
        holds.then_some(Self { staff_id, entered_by, subject, until, seal })
    }

    /// Whether it was issued here for this account as it stands: with another password by now it says nothing any more.
    pub fn is_genuine(&self, app: &App, row: &StaffRow) -> bool {
        self.sealed(app, &row.password_hash).ct_eq(&self.seal).into()
    }

    fn sealed(&self, app: &App, password_hash: &str) -> Vec<u8> {
        let Self { staff_id, entered_by, subject, until, .. } = self;
        let subject = subject.as_deref().unwrap_or_default();
        let text = format!("{staff_id}|{until}|{entered_by}|{password_hash}|{subject}");
        app.vault.fingerprint("sign-in ticket", text.as_bytes())
    }
}
