//! A mail as a list of blocks, and the two templates that show them.

use askama::Template;

use super::{Composed, RequestFacts, wrap::wrap};
use crate::domain::vocabulary::{ClockName, Language};
use crate::locale::{Texts, Value, dates};

/// A piece of a mail.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// The one sentence that matters most.
    Lead(String),
    /// A sentence or several.
    Paragraph(String),
    /// Digits to type in, with a label before them.
    Code { label: String, code: String },
    /// Labels and values, row by row.
    Facts(Vec<(String, String)>),
    /// Things to open, one after another: what each is, and its link.
    Items(Vec<(String, String)>),
    /// Something to open: the words of the button, the words before the readable link, the link.
    Action { label: String, note: String, link: String },
    /// Small print.
    Small(String),
}

impl Block {
    /// The block in the text part. A code and a link stand alone on their lines.
    fn plain(&self) -> String {
        match self {
            Self::Lead(text) | Self::Paragraph(text) | Self::Small(text) => wrap(text),
            Self::Code { label, code } => format!("{label}\n\n{code}"),
            Self::Facts(rows) => {
                rows.iter().map(|(label, value)| wrap(&format!("{label}: {value}"))).collect::<Vec<_>>().join("\n")
            }
            Self::Items(rows) => {
                rows.iter().map(|(words, link)| format!("{}\n{link}", wrap(words))).collect::<Vec<_>>().join("\n")
            }
            Self::Action { label, link, .. } => format!("{label}:\n{link}"),
        }
    }
}

/// A mail before it is rendered.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) language: Language,
    pub(super) subject: String,
    pub(super) greeting: String,
    pub(super) blocks: Vec<Block>,
    pub(super) footer: Vec<String>,
}

#[derive(Template)]
#[template(path = "emails/layout.html")]
struct Html<'a> {
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "emails/layout.txt", escape = "none")]
struct Text<'a> {
    letter: &'a Letter,
}

impl Letter {
    /// Renders both parts.
    pub(super) fn compose(mut self) -> Composed {
        // A line break in a subject would end the header.
        self.subject = self.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        // Rendering into a string can fail only if a value's Display fails, and all values are strings.
        let text = Text { letter: &self }.render().unwrap_or_default();
        let html = Html { letter: &self }.render().unwrap_or_default();
        Composed { subject: self.subject, text, html }
    }
}

/// Writes the sentences of one mail that is about no request: the catalogues and the language.
#[derive(Clone, Copy)]
pub(super) struct Pen<'a> {
    pub(super) texts: &'a Texts,
    pub(super) language: Language,
}

impl Pen<'_> {
    pub(super) fn text(self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.texts.get(self.language, key, values)
    }

    pub(super) fn action(self, key: &str, link: &str) -> Block {
        Block::Action { label: self.text(key, &[]), note: self.text("mail-link-note", &[]), link: link.to_owned() }
    }

    /// The greeting of a member of the staff, by name where there is one.
    pub(super) fn greeting(self, name: &str) -> String {
        match name.trim() {
            "" => self.text("mail-greeting", &[]),
            name => self.text("mail-greeting-staff", &[("name", Value::from(name))]),
        }
    }
}

/// Writes the sentences of one mail: the catalogues, the language, and what is known of the request.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) texts: &'a Texts,
    pub(super) language: Language,
    pub(super) facts: &'a RequestFacts,
}

impl Writer<'_> {
    pub(super) fn text(self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.texts.get(self.language, key, values)
    }

    pub(super) fn subject(self, key: &str) -> String {
        self.text(key, &[("reference", Value::from(&self.facts.reference))])
    }

    pub(super) fn paragraph(self, key: &str) -> Block {
        Block::Paragraph(self.text(key, &[]))
    }

    pub(super) fn action(self, key: &str, link: &str) -> Block {
        self.pen().action(key, link)
    }

    pub(super) const fn pen(&self) -> Pen<'_> {
        Pen { texts: self.texts, language: self.language }
    }

    /// Reference, kind, operator, receipt and the deadline that leads, with the name of its clock.
    pub(super) fn facts(self, due: Option<(ClockName, chrono::NaiveDate)>, more: Vec<(String, String)>) -> Block {
        let facts = self.facts;
        let label = |name: &str| self.text(&format!("mail-fact-{name}"), &[]);
        let mut rows = vec![
            (label("reference"), facts.reference.clone()),
            (label("kind"), self.text(&format!("kind-{}", facts.kind), &[])),
            (label("operator"), facts.operator_name.clone()),
            (label("received"), dates::date_time(self.texts, self.language, facts.received_at)),
        ];
        if let Some((clock, on)) = due {
            let clock = self.text(&format!("clock-{clock}"), &[]);
            let on = dates::date_weekday(self.texts, self.language, on);
            rows.push((label("due"), format!("{on} — {clock}")));
        }
        rows.extend(more);
        Block::Facts(rows)
    }
}
