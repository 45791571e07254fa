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

/// A letter with such a text to begin with. Nothing that was written is lost: the text stands below it.
#[must_use]
pub fn joined(written: &str, composed: &str) -> String {
    let written = written.replace("\r\n", "\n");
    if composed.is_empty() || written.contains(composed) {
        written
    } else if written.trim().is_empty() {
        composed.to_owned()
    } else {
        format!("{written}\n\n{composed}")
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_written_is_lost() {
        for (written, composed, letter) in [
            ("", "A text.\n\nIts end.", "A text.\n\nIts end."),
            ("Mine.", "", "Mine."),
            ("Mine.", "A text.", "Mine.\n\nA text."),
            ("A text.\r\n\r\nIts end.", "A text.\n\nIts end.", "A text.\n\nIts end."),
            ("Before. A text. After.", "A text.", "Before. A text. After."),
        ] {
            assert_eq!(joined(written, composed), letter, "{written}");
        }
    }
}
