//! The mail about an alert. It names nobody: whose account or request it is stands in the audit trail.

use chrono::{DateTime, Utc};

use super::layout::{Block, Pen};
use crate::domain::alert::AlertKind;
use crate::locale::dates;

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFacts {
    /// What it is about.
    pub kind: AlertKind,
    /// How many accounts, requests or addresses are concerned.
    pub count: usize,
    /// When the first of them was found.
    pub first: DateTime<Utc>,
}

pub(super) fn alert(pen: Pen<'_>, facts: &AlertFacts) -> (String, Vec<Block>) {
    let text = |part: &str| pen.text(&format!("alert-{}-{part}", facts.kind), &[]);
    let blocks = vec![
        Block::Lead(text("what")),
        Block::Paragraph(text("do")),
        Block::Facts(vec![
            (pen.text("alert-fact-first", &[]), dates::date_time(pen.texts, pen.language, facts.first)),
            (pen.text("alert-fact-count", &[]), facts.count.to_string()),
        ]),
        Block::Small(pen.text("alert-once", &[])),
    ];
    (text("subject"), blocks)
}
