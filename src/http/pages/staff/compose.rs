//! Texts to begin a letter with, by kind and outcome, in the language of the requester.

use crate::domain::vocabulary::Outcome;
use crate::locale::Texts;
use crate::services::views::StaffView;

/// The text for an outcome; empty where none is chosen. What staff have to fill in stands in square brackets.
#[must_use]
pub fn composed(texts: &Texts, view: &StaffView, outcome: &str) -> String {
    let Some(outcome) = Outcome::parse(outcome) else { return String::new() };
    let key = format!("compose-{}-{}", view.kind, outcome);
    if !texts.has(&key) {
        return String::new();
    }
    let text = |key: &str| texts.get(view.language, key, &[]);
    format!("{}\n\n{}", text(&key), text("compose-end"))
}
