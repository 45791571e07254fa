//! A printed letter as a page: the operator's head, the addressee, the body, the signature, and a foot for the outgoing journal.

use askama::Template;
use chrono::{DateTime, Utc};

use super::RequestFacts;
use super::printed::{Part, PrintedBody};
use crate::domain::almaty;
use crate::domain::operator::Operator;
use crate::domain::vocabulary::Language;
use crate::locale::{Texts, Value, dates};

/// The only style of the page. The page loads nothing, so its `Content-Security-Policy` allows this text by its hash.
pub const STYLE: &str = include_str!("../../../templates/letters/letter.css");

/// What is printed around the body, as it stands on the day of printing.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The language of the letter.
    pub language: Language,
    /// Who writes.
    pub operator: &'a Operator,
    /// What is known of the request.
    pub facts: &'a RequestFacts,
    /// The body, as it was sealed.
    pub body: &'a PrintedBody,
    /// To whom it goes, if a name is known.
    pub name: Option<&'a str>,
    /// Where it goes; two blank lines are printed without it.
    pub postal_address: Option<&'a str>,
    /// The person for whom the addressee acts.
    pub on_behalf_of: Option<&'a str>,
    /// The id of the item.
    pub item: &'a str,
    /// Which mail it stands for.
    pub mail: &'a str,
    /// When it was made: the date of the letter.
    pub created_at: DateTime<Utc>,
}

#[derive(Template)]
#[template(path = "letters/letter.html")]
struct Html<'a> {
    style: &'static str,
    language: Language,
    body: &'a PrintedBody,
    operator_name: &'a str,
    head: Vec<String>,
    number: String,
    date: String,
    to: Vec<String>,
    has_address: bool,
    ask: String,
    closing: String,
    responsible: &'a str,
    journal_title: String,
    journal: Vec<(String, String)>,
}

impl Page<'_> {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self, texts: &Texts) -> String {
        let text = |key: &str, values: &[(&str, Value<'_>)]| texts.get(self.language, key, values);
        let date = dates::date(texts, self.language, almaty::local_date(self.created_at));
        let html = Html {
            style: STYLE,
            language: self.language,
            body: self.body,
            operator_name: &self.facts.operator_name,
            head: self.head(texts),
            number: text("letter-post-number", &[("reference", Value::from(&self.facts.reference))]),
            to: self.to(texts),
            has_address: self.postal_address.is_some(),
            ask: self.ask(texts),
            closing: text("letter-closing", &[]),
            responsible: &self.facts.responsible_person,
            journal_title: text("letter-post-journal", &[]),
            journal: self.journal(texts, &date),
            date,
        };
        // Rendering into a string can fail only if a value's Display fails, and all values are strings.
        html.render().unwrap_or_default()
    }

    /// Below the name: number, address, contacts.
    fn head(&self, texts: &Texts) -> Vec<String> {
        let contacts = &self.operator.contacts;
        let mut lines = Vec::new();
        if let Some(bin) = &self.operator.bin {
            lines.push(texts.get(self.language, "letter-post-bin", &[("bin", Value::from(bin))]));
        }
        lines.extend(contacts.postal_address.as_ref().map(|address| address.get(self.language).to_owned()));
        let reached = [contacts.phone.clone(), Some(self.facts.operator_email.clone()), contacts.website.clone()];
        lines.push(reached.into_iter().flatten().collect::<Vec<_>>().join(" · "));
        let person = [("person", Value::from(&self.facts.responsible_person))];
        lines.push(texts.get(self.language, "letter-post-person", &person));
        lines
    }

    fn to(&self, texts: &Texts) -> Vec<String> {
        let for_whom = self
            .on_behalf_of
            .map(|name| texts.get(self.language, "letter-post-on-behalf", &[("name", Value::from(name))]));
        let known = [self.name.map(ToOwned::to_owned), for_whom, self.postal_address.map(ToOwned::to_owned)];
        known.into_iter().flatten().collect()
    }

    /// Whom to ask, without "reply to this e-mail".
    fn ask(&self, texts: &Texts) -> String {
        let reference = ("reference", Value::from(&self.facts.reference));
        let email = ("email", Value::from(&self.facts.operator_email));
        match &self.facts.operator_phone {
            Some(phone) => {
                texts.get(self.language, "letter-post-ask-phone", &[reference, email, ("phone", Value::from(phone))])
            }
            None => texts.get(self.language, "letter-post-ask", &[reference, email]),
        }
    }

    /// What is filed in the outgoing journal; empty places are filled in by hand.
    fn journal(&self, texts: &Texts, date: &str) -> Vec<(String, String)> {
        let row = |key: &str, value: &str| {
            (texts.get(self.language, &format!("letter-post-journal-{key}"), &[]), value.to_owned())
        };
        vec![
            row("reference", &self.facts.reference),
            row("item", &format!("{} ({})", self.item, self.mail)),
            row("created", date),
            row("posted", ""),
            row("tracking", ""),
            row("signature", ""),
        ]
    }
}
