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

/// The first place of such a text that a letter still holds as it came.
#[must_use]
pub fn unfilled(texts: &Texts, view: &StaffView, letter: &str) -> Option<String> {
    let composed = Outcome::ALL.iter().map(|outcome| composed(texts, view, outcome.as_str()));
    composed.flat_map(|text| places(&text)).find(|place| letter.contains(place))
}

fn places(text: &str) -> Vec<String> {
    let place = |rest: &str| rest.find(']').map(|end| format!("[{}]", &rest[..end]));
    text.split('[').skip(1).filter_map(place).collect()
}
